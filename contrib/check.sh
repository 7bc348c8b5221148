#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Everything that is tested, on this machine, in one command:
#
#	contrib/check.sh [--fuzz SECONDS] [--keep]
#
# Installs what building and testing need (nothing, when all is there), makes the ordinary user
# rtl-test with subordinate IDs (as root), builds in a temporary directory with gcc, clang and
# sanitizers, then runs lint, unit tests, and bats as that user and as root; bats twice more on a
# kernel that seems older (ENOSYS) or is behind a sandbox (EPERM); then real callers (containerd and
# others) with rtl as their runtime; then a virtual machine with cgroup v2 and systemd; then the fuzz
# corpus. Without
# root (and without sudo that asks nothing) what needs root is skipped. The last line says
# "N passed, N failed" (", N skipped" when there are any). The logs stay when something failed,
# or with --keep.
set -uo pipefail

source=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=contrib/packages.sh
. "$source/contrib/packages.sh"

test_user="rtl-test"
fuzz_s=0
keep=
while [ $# -gt 0 ]; do
	case $1 in
	--fuzz) fuzz_s=${2:?seconds} && shift ;;
	--keep) keep=1 ;;
	*) echo "usage: contrib/check.sh [--fuzz SECONDS] [--keep]" >&2 && exit 2 ;;
	esac
	shift
done
exec </dev/null
export LC_ALL=C.UTF-8
umask 022

as_root=()
has_root=
if [ "$(id -u)" = 0 ]; then
	has_root=1
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
	has_root=1
	as_root=(sudo -n)
fi

passed=0
failed=0
skipped=0
work=$(mktemp -d "${TMPDIR:-/tmp}/rtl-check.XXXXXX")
chmod 755 "$work"
mkdir "$work/log"
jobs=$(nproc 2>/dev/null || echo 2)

finish() {
	if [ $failed -gt 0 ] || [ -n "$keep" ]; then
		echo "logs: $work/log"
	else
		"${as_root[@]}" rm -rf "$work"
	fi
	echo "total time: $SECONDS s"
	if [ $skipped -gt 0 ]; then
		echo "$passed passed, $failed failed, $skipped skipped"
	else
		echo "$passed passed, $failed failed"
	fi
	[ $failed -eq 0 ] && [ $passed -gt 0 ]
	exit
}

