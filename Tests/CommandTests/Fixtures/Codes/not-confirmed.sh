project 'writeMode: insert'
show sluice apply >/dev/null
