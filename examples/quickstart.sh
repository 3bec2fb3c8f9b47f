#!/usr/bin/env bash
# From nothing to loaded tables: installs what is missing, builds, then plans, applies and runs examples/quickstart in a
# sandbox, a private PostgreSQL cluster. It can be run again. The debug build is done sooner;
# SLUICE_CONFIGURATION=release makes the one for real use.
set -euo pipefail
cd "$(dirname "$0")/.."
. .ci/packages.sh

require build sandbox
configuration=${SLUICE_CONFIGURATION:-debug}
run swift build --configuration "$configuration" --product sluice
bin=$(swift build --configuration "$configuration" --show-bin-path)
export PATH="$bin:$PATH" PSQL_PAGER=cat PSQLRC=/dev/null

run cd examples/quickstart
trap 'sluice sandbox stop' EXIT

printf '\n$ %s\n' 'sh make-orders.sh > data/orders.csv'
sh make-orders.sh > data/orders.csv
run head -n 6 data/orders.csv
run sluice validate
run sluice plan --sandbox
run sluice apply --yes --sandbox
run sluice run --sandbox
run sluice sandbox psql -- -c 'SELECT * FROM sales.orders ORDER BY order_id LIMIT 5'
run sluice sandbox psql -- -f turnover.sql

# What was applied is what the manifests say: the second plan is empty, so it exits with 0.
run sluice plan --sandbox --detailed-exitcode

trap - EXIT
run sluice sandbox stop

cat <<END

The manifests are in examples/quickstart. The sandbox keeps its data, and starts again when it is needed. To go on:
  export PATH="$bin:\$PATH"
  cd examples/quickstart
  sluice preview orders --sandbox --rows 5
  sluice sandbox psql
END
