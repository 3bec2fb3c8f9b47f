#!/usr/bin/env bash
# Fuzzes the readers and converters of loading, guided by coverage, with the address sanitizer.
#
#   Tests/Fuzz/run.sh [SECONDS [TARGET...]]      default: 600, shared alike by csv, values and json
#
# What it finds is left in .build/fuzz/found: to run one again, SLUICE_FUZZ_TARGET=json .build/fuzz/fuzz FILE.
set -euo pipefail
cd "$(dirname "$0")/../.."
. .ci/packages.sh
require build

seconds=${1:-600}
targets=("${@:2}")
if [ ${#targets[@]} -eq 0 ]; then targets=(csv values json); fi
build=.build/fuzz
export SLUICE_FUZZ=1
# The sanitizer tells of crashes; Swift's own teller would be in its way.
export SWIFT_BACKTRACE=enable=no

run swift build --scratch-path "$build" --target Fuzz --sanitize=address -Xswiftc -sanitize=fuzzer
mapfile -d '' objects < <(find "$build/debug/" -name '*.o' ! -path '*-tool.build/*' ! -path '*/sluice.build/*' -print0)
echo "linking ${#objects[@]} object files"
# shellcheck disable=SC2046 # a list of words
swiftc -sanitize=fuzzer,address "${objects[@]}" $(pkg-config --libs libpq yaml-0.1) -o "$build/fuzz" \
  2>"$build/link.log" || { cat "$build/link.log" >&2; exit 1; }

failed=0
for target in "${targets[@]}"; do
  corpus=$build/corpus/$target
  mkdir -p "$corpus" "$build/found"
  cp Tests/Fuzz/Seeds/"$target"/* "$corpus/"
  export SLUICE_FUZZ_TARGET=$target
  run "$build/fuzz" -max_total_time=$((seconds / ${#targets[@]})) -max_len=4096 -timeout=60 -print_final_stats=1 \
    -artifact_prefix="$build/found/$target-" -dict="Tests/Fuzz/$target.dict" "$corpus" 2>"$build/$target.log" ||
    { tail -n 40 "$build/$target.log" >&2; failed=1; }
  grep '^stat::number_of_executed_units' "$build/$target.log" || true
done
exit $failed
