# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2016
#
# What every bats file loads:  load ../support
#
# A test runs once as an ordinary user and once as root. It gets a directory and a state directory
# of its own; after it nothing may be left: no container, process, mount or cgroup.
#
# Variables
#   RTL            the binary; without it, the one in build/ or in the tree
#   RTL_TEST_MODE  root or user, by who runs the test
#   RTL_TEST_DENY  what newer system calls answer here (ENOSYS, EPERM); empty: what they do
#   RTL_TEST_VM    set in a virtual machine (tests/vm/run.sh): systemd, cgroup v2, no other user
#   RTL_TEST_SLOWNESS  how many times slower than usual this machine is (default 1)
#   RTL_SUPPORT    directory of the test programs (tests/support of the build directory)
#   TEST_DIR       empty directory of this test, passable for every user
#   STATE_DIR      --root of this test; made by rtl, so that its absence is a case too
#   BUNDLE         the bundle made last (config.json, rootfs/)
#   TEST_MARK      text that only this test has: in the environment of every process of its
#                  containers, and (as root) in their cgroup's name
#
# Functions
#   rtl ARG...              "$RTL" --root "$STATE_DIR" ARG...
#   detached CMD...         runs CMD with stdin from /dev/null and output through a file, then
#                           prints that. `run` waits for the end of a pipe, and a container that
#                           goes on holds it: write  run -0 detached rtl run --detach ...
#   make_bundle [NAME]      bundle TEST_DIR/NAME (default "bundle") with busybox as rootfs and the
#                           config.json of `rtl spec` (as a user: `rtl spec --rootless`), without
#                           terminal, running `true`; sets BUNDLE
#   make_spec               writes that config.json into BUNDLE again
#   update_config FILTER [JQ-ARG...]
#                           edits BUNDLE/config.json:  update_config '.hostname = "h"'
#                           or                         update_config '.hostname = $h' --arg h "$x"
#   set_args ARG...         process.args:              set_args sh -c 'echo hello'
#   start_container NAME    makes the bundle NAME unless it exists, and `rtl run --detach`s it; a
#                           fresh one waits for ever and exits with 0 on TERM; output goes to
#                           TEST_DIR/NAME.log; sets BUNDLE
#   create_container NAME   the same, but `rtl create`
#   container_pid NAME      prints the PID of the init process
#   container_status NAME   prints the status that `rtl state` gives
#   assert_status NAME STATUS       STATUS "absent": rtl state must fail
#   assert_output TEXT              $output is exactly TEXT
#   assert_output_has TEXT          $output contains TEXT
#   assert_no_containers            STATE_DIR holds none
#   assert_no_leftovers             nothing of this test is left (also done after every test);
#                                   a container that is meant to be there counts
#   wait_for 'CMD' [SECONDS]        until CMD succeeds; fails after SECONDS (default 10)
#   in_background CMD...            starts CMD, sets BACKGROUND_PID; it is killed after the test
#   require_root, require_user      skip in the other mode
#   require_vm                      skip outside of the virtual machine
#   require_tool PROGRAM...         skip when one is missing
#   require_subids                  skip unless newuidmap and a range of subordinate IDs are there
#
# A file that needs a setup or teardown of its own calls test_setup or test_teardown in it.
# `run -N CMD` checks the exit status; output is in $output and ${lines[@]}. No test sleeps.

bats_require_minimum_version 1.5.0

support_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

find_rtl() {
	local candidate

	for candidate in "$support_dir"/../{build,.,build-*}/rtl; do
		[ -x "$candidate" ] && [ -f "$candidate" ] && realpath "$candidate" && return
	done
	echo "no rtl found: build it, or set RTL" >&2
	return 1
}

RTL=${RTL:-$(find_rtl)}
RTL_SUPPORT=${RTL_SUPPORT:-$(dirname "$RTL")/tests/support}
if [ "$(id -u)" = 0 ]; then RTL_TEST_MODE=root; else RTL_TEST_MODE=user; fi
export RTL_TEST_MODE

rtl() {
	"$RTL" --root "$STATE_DIR" "$@" 3>&- 4>&-
}

detached() {
	local status=0

	"$@" </dev/null >"$TEST_DIR/.detached" 2>&1 3>&- 4>&- || status=$?
	cat "$TEST_DIR/.detached"
	return $status
}

