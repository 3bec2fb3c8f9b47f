project 'writeMode: insert'
quietly sluice run --apply --yes
admin "UPDATE _sluice_loads SET lineage = 'd3b1a1f0-0000-4000-8000-000000000000'"
show sluice plan >/dev/null