# count LOG STATUS: adds what the log counts (TAP, or automake's test results) to the sums and
# sets stage_passed, stage_failed, stage_skipped. A stage that failed without saying what counts
# as one failure.
count() {
	local numbers

	numbers=$(awk '
		/^(PASS|FAIL|XPASS|ERROR|SKIP): / { $1 = tolower($1) }
		/^skip: / || /^ok [0-9]+.*# (SKIP|skip)/ { s++; next }
		/^pass: / || /^ok [0-9]+/ { p++; next }
		/^(fail|xpass|error): / || /^not ok [0-9]+/ { f++ }
		END { print p + 0, f + 0, s + 0 }' "$1")
	read -r stage_passed stage_failed stage_skipped <<<"$numbers"
	if [ "$2" -ne 0 ] && [ "$stage_failed" -eq 0 ]; then
		stage_failed=1
		tail -n 30 "$1" | sed 's/^/    /'
	fi
	passed=$((passed + stage_passed))
	failed=$((failed + stage_failed))
	skipped=$((skipped + stage_skipped))
}

# stage NAME COMMAND...: runs it into a log, counts, prints one line, failures, and reasons of skips
stage() {
	local name=$1 start=$SECONDS log status=0

	shift
	log=$work/log/${name//[^A-Za-z0-9]/-}.log
	printf '%-44s' "$name"
	"$@" >"$log" 2>&1 || status=$?
	count "$log" $status >"$work/log/.excerpt"
	# (count ran here, not in a subshell: a redirection keeps its variables)
	printf ' %4d passed, %d failed' "$stage_passed" "$stage_failed"
	[ "$stage_skipped" -eq 0 ] || printf ', %d skipped' "$stage_skipped"
	echo "  ($((SECONDS - start)) s)"
	awk '/^not ok / { show = 1; print "    " $0; next }
		/^#/ { if (show && n++ < 400) print "    " $0; next }
		/^(FAIL|ERROR|XPASS): / { print "    " $0 }
		{ show = 0 }' "$log"
	# by reason; few of one kind are named
	sed -nE 's/^(ok [0-9]+|SKIP:) *(.*) # (SKIP|skip) *(.*)$/\4\t\2/p' "$log" | awk -F '\t' '
		{ n[$1]++; names[$1] = names[$1] "\n        " $2 }
		END { for (r in n) printf "    %d skipped: %s%s\n", n[r], r, n[r] <= 2 ? names[r] : "" }'
	cat "$work/log/.excerpt"
	return 0
}

# one NAME COMMAND...: a stage that is a single test; what it says is shown when it fails
one() {
	local name=$1 said=$work/log/.said

	shift
	if "$@" >"$said" 2>&1; then
		echo "ok 1 - $name"
		sed 's/^/  | /' "$said"
	else
		echo "not ok 1 - $name"
		grep -E 'error|warning|FAIL|Error' "$said" | head -n 15 | sed 's/^/# /'
		sed 's/^/  | /' "$said"
		return 1
	fi
}

# skip NAME REASON
skip() {
	skipped=$((skipped + 1))
	printf '%-44s skipped: %s\n' "$1" "$2"
}

# as_user COMMAND...: as the ordinary user, in a clean environment
as_user() {
	if [ "$(id -u)" = 0 ]; then
		setpriv "--reuid=$(id -u $test_user)" "--regid=$(id -g $test_user)" --init-groups \
			--inh-caps=-all env -i "PATH=$PATH" "HOME=$work/home" LC_ALL=C.UTF-8 "$@"
	else
		"$@"
	fi
}

install_packages() {
	local -a missing

	package_tool >/dev/null || {
		echo "no apt-get, dnf or apk here: the packages are taken to be installed"
		return 0
	}
	mapfile -t missing < <(package_missing build test)
	[ ${#missing[@]} -gt 0 ] || return 0
	echo "installing ${missing[*]}"
	if [ -z "$has_root" ]; then
		echo "not root; run first: sudo $(package_command "${missing[*]}")" >&2
		return 1
	fi
	package_install "${missing[@]}" >"$work/log/packages.log" 2>&1 || {
		tail -n 20 "$work/log/packages.log"
		echo "packages could not be installed: $(package_command "${missing[*]}")" >&2
		return 1
	}
}

# install_optional callers|vm: as far as they can be had; no package may start a daemon of its own
# meanwhile.
install_optional() {
	local policy=/usr/sbin/policy-rc.d own='' name
	local -a missing

	[ "$(id -u)" = 0 ] || { echo "not root: what is not there stays away" && return 0; }
	mapfile -t missing < <(package_missing "$1")
	[ ${#missing[@]} -gt 0 ] || return 0
	if [ -d "${policy%/*}" ] && [ ! -e $policy ]; then
		own=1
		printf '#!/bin/sh\nexit 101\n' >$policy && chmod 755 $policy
	fi
	# together, else one by one: one that is not to be had leaves the others
	package_install "${missing[@]}" || for name in "${missing[@]}"; do package_install "$name"; done
	[ -z "$own" ] || rm -f $policy
}

# The tree, without what was built in it, where the ordinary user can read it.
copy_tree() {
	mkdir "$work/tree" "$work/home"
	tar -C "$source" -cf - --exclude=./.git --exclude='./build' --exclude='./build-*' --exclude=./config.status \
		--exclude=./Makefile --exclude=./rtl_config.h --exclude='*.o' --exclude='*.a' --exclude='*.log' \
		--exclude='*.trs' --exclude=.deps --exclude=.dirstamp --exclude=./autom4te.cache . |
		tar -C "$work/tree" -xf - --no-same-owner &&
		chmod -R u+rwX,go+rX "$work/tree" &&
		"$work/tree/autogen.sh"
}

# build NAME OPTION...: a build directory of its own, with warnings as errors
build() {
	local name=$1

	shift
	mkdir "$work/$name" && cd "$work/$name" &&
		"$work/tree/configure" --enable-werror --quiet "$@" && make -j"$jobs"
}

# Debian's packages bring the archives; elsewhere rtl may be linked to libc.
is_static() {
	! readelf -lW "$1" | grep -F INTERP
}

unit_tests() {
	cd / && [ "$(id -u)" != 0 ] || chown -R "$test_user:" "$work/build-san" "$work/home" || return
	as_user make -C "$work/build-san" -j"$jobs" check
}

# What only root may test; after the user's, whose directory it is.
unit_tests_root() {
	make -C "$work/build-san" -j"$jobs" check
}

bats_run() {
	local build=$1

	shift
	"$work/tree/bats/run.sh" --rtl "$work/$build/rtl" --user "$test_user" "$@"
}

# Made by root once per machine; where it cannot be, the tests that need it are skipped and say so.
debian_rootfs() {
	"$work/tree/tests/support/make-debian-rootfs.sh" "${RTL_DEBIAN_CACHE:-/var/cache/rtl-tests}"
}

distcheck() {
	make -C "$work/build" -j"$jobs" distcheck
}

fuzz() {
	make -C "$work/build" fuzz "TIME=$fuzz_s"
}

# The same code answers both errors: the second world is a sample.
declare -A older_calls=([ENOSYS]='runtime/*' [EPERM]='runtime/[ceknr]*')

echo "rtl: testing $source in $work"
if ! install_packages; then
	failed=1
	finish
fi
if [ "$(id -u)" = 0 ]; then
	ensure_test_user $test_user || {
		echo "the user $test_user cannot be made" >&2
		failed=1
		finish
	}
fi

stage "autogen" one "autogen.sh makes configure" copy_tree
if [ $failed -gt 0 ]; then
	finish
fi
stage "build, gcc" one "builds with gcc without warnings" build build CC="${CC:-gcc}"
[ ! -x "$work/build/rtl" ] || ! command -v apt-get >/dev/null ||
	stage "static by default" one "rtl is one static file where the archives are there" is_static "$work/build/rtl"
stage "build, clang" one "builds with clang without warnings" build build-clang CC=clang
stage "build, sanitizers" one "builds with ASan and UBSan" build build-san --enable-sanitizers
stage "lint" "$work/tree/tests/lint/run.sh"
stage "unit tests and fuzz corpus, sanitizers" unit_tests # as the ordinary user
[ "$(id -u)" != 0 ] || stage "unit tests, sanitizers, root" unit_tests_root
if [ -x "$work/build/rtl" ]; then
	[ "$(id -u)" != 0 ] || debian_rootfs >"$work/log/debian-rootfs.log" 2>&1 || true
	stage "bats, ordinary user" bats_run build user
	stage "bats, ordinary user, sanitizers" bats_run build-san user
	if [ "$(id -u)" = 0 ]; then
		stage "bats, root" bats_run build root
		stage "bats, root, sanitizers" bats_run build-san root
		for errno in ENOSYS EPERM; do
			stage "bats, ordinary user, older calls ($errno)" bats_run build --deny $errno --files "${older_calls[$errno]}" user
			stage "bats, root, older calls ($errno)" bats_run build --deny $errno --files "${older_calls[$errno]}" root
		done
	elif [ -n "$has_root" ]; then
		stage "bats, root" "${as_root[@]}" "$work/tree/bats/run.sh" --rtl "$work/build/rtl" root
		for errno in ENOSYS EPERM; do
			stage "bats, root, older calls ($errno)" "${as_root[@]}" "$work/tree/bats/run.sh" \
				--rtl "$work/build/rtl" --deny $errno --files "${older_calls[$errno]}" root
		done
	else
		skip "bats, root" "not root, and sudo asks for a password"
		skip "bats, root, older calls" "not root, and sudo asks for a password"
	fi
fi
if [ -x "$work/build/rtl" ] && [ "$(id -u)" = 0 ]; then
	install_optional callers >"$work/log/callers-packages.log" 2>&1
	stage "callers, root" bats_run build --files 'callers/*' root
	stage "callers, ordinary user" bats_run build --files 'callers/*' user
else
	skip "callers" "not root"
fi
if [ -x "$work/build/rtl" ]; then
	install_optional vm >"$work/log/vm-packages.log" 2>&1
	stage "vm, Debian trixie" "$work/tree/tests/vm/run.sh" --rtl "$work/build/rtl" \
		--cache "${RTL_DEBIAN_CACHE:-/var/cache/rtl-tests}"
fi
stage "make distcheck" one "the tarball builds and passes its tests" distcheck
[ "$fuzz_s" -eq 0 ] || stage "fuzz, $fuzz_s s each" one "libFuzzer finds nothing" fuzz
finish
