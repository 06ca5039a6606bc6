#!/usr/bin/env bash
# Pins every Python package with its hashes: run after a change of the dependencies in pyproject.toml.
# Keeps what is pinned already; `make lock ARGS=--upgrade` takes the newest. The locks name no host.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/common.sh

[ -x .venv/bin/uv ] || pip_install uv
compile() {
  .venv/bin/uv pip compile --quiet --generate-hashes --universal --python-version 3.11 \
    --no-emit-index-url --custom-compile-command "make lock" "$@"
}
compile pyproject.toml --all-extras --group build -o requirements.lock "${@}"
compile pyproject.toml --all-extras --group build --group dev -c requirements.lock -o requirements-dev.lock "${@}"
compile --group node -o requirements-node.lock "${@}"
PATH="$PATH:$PWD/.venv/bin" npm install --package-lock-only --ignore-scripts
