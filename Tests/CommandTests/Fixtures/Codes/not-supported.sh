project 'writeMode: insert'
echo 'notify: []' >sluice.yaml
show sluice validate
