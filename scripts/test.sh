#!/usr/bin/env bash
# All tests, in two halves side by side: those that drive a browser wait more than they compute, so that the others
# have the time. With arguments: one pytest with them.
set -uo pipefail
cd "$(dirname "$0")/.."
pytest=(.venv/bin/pytest -p no:cacheprovider)
[ $# -eq 0 ] || exec "${pytest[@]}" "$@"

others=$(mktemp)
"${pytest[@]}" -m "not browser" >"$others" 2>&1 &
half=$!
trap 'kill "$half" 2>/dev/null; rm -f "$others"' EXIT
"${pytest[@]}" -m browser
status=$?
wait "$half" || status=$?
cat "$others"
exit "$status"