# The root file system of all bundles, made once for a run of bats.
prepare_rootfs() {
	local rootfs=$BATS_RUN_TMPDIR/rootfs work applet busybox

	[ ! -d "$rootfs" ] || return 0
	busybox=$(command -v busybox) || { echo "busybox is missing" >&2; return 1; }
	work=$(mktemp -d "$BATS_RUN_TMPDIR/rootfs.XXXXXX")
	mkdir "$work"/{bin,dev,etc,home,proc,root,run,sys,tmp,usr,var}
	chmod 755 "$work"
	chmod 1777 "$work/tmp"
	cp "$busybox" "$work/bin/busybox"
	for applet in $("$busybox" --list); do
		[ "$applet" = busybox ] || ln -s busybox "$work/bin/$applet"
	done
	printf 'root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000:user:/home:/bin/sh\n' >"$work/etc/passwd"
	printf 'root:x:0:\nuser:x:1000:\n' >"$work/etc/group"
	# two tests may race for it: the first wins
	mv -T "$work" "$rootfs" 2>/dev/null || rm -rf "$work"
}

test_setup() {
	chmod 711 "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR/test" 2>/dev/null || true
	TEST_DIR=$BATS_TEST_TMPDIR
	chmod 711 "$TEST_DIR"
	STATE_DIR=$TEST_DIR/state
	TEST_MARK=rtltest-$$-${BATS_SUITE_TEST_NUMBER:-0}-$RANDOM
	BUNDLE=
	background_pids=()
}

test_teardown() {
	local pid status=0

	for pid in "${background_pids[@]}"; do
		kill -KILL "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
	delete_containers
	assert_no_leftovers || status=1
	# what outlived the test must not outlive the run
	for pid in $(test_processes); do
		kill -KILL "$pid" 2>/dev/null || true
	done
	test_cgroups | sort -r | xargs -r rmdir 2>/dev/null || true
	return $status
}

setup() {
	test_setup
}

teardown() {
	test_teardown
}

containers() {
	[ ! -d "$STATE_DIR" ] || find "$STATE_DIR" -mindepth 1 -maxdepth 1 -type d ! -name '.*' -printf '%f\n'
}

delete_containers() {
	local name

	for name in $(containers); do
		timeout -s KILL $((20 * ${RTL_TEST_SLOWNESS:-1})) "$RTL" --root "$STATE_DIR" delete --force "$name" >/dev/null 2>&1 || true
	done
}

make_bundle() {
	prepare_rootfs || return 1
	BUNDLE=$TEST_DIR/${1:-bundle}
	mkdir -p "$BUNDLE/rootfs"
	chmod 755 "$BUNDLE" "$BUNDLE/rootfs"
	# only bin is shared between tests: it is large, and nobody writes there
	cp -al "$BATS_RUN_TMPDIR/rootfs/bin" "$BUNDLE/rootfs/bin"
	find "$BATS_RUN_TMPDIR/rootfs" -mindepth 1 -maxdepth 1 ! -name bin \
		-exec cp -a -t "$BUNDLE/rootfs" {} +
	make_spec
}

make_spec() {
	local -a rootless=()
	local filter='.process.terminal = false | .process.args = ["true"] | .process.env += ["RTL_TEST=" + $mark]'

	[ "$RTL_TEST_MODE" = root ] || rootless=(--rootless)
	rm -f "$BUNDLE/config.json"
	(cd "$BUNDLE" && rtl spec "${rootless[@]}") || return 1
	[ "$RTL_TEST_MODE" = user ] || filter+=' | .linux.cgroupsPath = "/" + $mark + "-" + $name'
	update_config "$filter" --arg mark "$TEST_MARK" --arg name "$(basename "$BUNDLE")"
}

update_config() {
	local filter=$1

	shift
	jq "$@" "$filter" "$BUNDLE/config.json" >"$BUNDLE/config.json.new" || return 1
	mv "$BUNDLE/config.json.new" "$BUNDLE/config.json"
}

set_args() {
	update_config '.process.args = ($args | split("\u0000")[:-1])' --rawfile args <(printf '%s\0' "$@")
}

waiting_bundle() {
	BUNDLE=$TEST_DIR/$1
	[ ! -d "$BUNDLE" ] || return 0
	make_bundle "$1" || return 1
	set_args sh -c 'trap "exit 0" TERM; sleep 1000 & wait'
}

