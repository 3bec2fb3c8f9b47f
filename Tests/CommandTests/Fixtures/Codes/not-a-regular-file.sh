project 'writeMode: insert'
mkfifo more.yaml
show sluice validate
