project 'writeMode: insert, schedule: day'
quietly sluice apply --yes
touch taken
show sluice export systemd --out taken/units
