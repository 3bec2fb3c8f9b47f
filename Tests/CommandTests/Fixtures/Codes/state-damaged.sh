project 'writeMode: insert'
quietly sluice apply --yes
sed -i '3s/.*/<<<<<<< HEAD/' sluice.state.json
show sluice plan
