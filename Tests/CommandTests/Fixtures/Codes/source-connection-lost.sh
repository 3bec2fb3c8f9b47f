project 'writeMode: insert'
cat >crm.yaml <<END
authorizers:
  crm: {url: {env: CRM_URL}}
flows:
  people:
    source: {authorizer: crm, query: "SELECT pg_terminate_backend(pg_backend_pid()) AS gone"}
    destination: wh
    writeMode: truncate_insert
    retry: {attempts: 1}
END
export CRM_URL="${DATABASE_URL/$PGDATABASE/postgres}"
quietly sluice apply --yes
show sluice run people
