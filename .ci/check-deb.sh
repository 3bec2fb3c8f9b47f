#!/usr/bin/env bash
# Installs a package in a plain Debian of its own, where there is no Swift, and runs an example there, in the sandbox. As
# root, with debootstrap:
#   .ci/check-deb.sh .build/deb/sluice_*.deb [FOLDER]
# FOLDER is what `debootstrap --variant=minbase` made, of which a copy is used; without one it is made, of Debian 12.
set -euo pipefail
package=$(realpath "$1")
base=${2:-}
cd "$(dirname "$0")/.."
. .ci/packages.sh

require debian
root=$(mktemp -d "${TMPDIR:-/var/tmp}/sluice-debian.XXXXXX")
inside() { chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 "$@"; }
clean() {
  if [ -x "$root/usr/bin/sluice" ] && [ -d "$root/srv/upsert" ]; then
    inside sluice -C /srv/upsert sandbox reset >/dev/null 2>&1 || true
  fi
  if mountpoint -q "$root/proc"; then umount "$root/proc"; fi
  rm -rf --one-file-system "$root"
}
trap clean EXIT
chmod 755 "$root"
if [ -n "$base" ]; then cp -a "$base/." "$root"; else run debootstrap --variant=minbase bookworm "$root"; fi
mount -t proc proc "$root/proc"
# As on any machine: the sandbox's server is no root.
mkdir -p "$root/dev/shm"
chmod 1777 "$root/dev/shm"
# No server of the system's own is started.
printf '#!/bin/sh\nexit 101\n' > "$root/usr/sbin/policy-rc.d"
chmod 755 "$root/usr/sbin/policy-rc.d"
cp "$package" "$root/tmp/sluice.deb"
cp -R examples/upsert "$root/srv/upsert"

run inside apt-get update -q
run inside env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends /tmp/sluice.deb
if inside sh -c 'command -v swift'; then exit 1; fi
run inside sluice --version
run inside sluice -C /srv/upsert validate
run inside env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends postgresql
run inside sluice -C /srv/upsert run --apply --yes --sandbox
run inside sluice -C /srv/upsert plan --sandbox --detailed-exitcode
run inside sluice -C /srv/upsert sandbox psql -- -X --csv -c 'SELECT order_id, customer, total FROM sales.orders'
