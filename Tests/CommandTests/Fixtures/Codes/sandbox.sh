project 'writeMode: insert'
quietly sluice sandbox start
printf '$ sluice sandbox psql\n'
# psql, and what becomes another user before it.
programs=$(for program in psql setpriv sudo; do type -aP $program; done; ls /usr/lib/postgresql/*/bin/psql)
# shellcheck disable=SC2046 # a list of words
faulty 'execve:error=EACCES' $(printf ' -P %s' $programs) sluice sandbox psql
quietly sluice sandbox reset
