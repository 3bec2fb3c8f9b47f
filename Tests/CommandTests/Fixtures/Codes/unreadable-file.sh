project 'writeMode: insert'
echo '{}' >more.yaml
chmod 000 more.yaml
printf '$ sluice validate\n'
# Root reads everything, unless it is without these.
if [ "$(id -u)" = 0 ]; then
  setpriv --bounding-set -dac_override,-dac_read_search sluice validate
else
  sluice validate
fi
