project 'writeMode: insert'
printf '$ sluice sandbox start\n'
programs=$(ls /usr/lib/postgresql/*/bin/initdb; IFS=:; for folder in $PATH; do echo "$folder/initdb"; done)
# shellcheck disable=SC2046 # a list of words
faulty 'access,faccessat,faccessat2:error=ENOENT' $(printf ' -P %s' $programs) sluice sandbox start
