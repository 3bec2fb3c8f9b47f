project 'writeMode: insert'
quietly sluice apply --yes
sed -i '/^destinations:/,$d' shop.yaml
show sluice plan --select destination/wh >/dev/null
