project 'writeMode: insert'
quietly sluice run --apply --yes
echo '3,4' >>orders.csv
show sluice run
