project 'writeMode: truncate_insert'
quietly sluice apply --yes
echo 'id,total' >orders.csv
show sluice run
