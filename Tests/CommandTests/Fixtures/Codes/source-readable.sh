project 'writeMode: insert'
quietly sluice apply --yes
rm orders.csv
show sluice run
