project 'writeMode: insert'
printf 'flows:\n  orders: {description: "M\xfcller"}\n' >more.yaml
show sluice validate
