#!/bin/sh
# Tries the recipes on a Debian machine, without a registry of images: sh deploy/try.sh wheel|deb|image [FOLDER]
#
#   wheel   builds the wheel, looks whether every file of the package and the catalog is in it, installs it in an
#           environment of its own, reads a register with it, and asks the server for its first page
#   deb     makes the package, looks at it with lintian, installs it in a fresh Debian 12, asks the server for its first
#           page, makes a backup, removes the package and purges it
#   image   makes a base image of a fresh Debian 12, builds the image on it, and asks the server for its first page
#
# It needs curl, and the last two need root, debootstrap, and debhelper with lintian, or buildah. PORT (8399) is used on this machine alone.
set -eu
cd "$(dirname "$0")/.."
what=${1:?wheel, deb or image}
work=${2:-$(mktemp -d)}
mkdir -p "$work"
port=${PORT:-8399}
root="$work/debian-12"
mirror=${MIRROR:-http://deb.debian.org/debian}

fresh() {
  [ -e "$root/made" ] && return
  debootstrap --variant=minbase --include=adduser,ca-certificates,python3,python3-venv bookworm "$root" "$mirror" >/dev/null
  touch "$root/made"
}

# the first page of the server that was started as $1, which is then told to end
look() {
  for _ in $(seq 150); do
    curl --silent --fail --output /dev/null "http://127.0.0.1:$port/health/ready" && break
    sleep 0.2
  done
  curl --silent --show-error --fail --location "http://127.0.0.1:$port/" | grep -o '<h1>[^<]*' ||
    { echo "no first page"; exit 1; }
}

try_wheel() {
  mkdir "$work/source"
  git archive HEAD | tar -x -C "$work/source"
  ${UV:-.venv/bin/uv} build --quiet --wheel --out-dir "$work/wheel" "$work/source"
  (cd "$work/source" && { find src/custodiet -type f | sed 's,^src/,,'; find catalog -type f | sed 's,^,custodiet/_,'; }) |
    sort >"$work/wanted"
  python3 -m zipfile -l "$work"/wheel/custodiet-*.whl | awk 'NR > 1 {print $1}' | sort >"$work/there"
  comm -23 "$work/wanted" "$work/there" | grep . && { echo "these files are missing in the wheel"; exit 1; }
  echo "$(wc -l <"$work/wanted") files of the package and the catalog are in the wheel"
  python3 -m venv "$work/venv"
  wheel=$(echo "$work"/wheel/custodiet-*.whl)
  "$work/venv/bin/pip" install --quiet "custodiet[web] @ file://$wheel"
  cd "$work" # so that nothing of the checkout is found
  venv/bin/custodiet --version
  printf 'Objectnr;Merk;Type;IP-adres\nW-1;HiLook;IPC-T261H;10.0.0.5\n' >register.csv
  venv/bin/custodiet audit register.csv --case case.sqlite --out report.html --quiet || [ $? -le 4 ]
  venv/bin/custodiet explain W-1 --case case.sqlite | head -n 3
  ls -s report.html
  venv/bin/custodiet serve --case case.sqlite --folder server --port "$port" >serve.log 2>&1 &
  server=$!
  look
  curl --silent --location --header 'Accept-Language: nl' "http://127.0.0.1:$port/" | grep -o '<h1>[^<]*'
  css=$(curl --silent --location "http://127.0.0.1:$port/" | grep -o '/static/[^"]*css' | head -n 1)
  curl --silent --fail --output /dev/null --write-out "%{http_code} $css\n" "http://127.0.0.1:$port$css"
  kill "$server"
  wait "$server" || true
  echo "the wheel was built, installed and served"
}

try_deb() {
  # with DEB, that package and none that is made now
  deb=${DEB:-}
  if [ -z "$deb" ]; then
    sh deploy/make-deb.sh "$work/deb" >"$work/deb.log" 2>&1 || { tail "$work/deb.log"; exit 1; }
    deb=$(echo "$work"/deb/custodiet_*.deb)
  fi
  fresh
  in="chroot $root"
  cp "$deb" "$root/tmp/custodiet.deb"
  cp /etc/resolv.conf "$root/etc/resolv.conf"
  # nothing is started in a chroot
  printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
  chmod 755 "$root/usr/sbin/policy-rc.d"
  $in apt-get update -qq
  $in apt-get install -qq --yes --no-install-recommends /tmp/custodiet.deb >"$work/install.log" 2>&1 ||
    { tail "$work/install.log"; exit 1; }
  $in custodiet --version
  # as the unit would
  $in runuser -u custodiet -- env HOME=/var/lib/custodiet sh -c \
    "umask 077; exec custodiet serve --folder /var/lib/custodiet --port $port" >"$work/serve.log" 2>&1 &
  server=$!
  look
  # as deploy/README.md says
  $in sh -ec 'cd /
    as_server() { runuser -u custodiet -- custodiet "$@" --folder /var/lib/custodiet --env-file - </etc/default/custodiet; }
    as_server doctor || true
    as_server audit-log verify
    install -d -m 700 -o custodiet -g custodiet /var/backups/custodiet
    as_server backup --out "/var/backups/custodiet/$(date +%F-%H%M%S).backup"'
  kill "$server"
  wait "$server" || true
  $in apt-get remove -qq --yes custodiet >/dev/null
  [ ! -e "$root/usr/lib/custodiet" ] || { echo "files stayed after it was removed:"; find "$root/usr/lib/custodiet" | head; exit 1; }
  [ -e "$root/etc/default/custodiet" ] && [ -e "$root/var/lib/custodiet/custodiet.sqlite" ]
  $in apt-get purge -qq --yes custodiet
  [ ! -e "$root/etc/default/custodiet" ] && [ -e "$root/var/lib/custodiet/custodiet.sqlite" ]
  echo "the package was installed, served, was removed and purged; what the server kept is still there"
  if command -v lintian >/dev/null; then
    lintian --fail-on error --tag-display-limit 0 "$deb"
  fi
}

try_image() {
  fresh
  build="buildah --storage-driver vfs --root $work/images --runroot $work/run"
  made=$($build from scratch)
  $build copy --quiet "$made" "$root" / >/dev/null
  $build commit --quiet "$made" localhost/debian-12-python >/dev/null
  $build rm "$made" >/dev/null
  mkdir "$work/context"
  git archive HEAD pyproject.toml README.md LICENSE catalog src deploy | tar -x -C "$work/context"
  # where this machine gets its Python packages, and which certificates it trusts
  also=""
  for path in /etc/pip.conf /etc/ssl/certs ${ALSO:-}; do
    [ ! -e "$path" ] || also="$also --volume $path:$path:ro"
  done
  # shellcheck disable=SC2086
  $build bud --isolation chroot --format docker --quiet $also --build-arg BASE=localhost/debian-12-python \
    --file "$work/context/deploy/Containerfile" --tag custodiet "$work/context" >"$work/image.log" 2>&1 ||
    { tail "$work/image.log"; exit 1; }
  made=$($build from localhost/custodiet)
  mkdir -p "$work/volume"
  chown 10001 "$work/volume"
  chmod 700 "$work/volume"
  run="$build run --isolation chroot --user 10001 --volume $work/volume:/var/lib/custodiet $made --"
  $run custodiet --version
  $run custodiet serve --folder /var/lib/custodiet --host 127.0.0.1 --port "$port" >"$work/serve.log" 2>&1 &
  server=$!
  look
  $run python -c "import urllib.request as u; print(u.urlopen('http://127.0.0.1:$port/health/ready').status)"
  # the chroot has no init of its own: what was begun in it is told apart by its user and its port
  pgrep -u 10001 -f -- "--port $port" | xargs -r kill
  wait "$server" || true
  $build rm "$made" >/dev/null
  echo "the image was built and served"
}

try_"$what"
