project 'writeMode: insert'
printf 'flows: {orders: {description: %s%s}}\n' "$(printf '[%.0s' {1..200})" "$(printf ']%.0s' {1..200})" >more.yaml
show sluice validate
