#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Runs every check of this folder and prints TAP. Each check is a script of its own that prints what
# it found and fails. Usage: run.sh [CHECK]...
set -uo pipefail
cd "$(dirname "$0")" || exit 2

declare -A needs=([errors]=perl [format]=clang-format [tidy]=clang-tidy [cppcheck]=cppcheck [shellcheck]=shellcheck)
checks=("$@")
[ ${#checks[@]} -gt 0 ] ||
	checks=(selftest sources layers prefixes contracts banned length spdx hosts errors conformance format shellcheck cppcheck tidy)
number=0
status=0
for check in "${checks[@]}"; do
	number=$((number + 1))
	start=$SECONDS
	tool=${needs[$check]-}
	if [ -n "$tool" ] && ! command -v "$tool" >/dev/null; then
		echo "ok $number - lint: $check # SKIP $tool is not installed"
	elif found=$("./$check.sh" 2>&1 </dev/null); then
		echo "ok $number - lint: $check ($((SECONDS - start)) s)"
	else
		status=1
		echo "not ok $number - lint: $check ($((SECONDS - start)) s)"
		# shellcheck disable=SC2001 # one "#" a line
		sed 's/^/# /' <<<"$found"
	fi
done
echo "1..$number"
exit $status
