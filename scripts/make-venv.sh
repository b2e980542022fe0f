#!/bin/sh
# Makes the virtual environment of a checkout.
# A fresh Debian has Python but not always the part that makes virtual environments, so that is seen to first.
set -eu
python=$1
venv=$2

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  echo "custodiet needs Python 3.11 or newer; $python is $("$python" --version 2>&1). Try: make PYTHON=python3.11" >&2
  exit 1
}
[ -x "$venv/bin/uv" ] && exit 0

if ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Python cannot make virtual environments yet: installing Debian's python3-venv ..."
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv >/dev/null
  else
    echo "Python cannot make virtual environments yet. Run: sudo apt-get install python3-venv" >&2
    exit 1
  fi
fi
echo "Making the virtual environment $venv ..."
"$python" -m venv --clear "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check uv
