#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Includes point only down: src/LAYERS says which layer may include which. "ocispec" is the folder
# libocispec; src/main.c belongs to cli; "*" is every layer. System headers are free.
# Usage: layers.sh [TREE]
set -euo pipefail
cd "${1:-$(dirname "$0")/../..}"
export LC_ALL=C

find src libocispec -name '*.[ch]' -o -name '*.def' 2>/dev/null | sort | awk '
function layer_of(path,   dir) {
	if (path == "src/main.c")
		return "cli"
	if (path ~ /^libocispec\//)
		return "ocispec"
	dir = path
	sub(/^src\//, "", dir)
	sub(/\/[^\/]*$/, "", dir)
	return dir
}
function complain(text) {
	print text
	bad = 1
}
function check(file, number, included,   from, to, path) {
	from = layer_of(file)
	if (included == "rtl_config.h")
		return
	path = included ~ /^libocispec\// ? included : "src/" included
	if ((getline line < path) < 0) {
		complain(file ":" number ": \"" included "\" is not a path from src/ or libocispec/")
		return
	}
	close(path)
	to = layer_of(path)
	if (!(from in may))
		complain(file ": layer " from " is not in src/LAYERS")
	else if (from != to && !((from, to) in allowed) && may[from] != "*")
		complain(file ":" number ": " from " may not include " to " (" included ")")
}
BEGIN {
	while ((getline line < "src/LAYERS") > 0) {
		if (line ~ /^[ \t]*(#|$)/)
			continue
		count = split(line, word, /[: \t]+/)
		may[word[1]] = word[2]
		for (i = 2; i <= count; i++)
			allowed[word[1], word[i]] = 1
	}
}
{
	file = $0
	number = 0
	while ((getline line < file) > 0) {
		number++
		if (line !~ /^[ \t]*#[ \t]*include[ \t]*"/)
			continue
		split(line, part, "\"")
		check(file, number, part[2])
	}
	close(file)
}
END { exit bad }'
