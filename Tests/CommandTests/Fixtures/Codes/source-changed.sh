project 'writeMode: insert, sourceChanges: fail'
quietly sluice apply --yes
printf 'id,total,note\n3,4,new\n' >orders.csv
show sluice run
