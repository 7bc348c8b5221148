#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Runs each libFuzzer program for some seconds, starting from its corpus. What it finds is left in
# fuzz-findings/ of the build directory, new inputs in fuzz-corpus/.
# Usage: run.sh SECONDS PROGRAM...
set -euo pipefail

seconds=$1
shift
source=$(cd "$(dirname "$0")" && pwd)
status=0
mkdir -p fuzz-findings
for program in "$@"; do
	name=$(basename "$program")
	name=${name#fuzz_}
	mkdir -p "fuzz-corpus/$name"
	seeds=()
	[ ! -d "$source/corpus/$name" ] || seeds=("$source/corpus/$name")
	echo "fuzz: $name for $seconds s"
	"./$program" -max_total_time="$seconds" -artifact_prefix="fuzz-findings/$name-" \
		-print_final_stats=1 -timeout=10 -rss_limit_mb=1024 \
		"fuzz-corpus/$name" "${seeds[@]}" || status=1
done
exit $status
