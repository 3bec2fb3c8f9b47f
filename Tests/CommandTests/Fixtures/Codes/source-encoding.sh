project 'writeMode: insert'
sed -i 's/{path: orders.csv}/{path: orders.csv, csv: {encoding: latin1}}/' shop.yaml
quietly sluice apply --yes
# As on a machine that does not know it.
sed -i 's/latin1/win1252/' sluice.state.json
show sluice run
