project 'writeMode: insert'
quietly sluice apply --yes
sed -i 's/writeMode: insert/writeMode: truncate_insert/' shop.yaml
quietly sluice apply --yes
rm sluice.state.json
show sluice plan
