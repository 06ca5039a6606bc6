#!/usr/bin/env bash
# What the tests and the linters need beside the program: Python and npm packages, a browser, fonts, tools.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/common.sh

wanted=$(key requirements-dev.lock)
if ! done_with .venv/.setup-tests "$wanted"; then
  say "Installing what the tests need"
  pip_install --require-hashes -r requirements-dev.lock
  note .venv/.setup-tests "$wanted"
fi

wanted=$(key package-lock.json)
if ! done_with node_modules/.setup "$wanted"; then
  say "Installing the linters for scripts"
  PATH="$PATH:$PWD/.venv/bin" npm ci --ignore-scripts --loglevel=error
  note node_modules/.setup "$wanted"
fi

# package, and how to see that it is there
missing=()
need() { "${@:2}" >/dev/null 2>&1 || missing+=("$1"); }
need chromium command -v chromium
need webkit2gtk-driver command -v WebKitWebDriver
need xvfb command -v Xvfb
need gir1.2-webkit2-4.1 /usr/bin/python3 -c "import gi; gi.require_version('WebKit2', '4.1')"
need python3-gi /usr/bin/python3 -c "import gi"
need libnss3-tools command -v certutil
need strace command -v strace
need poppler-utils command -v pdftotext
need fonts-noto-cjk test -e /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc
need fonts-dejavu-core test -e /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf
[ ${#missing[@]} -eq 0 ] || apt_install "${missing[@]}"
