project 'writeMode: insert_ignore, maxRejects: 0, columns: {id: bigint, total: numeric}'
echo '3,free' >>orders.csv
quietly sluice apply --yes
show sluice run
