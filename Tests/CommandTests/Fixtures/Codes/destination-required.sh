project 'writeMode: insert'
echo 'destinations: {archive: {authorizer: wh, defaultSchema: archive}}' >archive.yaml
show sluice import orders.csv
