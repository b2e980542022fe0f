#!/bin/sh
# Makes a Debian package of what is committed: sh deploy/make-deb.sh [FOLDER] (out/deb). It needs debhelper,
# python3-venv, and a place from which pip gets Python packages. Debian 12 is what it was tried on.
set -eu
cd "$(dirname "$0")/.."
out=${1:-out/deb}
mkdir -p "$out"
out=$(cd "$out" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/custodiet"
git archive HEAD pyproject.toml README.md LICENSE catalog src deploy | tar -x -C "$work/custodiet"
cp -r "$work/custodiet/deploy/debian" "$work/custodiet/debian"
(cd "$work/custodiet" && dpkg-buildpackage --build=binary --unsigned-source --unsigned-changes)
mv "$work"/custodiet_* "$out"
ls "$out"/custodiet_*.deb
