project 'writeMode: insert, range: 1d7'
show sluice validate
