#!/usr/bin/env bash
# Runs all tests beside a real PostgreSQL server, which the tests start and stop themselves. Installs what is missing.
# Arguments go to `swift test`: Tests/run.sh --filter PlanningTests
set -euo pipefail
cd "$(dirname "$0")/.."
. .ci/packages.sh

require build sandbox schema
run swift test "$@"
