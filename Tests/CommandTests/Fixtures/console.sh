# What each script of Codes begins with. It runs in an empty folder, with the tool in PATH, and with a database of its own
# (PG* variables: as its owner), which DATABASE_URL names, for the role ROLE.
set -u
exec 2>&1 </dev/null

# A project of one flow, orders, with these fields besides its source and destination, and its file.
project() {
  cat >shop.yaml <<END
authorizers:
  wh: {url: {env: DATABASE_URL}}
destinations:
  wh: {authorizer: wh, defaultSchema: public}
flows:
  orders: {source: {path: orders.csv}, destination: wh, $1}
END
  printf 'id,total\n1,2.5\n2,3\n' >orders.csv
}

# Runs a command that is shown, with what it says.
show() {
  printf '$ %s\n' "$*" >&2
  "$@"
}

# Runs a command that only prepares.
quietly() { "$@" >/dev/null 2>&1; }

# Runs SQL as the database's owner.
admin() { psql -qX -v ON_ERROR_STOP=1 -c "$1" >/dev/null; }

# Runs SQL in another database, whose owner the authorizer crm connects as.
crm() {
  CRM=${PGDATABASE}_crm
  admin "CREATE DATABASE $CRM OWNER $ROLE"
  trap 'psql -qX -c "DROP DATABASE $CRM WITH (FORCE)"' EXIT
  export CRM_URL="${DATABASE_URL/$PGDATABASE/$CRM}"
  psql -qX "$CRM_URL" -v ON_ERROR_STOP=1 -c "$1" >/dev/null
  echo 'authorizers: {crm: {url: {env: CRM_URL}}}' >crm.yaml
}

crm_admin() { psql -qX -d "$CRM" -v ON_ERROR_STOP=1 -c "$1" >/dev/null; }

# Holds a session of the owner's in which SQL was run, until `release`.
held() {
  local line=
  coproc PSQL { psql -qXAt; }
  printf '%s;\n\\echo held\n' "$1" >&"${PSQL[1]}"
  until [ "$line" = held ]; do read -r line <&"${PSQL[0]}"; done
}

# Runs what is left to run there, and ends the session.
release() {
  printf '%s;\n' "${1-}" >&"${PSQL[1]}"
  eval "exec ${PSQL[1]}>&-"
}

# Waits for a condition of the database's.
until_true() { until [ "$(psql -qXAt -c "SELECT $1")" = t ]; do :; done; }

# Runs a command whose calls of the system fail: `faulty CALLS:error=NAME [-P PATH]... COMMAND`.
faulty() {
  local calls=${1%%:*} fault=$1
  shift
  strace -f --quiet=attach,exit,path-resolution,personality,thread-execve -o /dev/null -e "trace=$calls" -e "inject=$fault" "$@"
}

# The folder of the sandbox's data.
sandbox_data() {
  if [ -d .sluice/sandbox/data ]; then echo .sluice/sandbox/data; else echo "$(sluice sandbox status | sed -n 's/^socket: *//p')/data"; fi
}
