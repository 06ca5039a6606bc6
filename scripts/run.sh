#!/usr/bin/env bash
# Serves from a data folder, after loading the sample audit if the folder is new. Where the sample was loaded before,
# `demo` adds nothing and shows its accounts again.
set -euo pipefail
cd "$(dirname "$0")/.."
data=$1

# The mark stays behind when loading is cut off, so that the next run finishes it.
unfinished=$data/.demo-unfinished
if [ -z "$(ls -A "$data" 2>/dev/null)" ] || [ -e "$unfinished" ] || [ -e "$data/demo-accounts.json" ]; then
  mkdir -p "$data"
  touch "$unfinished"
  .venv/bin/clausewalk demo --data "$data"
  rm "$unfinished"
fi
exec .venv/bin/clausewalk serve --tls --data "$data"
