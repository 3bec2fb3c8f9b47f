project 'writeMode: insert'
quietly sluice apply --yes
echo '3,free' >>orders.csv
show sluice run
