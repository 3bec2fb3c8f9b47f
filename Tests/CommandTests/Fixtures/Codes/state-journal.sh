project 'writeMode: insert'
quietly sluice apply --yes
cp sluice.state.json old.json
sed -i 's/writeMode: insert/writeMode: truncate_insert/' shop.yaml
quietly sluice apply --yes
sed -i 's/writeMode: truncate_insert/writeMode: insert/' shop.yaml
# It dies, which the shell has words for, and leaves a journal behind.
exec 3>&2 2>/dev/null
SLUICE_CRASH_AT='after the journal line:1' quietly sluice apply --yes
exec 2>&3
mv old.json sluice.state.json
show sluice plan
