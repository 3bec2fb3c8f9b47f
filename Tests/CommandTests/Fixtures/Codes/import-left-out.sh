crm 'CREATE TABLE prices (id bigint PRIMARY KEY, "$note" text)'
project 'writeMode: insert'
show sluice import crm --tables public.prices
