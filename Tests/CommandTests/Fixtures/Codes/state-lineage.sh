project 'writeMode: insert'
quietly sluice run --apply --yes
rm sluice.state.json*
show sluice plan >/dev/null
