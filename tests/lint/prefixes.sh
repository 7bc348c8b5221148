#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Symbol = file. What foo.c defines for others is called foo or foo_*. Three folders put their name
# in front: dl_*, runtime_* (or foo_*), init_* (or foo_*); cmd_*.c defines its command record only.
# foo_bar.c without a header of its own is a part of foo.c and shares its names (foo_*), if foo.h is
# there. A prefix belongs to one module.
# Usage: prefixes.sh [TREE]
set -euo pipefail
cd "${1:-$(dirname "$0")/../..}"
export LC_ALL=C

mapfile -t sources < <(find src libocispec -name '*.c' 2>/dev/null | sort)
[ ${#sources[@]} -gt 0 ] || exit 0
awk '
function exists(path,   line, found) {
	found = (getline line < path) >= 0
	close(path)
	return found
}
function starts(text, prefix) {
	return text == prefix || index(text, prefix "_") == 1
}
function own(prefix) {
	if (prefix in owner && owner[prefix] != module) {
		print FILENAME ": the prefix " prefix "_ belongs to " owner[prefix] ".c already"
		bad = 1
	}
	owner[prefix] = module
}
function judge(symbol, number) {
	if (FILENAME == "src/main.c" && symbol == "main")
		return
	if (file ~ /^cmd_/) {
		if (symbol == file)
			return
	} else if (starts(symbol, file)) {
		own(file)
		return
	} else if (folder != "" && starts(symbol, folder "_" file)) {
		own(folder "_" file)
		return
	} else if (folder != "" && starts(symbol, folder)) {
		return
	}
	print FILENAME ":" number ": " symbol " is defined in " file ".c but not named after it"
	bad = 1
}
# The name of what a definition at the left margin defines; empty for what is not for others.
function defined(text,   name) {
	if (text ~ /^(static|typedef|extern|_Static_assert|__attribute__)/ || text !~ /^[a-z_]/)
		return ""
	if (text ~ /^(struct|union|enum)[ \t]+[A-Za-z0-9_]*[ \t]*[{;]/ || text ~ /^(enum|struct|union)[ \t]*$/)
		return ""
	name = text
	gsub(/__attribute__ *\(\([^)]*\)+\)/, "", name)
	sub(/[(=;\[{].*/, "", name)
	sub(/[ \t]+$/, "", name)
	if (name !~ /[ \t*]/)
		return ""
	sub(/.*[ \t*]/, "", name)
	return name
}
FNR == 1 {
	file = FILENAME
	sub(/.*\//, "", file)
	sub(/\.c$/, "", file)
	module = FILENAME
	sub(/\.c$/, "", module)
	while (file ~ /_/ && !exists(module ".h") && file !~ /^cmd_/) {
		sub(/_[^_]*$/, "", module)
		sub(/_[^_]*$/, "", file)
		if (exists(module ".h"))
			break
	}
	if (!exists(module ".h")) {
		file = FILENAME
		sub(/.*\//, "", file)
		sub(/\.c$/, "", file)
		module = FILENAME
		sub(/\.c$/, "", module)
	}
	folder = ""
	if (FILENAME ~ /^src\/dl\//)
		folder = "dl"
	else if (FILENAME ~ /^src\/runtime\/init\//)
		folder = "init"
	else if (FILENAME ~ /^src\/runtime\//)
		folder = "runtime"
	else if (FILENAME ~ /^libocispec\//)
		folder = "ocispec"
	pending = ""
}
/^#/ { in_macro = /\\$/; next }
in_macro { in_macro = /\\$/; next }
/^[ \t]/ && pending == "" { next }
/^[a-zA-Z_]/ || pending != "" {
	if (pending == "")
		start = FNR
	pending = pending " " $0
	sub(/^ /, "", pending)
	# a prototype ends in ";": it defines nothing
	if (pending ~ /\)[^={]*;[ \t]*$/ && pending !~ /=/) {
		pending = ""
	} else if (/[{;][ \t]*$/ || /^\{/) {
		name = defined(pending)
		if (name != "")
			judge(name, start)
		pending = ""
	}
}
END { exit bad }' "${sources[@]}"
