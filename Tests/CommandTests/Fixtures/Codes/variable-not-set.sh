project 'writeMode: insert'
echo 'variables: {schema: }' >sluice.yaml
sed -i 's/defaultSchema: public/defaultSchema: "${schema}"/' shop.yaml
show sluice plan
