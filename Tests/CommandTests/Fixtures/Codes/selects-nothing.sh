project 'writeMode: insert, labels: {team: sales}'
show sluice plan --select team=sale
