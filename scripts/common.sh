# shellcheck shell=bash
# Shared by the set-up scripts: a step runs again only when what it depends on has changed.

say() { printf '%s\n' "$*" >&2; }
fail() { printf '%s\n' "$*" >&2; exit 1; }

# key FILE... : a digest of the files, of the place of the checkout and of the Python in .venv.
key() { { pwd; .venv/bin/python -V; cat "$@"; } | sha256sum | cut -d' ' -f1; }
# done_with STAMP KEY / note STAMP KEY
done_with() { [ "$(cat "$1" 2>/dev/null)" = "$2" ]; }
note() { printf '%s\n' "$2" >"$1"; }

pip_install() { .venv/bin/python -m pip install --quiet --disable-pip-version-check "$@"; }

# Installs Debian packages; says what is missing where that can't be done.
apt_install() {
  command -v apt-get >/dev/null || fail "Please install these with the package manager of this machine: $*"
  local root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || fail "Please run as root: apt-get install $*"
    root=(sudo)
  fi
  say "Installing $*"
  "${root[@]}" apt-get update -qq
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@" >/dev/null
}
