project 'writeMode: insert'
quietly sluice apply --yes
sed -i 's/total/amount/' orders.csv
show sluice run
