project 'writeMode: insert'
quietly sluice apply --yes
admin "REVOKE ALL ON orders FROM $ROLE"
show sluice run
