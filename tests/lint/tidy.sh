#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# clang-tidy with the checks of .clang-tidy: functions of at most 80 lines, and likely bugs.
# Usage: tidy.sh [TREE]
set -euo pipefail
cd "${1:-$(dirname "$0")/../..}"

flags=(-std=gnu17 -D_GNU_SOURCE "-DRTL_VERSION=\"lint\"" -Isrc -I.)
for header in selinux/selinux.h bpf/bpf.h; do
	if echo "#include <$header>" | clang -E - >/dev/null 2>&1; then
		flags+=("-DHAVE_$(dirname "$header" | tr a-z A-Z)_H=1")
	fi
done
export LC_ALL=C
# biggest first: the last one to end is then a small one
mapfile -t sources < <(find src libocispec tests -name '*.c' -printf '%s %p\n' 2>/dev/null |
	sort -rn | cut -d' ' -f2-)
[ ${#sources[@]} -gt 0 ] || exit 0
# tidy FLAG... FILE: the findings in one piece
tidy() {
	local file=${*: -1}

	clang-tidy --quiet "$file" -- "${@:1:$#-1}" 2>&1 |
		grep -vE '^[0-9]+ warnings?( treated as errors?| generated\.)?|^Suppressed|^Use -header-filter|^Error while'
}
export -f tidy
# shellcheck disable=SC2016 # for the inner shell
printf '%s\0' "${sources[@]}" |
	xargs -0 -P2 -n1 bash -c 'found=$(tidy "$@") || exit 0; printf "%s\n" "$found"' tidy "${flags[@]}" |
	{ ! grep .; }
