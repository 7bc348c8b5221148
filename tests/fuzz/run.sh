#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Runs each libFuzzer program for some seconds, starting from its corpus, as many at a time as there
# are processors. What it finds is left in fuzz-findings/ of the build directory, new inputs in
# fuzz-corpus/, what it said in NAME.log.
# Usage: run.sh SECONDS PROGRAM...
set -euo pipefail

seconds=$1
shift
source=$(cd "$(dirname "$0")" && pwd)
status=0
mkdir -p fuzz-findings

# fuzz PROGRAM: for the time given
fuzz() {
	local name seeds=()

	name=$(basename "$1")
	name=${name#fuzz_}
	mkdir -p "fuzz-corpus/$name"
	[ ! -d "$source/corpus/$name" ] || seeds=("$source/corpus/$name")
	if "./$1" -max_total_time="$seconds" -artifact_prefix="fuzz-findings/$name-" \
		-print_final_stats=1 -timeout=10 -rss_limit_mb=1024 \
		"fuzz-corpus/$name" "${seeds[@]}" >"$name.log" 2>&1; then
		echo "fuzz: $name for $seconds s: $(sed -n 's/^stat::number_of_executed_units: *//p' "$name.log") inputs"
	else
		tail -n 40 "$name.log"
		echo "fuzz: $name: error"
		return 1
	fi
}

running=0
for program in "$@"; do
	if [ $running -ge "$(nproc)" ]; then
		wait -n || status=1
		running=$((running - 1))
	fi
	fuzz "$program" &
	running=$((running + 1))
done
while [ $running -gt 0 ]; do
	wait -n || status=1
	running=$((running - 1))
done
exit $status
