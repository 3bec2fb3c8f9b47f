project 'writeMode: insert'
quietly sluice apply --yes
sed -i 's/writeMode/writemode/' shop.yaml
show sluice run
