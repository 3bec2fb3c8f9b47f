project 'writeMode: insert, columns: {id: bigint, total: bigint}, retry: {attempts: 1}'
echo 'notify: [{on: [broken], command: [nobody-home]}]' >sluice.yaml
quietly sluice apply --yes
show sluice run
