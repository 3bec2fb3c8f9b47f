project 'writeMode: insert'
mkdir sluice.state.json
show sluice plan
