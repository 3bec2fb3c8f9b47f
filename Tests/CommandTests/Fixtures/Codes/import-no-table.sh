crm 'CREATE TABLE prices (id bigint PRIMARY KEY)'
project 'writeMode: insert'
show sluice import crm --tables public.price
