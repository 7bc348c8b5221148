#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Banned calls stand nowhere, restricted ones only in their file. The compiler enforces the same
# list (src/common/banned.h); this reads also what is behind an #ifdef.
# Usage: banned.sh [TREE]
set -euo pipefail
cd "${1:-$(dirname "$0")/../..}"

# calls, then the files that may make them
rules='
strcpy|strcat|sprintf|vsprintf|gets|atoi|atol|atoll|alloca
system|popen
getpwnam|getgrnam|getpwuid|getgrgid|getpwnam_r|getgrnam_r
fork|vfork|clone|posix_spawn|posix_spawnp|SYS_fork|SYS_vfork|SYS_clone|SYS_clone3|__NR_clone3 src/common/process.c
dlopen|dlmopen src/dl/dl.c
setns|SYS_setns src/kernel/ns.c
exit src/main.c src/common/mem.c
'

# code FILE: without comments and the text of strings, lines in place
code() {
	awk '
	{
		line = $0
		out = ""
		while (line != "") {
			if (in_comment) {
				if (!(i = index(line, "*/"))) {
					line = ""
					continue
				}
				in_comment = 0
				line = substr(line, i + 2)
			} else if (match(line, /^"([^"\\]|\\.)*"/) || match(line, /^\x27([^\x27\\]|\\.)+\x27/)) {
				out = out "\"\""
				line = substr(line, RLENGTH + 1)
			} else if (substr(line, 1, 2) == "/*") {
				in_comment = 1
				line = substr(line, 3)
			} else if (substr(line, 1, 2) == "//") {
				line = ""
			} else {
				out = out substr(line, 1, 1)
				line = substr(line, 2)
			}
		}
		print out
	}' "$1"
}

status=0
while IFS= read -r file; do
	[ "$file" != src/common/banned.h ] || continue
	text=$(code "$file")
	while read -r names allowed; do
		[ -n "$names" ] || continue
		case " $allowed " in *" $file "*) continue ;; esac
		# a member (x->exit, .clone =) is not the call
		found=$(grep -nE "(^|[^A-Za-z0-9_>.])($names)[[:space:]]*[(,)]" <<<"$text") || continue
		echo "$found" | sed "s|^|$file:|; s|\$|   <- ${allowed:+stands in $allowed only}${allowed:-banned}|"
		status=1
	done <<<"$rules"
done < <(find src libocispec -name '*.[ch]' 2>/dev/null | LC_ALL=C sort)
exit $status
