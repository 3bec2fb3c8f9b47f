project 'writeMode: insert'
echo 'environments: {staging: {}, prod: {}}' >sluice.yaml
show sluice plan
