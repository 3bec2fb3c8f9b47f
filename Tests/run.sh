#!/usr/bin/env bash
# Runs all tests beside a real PostgreSQL server, which the tests start and stop themselves. Installs what is missing.
# Arguments go to `swift test`: Tests/run.sh --filter PlanningTests
set -euo pipefail
cd "$(dirname "$0")/.."
. .ci/packages.sh

require build sandbox schema programs pooler ssh certificates tracer units terminal shells

# The tests start `python3`, so that is made the one that has the modules.
python=$(python_for_schemas)
if [ -n "$python" ] && [ "$python" != "$(command -v python3)" ]; then
  mkdir -p .build/python
  ln -sf "$python" .build/python/python3
  export PATH="$PWD/.build/python:$PATH"
fi

run swift test "$@"
