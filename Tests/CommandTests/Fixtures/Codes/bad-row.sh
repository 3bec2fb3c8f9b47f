project 'writeMode: insert'
quietly sluice apply --yes
echo '3,Müller, Jürgen' >>orders.csv
show sluice run
