#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# ShellCheck finds nothing in any script of the tree (but for variables that seem unused or unset:
# it counts those that only repeat a loop, and knows nothing of what bats sets).
# Usage: shellcheck.sh [TREE]
set -euo pipefail
cd "${1:-$(dirname "$0")/../..}"

{
	for folder in bats contrib tests; do
		[ ! -d "$folder" ] ||
			find "$folder" -type f \( -name '*.sh' -o -name '*.bash' -o -name '*.bats' \) -print0
	done
	for file in .ci/run autogen.sh; do
		[ ! -f "$file" ] || printf '%s\0' "$file"
	done
} | xargs -0 -r -P2 -n8 shellcheck --severity=warning --exclude=SC2034,SC2154
