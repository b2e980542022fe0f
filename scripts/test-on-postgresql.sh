#!/bin/sh
# Runs the tests of the web once more, on a PostgreSQL server that is made for it in a temporary folder, listens on this
# machine alone and is taken away at the end. Where there is no PostgreSQL, that is said, and nothing is tried.
set -eu
cd "$(dirname "$0")/.."
unset PYTHONDONTWRITEBYTECODE # else each program that a test starts would compile all its modules
python=${PYTHON:-.venv/bin/python}

bin=$(find /usr/lib/postgresql /usr/local/pgsql -name initdb -path '*/bin/*' 2>/dev/null | sort -V | tail -n 1)
bin=${bin:-$(command -v initdb || true)}
if [ -z "$bin" ] || ! "$python" -c 'import psycopg, django' 2>/dev/null; then
  echo "PostgreSQL was NOT tried: its server or psycopg is not installed"
  exit 0
fi
bin=$(dirname "$bin")
folder=$(mktemp -d)
# the server refuses to run as root
as=""
if [ "$(id -u)" = 0 ]; then
  if ! id postgres >/dev/null 2>&1; then
    rm -rf "$folder"
    echo "PostgreSQL was NOT tried: there is no user postgres to run it as"
    exit 0
  fi
  chown postgres "$folder"
  as="runuser -u postgres --"
fi
stop() {
  (cd / && $as "$bin/pg_ctl" -D "$folder/data" -m immediate -s stop) 2>/dev/null || true
  rm -rf "$folder"
}
trap stop EXIT
trap 'exit 1' INT TERM

port=$("$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
# what a crash of the machine would lose does not matter here
quick="-c fsync=off -c synchronous_commit=off -c full_page_writes=off"
only="-c listen_addresses=127.0.0.1 -c unix_socket_directories= -p $port"
(cd / && $as "$bin/initdb" -D "$folder/data" -U custodiet -A trust -E UTF8 --locale=C --no-sync) >/dev/null
(cd / && $as "$bin/pg_ctl" -D "$folder/data" -w -s -l "$folder/log" -o "$only $quick" start) ||
  { cat "$folder/log"; exit 1; }

"$bin/postgres" --version
# what reaches no database comes out alike on both
apart="translations outside pictures label_fields push asvs headers dutch refusal accounts_rules looks map news embedded"
for name in $apart; do set -- "$@" --ignore "tests/web/test_$name.py"; done
CUSTODIET_TEST_DATABASE_URL="postgresql://custodiet@127.0.0.1:$port/postgres" \
  "$python" -m pytest -q -n 4 -m "not browser" "$@" \
  --deselect tests/web/test_authorisation.py::test_every_cell \
  --deselect tests/web/test_nasty.py::test_each_text_in_each_field_is_text \
  --deselect tests/web/test_photos.py::test_text_is_read_in_a_process_of_its_own tests/web
