#!/usr/bin/env bash
# Runs the examples, or those that are named, each in a copy of its folder and in a sandbox of its own:
#   examples/run-all.sh [NAME...]
#
# An example has manifests, a query in check.sql, and in expected.txt what that finds once all is loaded. Where it has a
# folder next/, its files are then laid over the others, all is applied and loaded again, and expected-next.txt counts.
# run.sh, where there is one, is what loads, in place of `sluice run`; options.txt holds options for each command. SLUICE
# is the program, `sluice` of PATH where it is not set; UPDATE=1 writes what is expected anew.
set -euo pipefail

# Applies and loads what is in the current folder, and compares what is there then with the file.
round() {
  local expected=$1 status=0
  "$sluice" validate "${options[@]}" >> "$log" 2>&1 || return
  "$sluice" plan --sandbox "${options[@]}" >> "$log" 2>&1 || return
  "$sluice" apply --yes --sandbox "${options[@]}" >> "$log" 2>&1 || return
  if [ -f run.sh ]; then
    # It calls the program by its name, as its readers would.
    PATH=$copies/bin:$PATH sh -ex run.sh >> "$log" 2>&1 || return
  else
    "$sluice" run --sandbox "${options[@]}" >> "$log" 2>&1 || return
  fi
  # What was applied is what the manifests say: there is nothing left to do.
  "$sluice" plan --sandbox --detailed-exitcode "${options[@]}" >> "$log" 2>&1 || return
  "$sluice" sandbox psql warehouse "${options[@]}" -- -X -q --csv -P null=∅ -v ON_ERROR_STOP=1 -f check.sql \
    > found.txt 2>> "$log" || return
  if [ -n "${UPDATE:-}" ]; then cp found.txt "$expected"; fi
  diff -u "$expected" found.txt >> "$log" 2>&1 || return
}

example() {
  local name=$1 status=0 options=() log
  local folder=$copies/$name
  cp -R "$examples/$name" "$folder"
  cd "$folder"
  log=$copies/$name.log
  if [ -f options.txt ]; then read -r -a options < options.txt; fi
  {
    round "$examples/$name/expected.txt" &&
      { [ ! -d next ] || { cp -R next/. . && round "$examples/$name/expected-next.txt"; }; }
  } || status=$?
  "$sluice" sandbox reset "${options[@]}" >> "$log" 2>&1 || status=$?
  if [ "$status" != 0 ]; then
    printf '✗ %s\n' "$name"
    sed 's/^/    /' "$log"
    return 1
  fi
  printf '✓ %s\n' "$name"
}

if [ "${1:-}" = --one ]; then
  example "$2"
  exit
fi

examples=$(cd "$(dirname "$0")" && pwd)
copies=$(mktemp -d)
trap 'rm -rf "$copies"' EXIT
# The sandbox's server is another user where this one is root.
chmod 755 "$copies"
sluice=${SLUICE:-$(command -v sluice)} || {
  echo 'There is no `sluice` in PATH. Build it (README.md), or set SLUICE to the program.' >&2
  exit 1
}
mkdir "$copies/bin"
ln -s "$(realpath "$sluice")" "$copies/bin/sluice"
export PSQL_PAGER=cat examples copies sluice

if [ $# = 0 ]; then
  for check in "$examples"/*/check.sql; do set -- "$@" "$(basename "$(dirname "$check")")"; done
fi
printf '%s\0' "$@" | xargs -0 -n 1 -P "$(nproc)" "$0" --one
