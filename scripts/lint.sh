#!/usr/bin/env bash
# Every linter, all of them even if one finds something.
set -uo pipefail
cd "$(dirname "$0")/.."
export PATH="$PATH:$PWD/.venv/bin:$PWD/node_modules/.bin"

status=0
step() {
  local answer
  if answer=$("$@" 2>&1); then
    printf 'ok    %s\n' "$*"
  else
    printf 'FOUND %s\n%s\n' "$*" "$answer"
    status=1
  fi
}
step .venv/bin/ruff check .
step .venv/bin/ruff format --check .
step .venv/bin/mypy
step .venv/bin/lint-imports --no-logo
step .venv/bin/djlint templates --lint --quiet
step eslint --max-warnings=0
step tsc
exit $status
