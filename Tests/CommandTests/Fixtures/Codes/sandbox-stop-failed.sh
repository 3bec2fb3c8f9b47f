project 'writeMode: insert'
quietly sluice sandbox start
printf '$ sluice sandbox stop\n'
faulty 'kill:error=EPERM' sluice sandbox stop
quietly sluice sandbox reset
