#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Every test that docs/spec-conformance.md names exists. A row names tests as
#
#	`mounts.bats` "beginning of the title"; `test_seccomp` "name_of_a_test"
#
# the file below bats/, and the title as far as one likes; or the unit test's program and name.
# Usage: conformance.sh [TREE]
set -euo pipefail
cd "${1:-$(dirname "$0")/../..}"
document=docs/spec-conformance.md
status=0

fail() {
	echo "$document: $*"
	status=1
}

n=0
while IFS=$'\t' read -r file title; do
	n=$((n + 1))
	case $file in
	test_*) path=tests/unit/$file.c pattern="TEST($title" ;;
	*) path=$(find bats -name "$file" | head -n 1) pattern="@test \"$title" ;;
	esac
	[ -n "$path" ] && [ -f "$path" ] || {
		fail "there is no test file $file"
		continue
	}
	grep -qF -- "$pattern" "$path" || fail "$path has no test: $title"
done < <(grep -oE '`(test_[a-z_0-9]+|[a-z0-9-]+\.bats)` "[^"]+"' "$document" | sed -E 's/^`([^`]+)` "(.*)"$/\1\t\2/')
[ $n -gt 0 ] || fail "names no test"
# a row without a test says where it was shown instead, or why it cannot be
while IFS= read -r row; do
	[[ $row =~ \".+\" || $row =~ \|\ not\ here: ]] || fail "row without a test: $row"
done < <(grep -E '^\| `' "$document")
exit $status
