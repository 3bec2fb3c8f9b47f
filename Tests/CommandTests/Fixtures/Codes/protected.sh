project 'writeMode: insert, protect: true'
quietly sluice apply --yes
sed -i '/^flows:/,$d' shop.yaml
show sluice plan >/dev/null
