project 'writeMode: insert, range: 7d1'
show sluice validate
