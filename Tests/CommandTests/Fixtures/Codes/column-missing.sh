project 'writeMode: insert'
quietly sluice apply --yes
admin 'ALTER TABLE orders DROP COLUMN total'
show sluice run
