project 'writeMode: insert'
printf 'flows:\n  orders:\n    description: Orders\xe2\x80\xa8and returns\n' >more.yaml
show sluice validate
