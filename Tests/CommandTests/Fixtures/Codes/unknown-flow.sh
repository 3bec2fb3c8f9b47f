project 'writeMode: insert'
show sluice plan order
