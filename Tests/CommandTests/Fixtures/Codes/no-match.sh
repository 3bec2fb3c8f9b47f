project 'writeMode: insert'
echo 'manifests: [shop.yaml, "flows/*.yaml"]' >sluice.yaml
show sluice validate
