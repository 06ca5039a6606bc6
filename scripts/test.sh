#!/usr/bin/env bash
# All tests: first those that drive a browser, then the others. One after the other: a browser that shares two cores
# with other work is not the phone that is meant. What failed among the first is said once more at the end: often the
# end is all that is kept of a long run. With arguments: one pytest with them.
set -uo pipefail
cd "$(dirname "$0")/.."
# Two v: the summary has the whole of what a failure says.
pytest=(.venv/bin/pytest -p no:cacheprovider -vv -o verbosity_test_cases=0 -o verbosity_assertions=0)
[ $# -eq 0 ] || exec "${pytest[@]}" "$@"

printed=$(mktemp)
trap 'rm -f "$printed"' EXIT
"${pytest[@]}" -m browser 2>&1 | tee "$printed"
browser=$?
"${pytest[@]}" -m "not browser"
others=$?
if [ "$browser" -ne 0 ]; then
  echo "Of the browser tests:"
  # A run that was ended in a test that hung has no summary; its last lines are the stacks.
  sed -n '/ short test summary info /,$p' "$printed" | grep . || tail -n 60 "$printed"
  exit "$browser"
fi
exit "$others"
