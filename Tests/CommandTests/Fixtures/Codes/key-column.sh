project 'writeMode: upsert, key: [id], columns: {id: bigint, total: numeric}'
quietly sluice apply --yes
# What was applied, without a column of its key.
sed -i 's/"name": "id"/"name": "idd"/; s/"id": "bigint"/"idd": "bigint"/' sluice.state.json
show sluice run
