#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# cppcheck finds nothing. An exception is a comment "cppcheck-suppress NAME" with its reason.
# Usage: cppcheck.sh [TREE]
set -euo pipefail
cd "${1:-$(dirname "$0")/../..}"

folders=()
for folder in src libocispec; do
	[ ! -d "$folder" ] || folders+=("$folder")
done
cppcheck --quiet -j2 --std=c11 --error-exitcode=1 --inline-suppr \
	--enable=warning,performance,portability --max-configs=4 \
	--suppress=missingIncludeSystem --suppress=unknownMacro --suppress=normalCheckLevelMaxBranches \
	--suppress=unmatchedSuppression -D_GNU_SOURCE "-DRTL_VERSION=\"lint\"" \
	-Isrc -I. "${folders[@]}"
