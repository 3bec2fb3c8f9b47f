project 'writeMode: insert'
quietly sluice apply --yes
show sluice state mv flow/orders source/sales
