project 'writeMode: insert'
show sluice run
