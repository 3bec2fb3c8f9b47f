project 'writeMode: insert, columns: {id: bigint, total: {type: numeric, nullable: false}}'
echo '3,' >>orders.csv
quietly sluice apply --yes
show sluice run
