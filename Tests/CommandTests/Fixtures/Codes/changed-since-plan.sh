project 'writeMode: insert'
held 'BEGIN; CREATE TABLE orders (id bigint)'
printf '$ sluice apply --yes    # while somebody else makes the table\n'
sluice apply --yes >/dev/null &
until_true "EXISTS (SELECT FROM pg_locks WHERE NOT granted)"
release 'COMMIT'
wait $!
