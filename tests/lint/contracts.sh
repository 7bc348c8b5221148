#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Every prototype in a header of src/ or libocispec/ has a comment directly above it. Prototypes
# that follow each other, or a type, without an empty line share one.
# Usage: contracts.sh [TREE]
set -euo pipefail
cd "${1:-$(dirname "$0")/../..}"

mapfile -t headers < <(find src libocispec -name '*.h' 2>/dev/null | LC_ALL=C sort)
[ ${#headers[@]} -gt 0 ] || exit 0
awk '
FNR == 1 { above = ""; documented = 0; in_macro = 0; in_prototype = 0 }
{
	is_macro = in_macro || /^[ \t]*#/
	in_macro = is_macro && /\\$/
}
is_macro { above = ""; next }
in_prototype {
	if (/;[ \t]*(\/\*.*)?$/)
		in_prototype = 0
	above = documented ? "*/" : ""
	next
}
/^[A-Za-z_][A-Za-z0-9_ \t*]*\(/ && !/^(static|typedef|__attribute__|_Static_assert|return)/ && !/^[A-Z0-9_]+\(/ {
	documented = above ~ /(\*\/[ \t]*|^};)$/
	if (!documented) {
		print FILENAME ":" FNR ": no comment above: " $0
		bad = 1
	}
	if (!/;[ \t]*(\/\*.*)?$/)
		in_prototype = 1
	else
		above = documented ? "*/" : ""
	next
}
{ above = $0 }
END { exit bad }' "${headers[@]}"
