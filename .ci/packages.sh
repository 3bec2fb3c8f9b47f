# Sourced by examples/quickstart.sh, Tests/run.sh and the scripts beside it: what has to be on the machine, and how it gets there.
#
#   require build sandbox [schema] [programs] [pooler] [ssh] [certificates] [tracer] [units] [terminal] [shells] [packager]
#     [debian]
#
# installs what is missing of these groups with apt-get, or says what to install.

# Prints a command as it could be typed, then runs it.
run() {
  local word line='$'
  for word in "$@"; do
    case $word in
      *[!A-Za-z0-9_./=:,@%+-]* | '') line+=" '${word//\'/\'\\\'\'}'" ;;
      *) line+=" $word" ;;
    esac
  done
  printf '\n%s\n' "$line"
  "$@"
}

# Debian's names of the packages that are missing for the groups named. Each is looked for by what it brings, as that
# may have come another way.
missing_packages() {
  local group
  for group in "$@"; do
    case $group in
      build)
        command -v pkg-config >/dev/null || echo pkg-config
        pkg-config --exists libpq 2>/dev/null || echo libpq-dev
        pkg-config --exists yaml-0.1 2>/dev/null || echo libyaml-dev
        pkg-config --exists zlib 2>/dev/null || echo zlib1g-dev
        pkg-config --exists libzstd 2>/dev/null || echo libzstd-dev
        ;;
      programs) command -v zstd >/dev/null || echo zstd ;;
      sandbox) has_postgres || echo postgresql ;;
      certificates) command -v openssl >/dev/null || echo openssl ;;
      packager)
        command -v dpkg-shlibdeps >/dev/null || echo dpkg-dev
        [ -x /usr/bin/python3 ] || echo python3
        ;;
      debian) PATH=$PATH:/usr/sbin command -v debootstrap >/dev/null || echo debootstrap ;;
      units) command -v systemd-analyze >/dev/null || echo systemd ;;
      tracer) command -v strace >/dev/null || echo strace ;;
      terminal) command -v tmux >/dev/null || echo tmux ;;
      shells)
        command -v zsh >/dev/null || echo zsh
        command -v fish >/dev/null || echo fish
        ;;
      pooler) find_pgbouncer >/dev/null || echo pgbouncer ;;
      ssh)
        command -v ssh >/dev/null || echo openssh-client
        PATH=$PATH:/usr/sbin command -v sshd >/dev/null || echo openssh-server
        ;;
      schema)
        if [ -z "$(python_for_schemas)" ]; then
          /usr/bin/python3 -c 'import yaml' 2>/dev/null || echo python3-yaml
          /usr/bin/python3 -c 'import jsonschema' 2>/dev/null || echo python3-jsonschema
        fi
        ;;
    esac
  done
}

# Whether PostgreSQL's server programs and psql are in PATH or where Debian puts them.
has_postgres() {
  command -v psql >/dev/null || return 1
  local program
  for program in "$(command -v initdb)" /usr/lib/postgresql/*/bin/initdb; do
    if [ -x "$program" ]; then return 0; fi
  done
  return 1
}

# Prints where PgBouncer is: Debian puts it where PATH need not lead.
find_pgbouncer() { PATH=$PATH:/usr/sbin command -v pgbouncer; }

# Prints the Python that can check manifests against their JSON Schema, if there is one: `python3` may be another one
# than Debian's, and without Debian's modules.
python_for_schemas() {
  local python
  for python in "$(command -v python3)" /usr/bin/python3; do
    if [ -x "$python" ] && "$python" -c 'import yaml, jsonschema' 2>/dev/null; then
      echo "$python"
      return 0
    fi
  done
}

require() {
  if ! command -v swift >/dev/null; then
    echo "There is no \`swift\` in PATH. How to get it: https://www.swift.org/install/linux/" >&2
    return 1
  fi
  local packages
  packages=$(missing_packages "$@" | tr '\n' ' ')
  if [ -z "$packages" ]; then return 0; fi
  local as_root=()
  if ! command -v apt-get >/dev/null; then
    echo "Missing: $packages(Debian's names). Install them, then start this again." >&2
    return 1
  fi
  if [ "$(id -u)" != 0 ]; then
    if ! command -v sudo >/dev/null; then
      echo "Missing: $packages" >&2
      echo "There is no sudo here. As root, run: apt-get install $packages" >&2
      return 1
    fi
    as_root=(sudo)
  fi
  # The tests start their own sshd: the machine's stays off, where it was not there before.
  local policy=
  case " $packages" in
    *" openssh-server "*)
      if [ ! -e /usr/sbin/policy-rc.d ]; then
        policy=/usr/sbin/policy-rc.d
        printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
        "${as_root[@]}" chmod 755 "$policy"
      fi
      ;;
  esac
  local status=0
  # shellcheck disable=SC2086 # a list of names
  run "${as_root[@]}" apt-get update -q &&
    run "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $packages ||
    status=$?
  if [ -n "$policy" ]; then
    "${as_root[@]}" rm -f "$policy"
    if command -v systemctl >/dev/null; then "${as_root[@]}" systemctl disable -q ssh || true; fi
  fi
  return "$status"
}
