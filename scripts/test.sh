#!/usr/bin/env bash
# All tests: first those that drive a browser, then the others. One after the other: a browser that shares two cores
# with other work is not the phone that is meant. With arguments: one pytest with them.
set -uo pipefail
cd "$(dirname "$0")/.."
pytest=(.venv/bin/pytest -p no:cacheprovider)
[ $# -eq 0 ] || exec "${pytest[@]}" "$@"

"${pytest[@]}" -m browser
status=$?
"${pytest[@]}" -m "not browser" || status=$?
exit "$status"
