#!/bin/sh
# Runs the tests in a real browser with the network cut: nothing but this machine itself can be reached, so a page that
# needed anything from elsewhere, or a test that did, would fail. Where the network cannot be cut, that is said.
set -eu
cd "$(dirname "$0")/.."
unset PYTHONDONTWRITEBYTECODE # else each program that a test starts would compile all its modules
set -- "${PYTHON:-.venv/bin/python}" -m pytest -q -n 4 --dist loadscope --no-loadscope-reorder -m browser tests

# as root, or where anybody may make a network of their own
for cut in "unshare --net" "unshare --net --map-root-user"; do
  if $cut sh -c 'ip link set lo up' 2>/dev/null; then
    echo "The tests in a browser, with the network cut:"
    exec $cut sh -c 'ip link set lo up && exec "$@"' sh "$@"
  fi
done
echo "The network was NOT cut for the tests in a browser: this machine does not allow it, or has no unshare or ip"
exec "$@"
