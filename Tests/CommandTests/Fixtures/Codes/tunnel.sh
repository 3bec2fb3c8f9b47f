project 'writeMode: insert'
cat >shop.yaml <<END
authorizers:
  wh: {host: db.internal, database: shop, username: loader, tunnel: bastion}
tunnels:
  bastion: {host: 127.0.0.1, port: 1, hostKey: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGU1Sm1pY2tleXRoYXRpc25vYm9keXNrZXkhISEhISEh}
destinations:
  wh: {authorizer: wh, defaultSchema: public}
flows:
  orders: {source: {path: orders.csv}, destination: wh, writeMode: insert}
END
show sluice plan >/dev/null
