project 'writeMode: insert'
quietly sluice apply --yes
sed -i '/^flows:/,$d' shop.yaml
show sluice apply --yes >/dev/null
