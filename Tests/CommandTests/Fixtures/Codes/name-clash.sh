project 'writeMode: insert'
admin 'CREATE TABLE "Lines" (id bigint); CREATE TABLE lines (id bigint)'
admin "GRANT SELECT ON \"Lines\", lines TO $ROLE"
cat >tables.yaml <<END
flows:
  copies:
    source: {authorizer: wh, tables: {"public.*": {}}}
    destination: wh
    table: copy_of_{table}
    writeMode: truncate_insert
END
show sluice plan >/dev/null
