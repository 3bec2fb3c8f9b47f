#!/usr/bin/env bash
# Fuzzes the readers and converters of loading, guided by coverage, with the address sanitizer.
#
#   Tests/Fuzz/run.sh [SECONDS]      default: 600
#
# What it finds is left in .build/fuzz/found: to run one again, .build/fuzz/rows FILE.
set -euo pipefail
cd "$(dirname "$0")/../.."
. .ci/packages.sh
require build

seconds=${1:-600}
build=.build/fuzz
export SLUICE_FUZZ=1

run swift build --scratch-path "$build" --target FuzzRows --sanitize=address -Xswiftc -sanitize=fuzzer
mapfile -d '' objects < <(find "$build/debug/" -name '*.o' ! -path '*-tool.build/*' ! -path '*/sluice.build/*' -print0)
echo "linking ${#objects[@]} object files"
# shellcheck disable=SC2046 # a list of words
swiftc -sanitize=fuzzer,address "${objects[@]}" $(pkg-config --libs libpq yaml-0.1) -o "$build/rows" \
  2>"$build/link.log" || { cat "$build/link.log" >&2; exit 1; }

mkdir -p "$build/corpus" "$build/found"
cp Tests/Fuzz/Seeds/* "$build/corpus/"
run "$build/rows" -max_total_time="$seconds" -max_len=4096 -timeout=10 -print_final_stats=1 \
  -artifact_prefix="$build/found/" -dict=Tests/Fuzz/rows.dict "$build/corpus" 2>"$build/fuzz.log" ||
  { tail -n 40 "$build/fuzz.log" >&2; exit 1; }
grep '^stat::number_of_executed_units' "$build/fuzz.log"
