#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Layout is what clang-format makes of it (mended by `make format`).
# Usage: format.sh [TREE]
set -euo pipefail
cd "${1:-$(dirname "$0")/../..}"

mapfile -t files < <(find src libocispec tests -name '*.[ch]' 2>/dev/null | LC_ALL=C sort)
[ ${#files[@]} -gt 0 ] || exit 0
clang-format --style=file --dry-run --ferror-limit=0 -Werror "${files[@]}" 2>&1 |
	awk -F: '/error: code should be/ { n[$1]++; if (!($1 in first)) first[$1] = $2 }
		END { for (f in n) printf "%s:%d: layout differs in %d places\n", f, first[f], n[f] }' | sort |
	{ ! grep .; }
