project 'writeMode: insert, quality: [{column: total, rule: between, max: 2}]'
quietly sluice apply --yes
show sluice run
