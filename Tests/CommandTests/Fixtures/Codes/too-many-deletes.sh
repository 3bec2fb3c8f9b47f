project 'writeMode: upsert, key: [id], deleteMissing: true'
quietly sluice run --apply --yes
sed -i '$d' orders.csv
show sluice run
