project 'writeMode: insert'
quietly sluice apply --yes
sed -i 's/writeMode: insert/writeMode: truncate_insert/' shop.yaml
show sluice run
