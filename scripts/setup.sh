#!/usr/bin/env bash
# Makes .venv with the program `clausewalk` in it and fetches the browser libraries. Quick when nothing changed.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/common.sh

python=${PYTHON:-python3}
command -v "$python" >/dev/null || fail "Clausewalk needs Python 3.11 or newer, and there is no $python."
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
  fail "Clausewalk needs Python 3.11 or newer; $("$python" -V 2>&1) is too old. Name another: make setup PYTHON=python3.12"

if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
  say "Making .venv"
  # Debian keeps what `venv` needs in a package of its own.
  "$python" -c 'import ensurepip, venv' 2>/dev/null || apt_install python3-venv
  "$python" -m venv --clear .venv
fi

wanted=$(key requirements.lock pyproject.toml)
if ! done_with .venv/.setup "$wanted"; then
  say "Installing the program and what it needs"
  pip_install --require-hashes -r requirements.lock
  pip_install --no-deps --no-build-isolation --force-reinstall -e .
  note .venv/.setup "$wanted"
fi

.venv/bin/python scripts/vendor.py --npm || {
  say "Installing Node.js"
  pip_install --require-hashes -r requirements-node.lock
}
.venv/bin/python scripts/vendor.py
