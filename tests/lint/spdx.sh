#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Sources begin with the SPDX line (scripts have it second); C sources go on with a file head.
# Usage: spdx.sh [TREE]
set -euo pipefail
cd "${1:-$(dirname "$0")/../..}"

status=0
while IFS= read -r -d '' file; do
	head -n 2 "$file" | grep -qF 'SPDX-License-Identifier: Apache-2.0' ||
		{ echo "$file: no SPDX line" && status=1; }
	case $file in
	*.[ch]) sed -n 2p "$file" | grep -q '^/\*' || { echo "$file: no file head" && status=1; } ;;
	esac
done < <(find src libocispec tests bats contrib \( -name '*.[ch]' -o -name '*.sh' -o -name '*.bash' \
	-o -name '*.bats' \) -print0 2>/dev/null)
exit $status
