#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Each command of COMMAND_LIST (src/cli/command.h) has its record, its manual page, a place in
# rtl.1, and its bats file; and no cmd_*.c is missing from the list.
# Usage: commands.sh [TREE]
set -euo pipefail
cd "${1:-$(dirname "$0")/../..}"
[ -f src/cli/command.h ] || exit 0

status=0
wrong() {
	echo "$*"
	status=1
}

list=$(awk '/^#define COMMAND_LIST/ { inside = 1 } inside { print } inside && !/\\$/ { exit }' src/cli/command.h |
	grep -o 'X([a-z]*)' | tr -d 'X()')
[ -n "$list" ] || wrong "src/cli/command.h: no COMMAND_LIST"
for name in $list; do
	[ -f "src/cli/cmd_$name.c" ] || wrong "$name: no src/cli/cmd_$name.c"
	[ -f "docs/man/rtl-$name.1" ] || wrong "$name: no docs/man/rtl-$name.1"
	[ -f "bats/runtime/$name.bats" ] || wrong "$name: no bats/runtime/$name.bats"
	grep -qF "rtl\\-$name" docs/man/rtl.1 || wrong "$name: not in docs/man/rtl.1"
done
for file in src/cli/cmd_*.c; do
	name=$(basename "$file" .c)
	grep -qx "${name#cmd_}" <<<"$list" || wrong "$file: ${name#cmd_} is not in COMMAND_LIST"
done
exit $status
