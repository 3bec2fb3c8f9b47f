project 'writeMode: insert'
quietly sluice apply --yes
admin 'DROP TABLE orders'
show sluice run
