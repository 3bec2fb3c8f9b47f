project 'writeMode: insert, afterLoad: ["VACUUM public.orders"]'
quietly sluice apply --yes
show sluice run
