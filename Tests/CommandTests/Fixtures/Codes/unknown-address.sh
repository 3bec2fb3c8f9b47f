project 'writeMode: insert'
quietly sluice apply --yes
show sluice state show flow/order
