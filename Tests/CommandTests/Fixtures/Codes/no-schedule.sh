project 'writeMode: insert'
quietly sluice apply --yes
show sluice export cron
