#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Each check passes a small good tree and fails on a bad sample, naming what is wrong.
# Usage: selftest.sh
set -uo pipefail
lint=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
status=0

# good_tree: a tree in which no check finds anything
good_tree() {
	rm -rf "$work/tree"
	mkdir -p "$work/tree"/{src/common,src/kernel,src/runtime/init,libocispec,tests/unit,tests/fuzz,tests/support,tests/bench,docs/man,contrib,bats/runtime}
	cd "$work/tree" || exit 2
	cp "$lint/../../.clang-format" "$lint/../../.clang-tidy" .
	printf 'common:\nocispec: common\nkernel: common\nruntime/init: common kernel\nruntime: *\n' >src/LAYERS
	cat >src/common/str.h <<'END'
/* SPDX-License-Identifier: Apache-2.0 */
/* Text. */
#pragma once

/* str_size() - bytes of @text */
int str_size(const char *text);
END
	cat >src/common/str.c <<'END'
/* SPDX-License-Identifier: Apache-2.0 */
/* Text: not a system("call"). */
#include "common/str.h"

int str_size(const char *text)
{
	return text[0] ? 1 : 0;
}
END
	printf '#!/bin/sh\n# SPDX-License-Identifier: Apache-2.0\necho "$1"\n' >contrib/hello.sh
	printf '#!/usr/bin/env bats\n# SPDX-License-Identifier: Apache-2.0\n@test "size: is told" {\n\ttrue\n}\n' >bats/runtime/size.bats
	printf '| `size` | `size.bats` "size: is" |\n' >docs/spec-conformance.md
	"$lint/sources.sh" --fix . >/dev/null
	"$lint/errors.sh" --fix .
}

# red CHECK WORD TEXT: with the good tree spoiled, CHECK must fail and say WORD
red() {
	local output

	if output=$("$lint/$1.sh" . 2>&1 </dev/null); then
		echo "$1 passes: $3"
		status=1
	elif ! grep -qF -- "$2" <<<"$output"; then
		echo "$1 fails on \"$3\" but does not say \"$2\": $output"
		status=1
	fi
}

# append FILE: standard input at its end
append() {
	cat >>"$1"
}

for check in sources layers prefixes contracts banned length spdx hosts errors conformance format shellcheck cppcheck tidy; do
	good_tree
	case $check in format | tidy) command -v "clang-$check" >/dev/null || continue ;; esac
	case $check in shellcheck | cppcheck) command -v $check >/dev/null || continue ;; esac
	output=$("$lint/$check.sh" . 2>&1 </dev/null) || {
		echo "$check fails on the good tree: $output"
		status=1
	}
done

good_tree
echo 'int x;' >src/common/new.c
red sources src/common/new.c "a source that is not listed"

good_tree
rm src/common/str.c
red sources src/common/str.c "a listed source that is gone"

good_tree
append src/common/str.c <<<'#include "kernel/ns.h"'
echo >src/kernel/ns.h
red layers "common may not include kernel" "an include that points up"

good_tree
append src/common/str.c <<<'#include "str.h"'
red layers "not a path from src/" "an include that is not written from src/"

good_tree
printf 'int text_size(void)\n{\n\treturn 0;\n}\n' | append src/common/str.c
red prefixes text_size "a function that is not named after its file"

good_tree
printf 'const struct table *text_table(int a,\n                               int b)\n{\n}\n' | append src/common/str.c
red prefixes text_table "a function on two lines that is not named after its file"

good_tree
printf 'const int text_sizes[] = {\n\t1,\n};\n' | append src/common/str.c
red prefixes text_sizes "a table that is not named after its file"

good_tree
printf 'int str_fail(struct error *err)\n{\n\treturn error_set(err, ERR_LIMIT, "too %%s", "long");\n}\n' | append src/common/str.c
red errors "| src/common/str.c | ERR_LIMIT | 1 | too %s |" "a message that docs/errors.md does not have"

good_tree
echo '| `x` | `size.bats` "size: is not" |' | append docs/spec-conformance.md
red conformance "has no test: size: is not" "a row whose test is not there"

good_tree
echo '| `x` | some text |' | append docs/spec-conformance.md
red conformance "row without a test" "a row without a test or a reason"

good_tree
printf 'int str_bytes(void)\n{\n\treturn 0;\n}\n' >src/kernel/str.c
red prefixes "the prefix str_ belongs to" "a prefix of two files"

good_tree
printf '\nint str_bytes(const char *text);\n' | append src/common/str.h
red contracts str_bytes "a prototype without comment"

good_tree
printf '\n/* far */\n\nint str_bytes(const char *text,\n              int n);\n' | append src/common/str.h
red contracts str_bytes "a prototype whose comment is not directly above"

for call in 'strcpy(a, b)' 'sprintf (a, "x")' 'system("x")' 'fork()' 'dlopen("x", 0)' 'getpwnam("x")' \
	'exit(1)' 'syscall(SYS_clone3, 0, 0)' 'setns(1, 0)'; do
	good_tree
	printf 'void str_x(void)\n{\n\t%s;\n}\n' "$call" | append src/common/str.c
	red banned "${call%%[ (]*}" "$call"
done

good_tree
yes '/* line */' | head -n 800 | append src/common/str.c
red length "at most 800" "a long file"

good_tree
sed -i 1d src/common/str.c
red spdx "no SPDX line" "a file without SPDX line"

good_tree
printf '#!/bin/sh\necho\n' >contrib/hello.sh
red spdx "no SPDX line" "a script without SPDX line"

good_tree
printf 'fetched from https://mir%s/packages\n' rors.example.org >README.md
red hosts README.md "the host of a registry"

if command -v clang-format >/dev/null; then
	good_tree
	sed -i 's/^\t/    /' src/common/str.c
	red format str.c "spaces for a tab"
fi
if command -v shellcheck >/dev/null; then
	good_tree
	echo 'for x in $(ls *.c); do cd $x; done' | append contrib/hello.sh
	red shellcheck hello.sh "a shell script with a bug"
fi
if command -v cppcheck >/dev/null; then
	good_tree
	printf 'int str_x(void)\n{\n\tint a[2];\n\n\ta[2] = 1;\n\treturn a[2];\n}\n' | append src/common/str.c
	red cppcheck "out of bounds" "an access out of bounds"
fi
if command -v clang-tidy >/dev/null; then
	good_tree
	{
		printf 'int str_x(int a)\n{\n'
		yes '	a++;' | head -n 80
		printf '\treturn a;\n}\n'
	} | append src/common/str.c
	red tidy "exceeds recommended size" "a function of more than 80 lines"
	good_tree
	printf 'int str_x(int a)\n{\n\treturn a == a;\n}\n' | append src/common/str.c
	red tidy "misc-redundant-expression" "a comparison with itself"
fi
exit $status
