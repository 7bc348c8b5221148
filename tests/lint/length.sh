#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# No source has more than 800 lines (aim: 300).
# Usage: length.sh [TREE]
set -euo pipefail
cd "${1:-$(dirname "$0")/../..}"

status=0
while IFS= read -r -d '' file; do
	lines=$(wc -l <"$file")
	[ "$lines" -le 800 ] || { echo "$file: $lines lines, at most 800" && status=1; }
done < <(find src libocispec tests bats contrib \( -name '*.[ch]' -o -name '*.def' -o -name '*.sh' \
	-o -name '*.bash' -o -name '*.bats' \) -print0 2>/dev/null)
exit $status
