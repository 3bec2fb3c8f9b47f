project 'writeMode: insert'
show sluice plan --exclude destination/wh >/dev/null
