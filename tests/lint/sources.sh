#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Every source on disk is listed in a Makemodule.am, and every listed one exists.
# With --fix the lists are rewritten from what is on disk (make sources).
# Usage: sources.sh [--fix] [TREE]
set -euo pipefail

fix=
if [ "${1-}" = --fix ]; then
	fix=1
	shift
fi
cd "${1:-$(dirname "$0")/../..}"
export LC_ALL=C

header() {
	echo "# SPDX-License-Identifier: Apache-2.0"
	echo "# Rewritten by \`make sources\`; checked by \`make lint\`."
}

# list VARIABLE FILE...: one assignment, a file a line
list() {
	local variable=$1

	shift
	printf '%s' "$variable"
	[ $# -eq 0 ] || printf ' \\\n\t%s' "$@"
	echo
}

# files FOLDER PATTERN...: the files right in FOLDER, sorted
files() {
	local folder=$1 pattern

	shift
	for pattern in "$@"; do
		find "$folder" -mindepth 1 -maxdepth 1 -type f -name "$pattern" 2>/dev/null
	done | sort
}

library_folder() {
	local -a found

	mapfile -t found < <(files "$1" '*.[ch]' '*.def' | grep -v '^src/common/banned\.h$')
	header
	list 'librtl_a_SOURCES +=' "${found[@]}"
}

# name of the automake variables of a program
canonical() {
	echo "${1//[^A-Za-z0-9_]/_}"
}

program() {
	local name=$1

	shift
	name=$(canonical "$name")
	echo "${name}_SOURCES = $*"
}

unit_tests() {
	local -a sources headers
	local source

	mapfile -t sources < <(files tests/unit 'test_*.c')
	mapfile -t headers < <(files tests/unit '*.h')
	header
	echo 'check_LIBRARIES += tests/unit/libtest.a'
	echo "tests_unit_libtest_a_SOURCES = tests/unit/test.c ${headers[*]}"
	list 'unit_tests =' "${sources[@]%.c}"
	echo 'check_PROGRAMS += $(unit_tests)'
	for source in "${sources[@]}"; do
		program "${source%.c}" "$source"
		echo "$(canonical "${source%.c}")_LDADD = tests/unit/libtest.a \$(RTL_LIBS)"
	done
}

fuzzers() {
	local -a sources
	local source

	mapfile -t sources < <(files tests/fuzz 'fuzz_*.c')
	header
	echo '# With --enable-fuzzing these are libFuzzer programs; without it replay.c runs the corpus.'
	list 'fuzz_binaries =' "${sources[@]%.c}"
	echo 'EXTRA_DIST += tests/fuzz/run.sh tests/fuzz/replay.c'
	echo 'if FUZZING'
	echo 'noinst_PROGRAMS += $(fuzz_binaries)'
	echo 'fuzz_link = $(AM_LDFLAGS) -fsanitize=fuzzer'
	echo 'fuzz_main ='
	echo 'else'
	echo 'check_PROGRAMS += $(fuzz_binaries)'
	echo 'check_LIBRARIES += tests/fuzz/libreplay.a'
	echo 'tests_fuzz_libreplay_a_SOURCES = tests/fuzz/replay.c'
	echo 'fuzz_link = $(AM_LDFLAGS)'
	echo 'fuzz_main = tests/fuzz/libreplay.a'
	echo 'endif'
	for source in "${sources[@]}"; do
		program "${source%.c}" "$source"
		echo "$(canonical "${source%.c}")_LDFLAGS = \$(fuzz_link)"
		echo "$(canonical "${source%.c}")_LDADD = \$(fuzz_main) \$(RTL_LIBS)"
	done
}

# program_folder FOLDER VARIABLE: every .c is a program of its own, built by make all
program_folder() {
	local -a sources headers
	local source

	mapfile -t sources < <(files "$1" '*.c')
	mapfile -t headers < <(files "$1" '*.h')
	header
	list "$2 =" "${sources[@]%.c}"
	echo "noinst_PROGRAMS += \$($2)"
	for source in "${sources[@]}"; do
		program "${source%.c}" "$source" "${headers[@]}"
		echo "$(canonical "${source%.c}")_LDADD = \$(RTL_LIBS)"
	done
	mapfile -t sources < <(files "$1" 'test_*.sh')
	list 'TESTS +=' "${sources[@]}"
	mapfile -t sources < <(find "$1" -type f ! -name '*.[cho]' ! -name Makemodule.am -name '*.*' | sort)
	list 'EXTRA_DIST +=' "${sources[@]}"
}

manuals() {
	local -a found

	mapfile -t found < <(files docs/man '*.1')
	header
	list 'dist_man1_MANS +=' "${found[@]}"
}

status=0

# emit FILE COMMAND...: FILE must be what COMMAND prints
emit() {
	local file=$1 wanted

	shift
	wanted=$("$@")
	if [ -f "$file" ] && [ "$(cat "$file")" = "$wanted" ]; then
		return
	fi
	if [ -n "$fix" ]; then
		echo "$wanted" >"$file"
		echo "$file rewritten"
		return
	fi
	status=1
	echo "$file: not what is on disk; run \`make sources\`:"
	diff <(cat "$file" 2>/dev/null) <(echo "$wanted") | sed -n 's/^[<>]/	&/p' || true
}

for folder in src/common src/kernel src/dl libocispec src/runtime/init src/runtime src/cli; do
	[ ! -d "$folder" ] || emit "$folder/Makemodule.am" library_folder "$folder"
done
emit tests/unit/Makemodule.am unit_tests
emit tests/fuzz/Makemodule.am fuzzers
emit tests/support/Makemodule.am program_folder tests/support support_binaries
emit docs/man/Makemodule.am manuals
exit $status
