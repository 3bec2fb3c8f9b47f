project 'writeMode: truncate_insert, columns: {id: bigint, total: numeric}'
sed -i 's/{path: orders.csv}/{command: [sh, -c, "echo id,total; echo no network >\&2; exit 3"], format: csv}/' shop.yaml
quietly sluice apply --yes
show sluice run
