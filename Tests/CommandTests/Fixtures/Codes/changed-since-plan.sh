project 'writeMode: insert'
held 'BEGIN; CREATE TABLE orders (id bigint)'
printf '$ sluice apply --yes    # while somebody else makes the table\n'
sluice apply --yes >/dev/null &
until_true "EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')"
release 'COMMIT'
wait $!