start_container() {
	waiting_bundle "$1" || return 1
	rtl run --detach --bundle "$BUNDLE" "$1" </dev/null >"$TEST_DIR/$1.log" 2>&1 || {
		cat "$TEST_DIR/$1.log" >&2
		return 1
	}
}

create_container() {
	waiting_bundle "$1" || return 1
	rtl create --bundle "$BUNDLE" "$1" </dev/null >"$TEST_DIR/$1.log" 2>&1 || {
		cat "$TEST_DIR/$1.log" >&2
		return 1
	}
}

container_pid() {
	rtl state "$1" | jq -r .pid
}

container_status() {
	rtl state "$1" | jq -r .status
}

# fail LINE...: explains why, for the test's report
fail() {
	printf '%s\n' "$@" >&2
	return 1
}

assert_status() {
	local actual

	actual=$(container_status "$1" 2>/dev/null) || true
	[ "${actual:-absent}" = "$2" ] || fail "container $1 is ${actual:-absent}, expected $2"
}

assert_output() {
	# shellcheck disable=SC2154 # set by run
	[ "$output" = "$1" ] || fail "output:   $output" "expected: $1"
}

assert_output_has() {
	case $output in
	*"$1"*) ;;
	*) fail "output:                $output" "expected it to contain: $1" ;;
	esac
}

assert_no_containers() {
	local found

	found=$(containers)
	[ -z "$found" ] || fail "containers left:" "$found"
}

# PIDs of what belongs to this test: by the environment of containers, by our directory in arguments.
# shellcheck disable=SC2062
test_processes() {
	local path

	{
		grep -lsF --file=- /proc/[0-9]*/environ <<<"RTL_TEST=$TEST_MARK"
		grep -lsF --file=- /proc/[0-9]*/cmdline <<<"$TEST_DIR/"
	} |
		while IFS=/ read -r _ _ path _; do
			echo "$path"
		done | sort -un
}

has_no_processes() {
	[ -z "$(test_processes)" ]
}

test_cgroups() {
	find /sys/fs/cgroup -type d -name "*$TEST_MARK*" 2>/dev/null
}

# A cgroup can be removed only when its last process is reaped.
has_no_cgroups() {
	[ -z "$(test_cgroups)" ]
}

test_mounts() {
	grep -F " $TEST_DIR/" /proc/self/mountinfo
}

assert_no_leftovers() {
	local status=0 pid

	assert_no_containers || status=1
	wait_for has_no_processes 5 2>/dev/null || {
		status=1
		for pid in $(test_processes); do
			fail "process left: $pid $(tr '\0' ' ' <"/proc/$pid/cmdline")" || true
		done
	}
	[ -z "$(test_mounts)" ] || { fail "mounts left:" "$(test_mounts)" || status=1; }
	wait_for has_no_cgroups 2 2>/dev/null || { fail "cgroups left:" "$(test_cgroups)" || status=1; }
	return $status
}

wait_for() {
	local end=$((SECONDS + ${2:-10} * ${RTL_TEST_SLOWNESS:-1} + 1))

	until eval "$1"; do
		[ $SECONDS -lt $end ] || fail "waited ${2:-10} s in vain for: $1" || return 1
		sleep 0.01
	done
}

in_background() {
	"$@" 3>&- 4>&- &
	BACKGROUND_PID=$!
	background_pids+=("$BACKGROUND_PID")
}

require_root() {
	[ "$RTL_TEST_MODE" = root ] || skip "for root only"
}

# require_pidfd_open: only a pidfd opened by number has an inode to compare
require_pidfd_open() {
	[ -z "${RTL_TEST_DENY-}" ] || skip "pidfd_open answers $RTL_TEST_DENY: no inode to compare"
}

require_user() {
	[ "$RTL_TEST_MODE" = user ] || skip "for an ordinary user only"
}

require_vm() {
	[ -n "${RTL_TEST_VM-}" ] || skip "for the virtual machine (tests/vm/run.sh)"
}

require_tool() {
	local tool

	for tool in "$@"; do
		command -v "$tool" >/dev/null || skip "$tool is not installed"
	done
}

require_subids() {
	require_tool newuidmap newgidmap
	grep -qs "^\($(id -un)\|$(id -u)\):" /etc/subuid || skip "no subordinate IDs for $(id -un)"
}
