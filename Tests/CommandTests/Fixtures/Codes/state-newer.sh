project 'writeMode: insert'
quietly sluice apply --yes
sed -i 's/"version": [0-9]*/"version": 99/' sluice.state.json
show sluice plan
