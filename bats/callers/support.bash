# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# What the files of this tier load:  load support
#
# Real callers (containerd, Podman, ...) run rtl here. The tier is no part of the ordinary runs:
# bats/run.sh --files 'callers/*.bats' root|user. Each file starts the daemons that it needs, in
# mount and network namespaces that belong to it, and ends them; nothing of a system's own daemon
# is touched. A caller that is not there is a skip with the reason.
#
# Beside ../support.bash:
#
# Variables, set by caller_setup_file
#   CALLER_DIR     the file's directory, where a caller's data lies
#   CALLER_MARK    text that only this file has: in every caller's environment (and, by
#                  RTL_TEST, in its containers'); names of containers and cgroups begin with it
#   CALLER_V2, CALLER_EMPTY  set by the file, see below
#   CALLER_REASON  why the caller cannot be tested; caller_setup then skips
#
# Functions
#   caller_setup_file          in setup_file; then start what is needed
#   caller_teardown_file       in teardown_file: ends what the file still has
#   caller_cannot REASON       every test of the file is skipped with this reason (the first counts)
#   caller_needs PROGRAM...    the same, when one is not installed
#   caller_setup               in setup: skips, or does test_setup
#   open_view, close_view      make and end the file's view (below); start_daemon opens it too
#   start_daemon SOCKET CMD... runs CMD as a daemon in the view and waits for its socket; its output
#                              goes to CALLER_DIR/daemon.log
#   in_daemon CMD...           runs CMD in the view, without bats' descriptors
#   stop_daemon                ends it with TERM, and fails unless it ends
#   daemon_is_up, daemon_pid   whether it runs, and its PID
#   caller_processes           PIDs of what belongs to this file
#   assert_caller_left_nothing no process, cgroup or mount of this file is left
#   retry CMD...               until CMD succeeds, 10 s: for what a caller does a little later
#
# A view is a mount and a network namespace: /run is an empty tmpfs (sockets, states, network
# namespaces), and so are the directories in CALLER_EMPTY; the network has only a loopback device;
# mounts do not come out. With CALLER_V2 set, /sys/fs/cgroup is cgroup v2 alone, on a hybrid host
# too. Only root has a view.

load ../support

caller_setup_file() {
	export CALLER_DIR=$BATS_FILE_TMPDIR/caller CALLER_REASON=''
	export CALLER_V2=${CALLER_V2-} CALLER_EMPTY=${CALLER_EMPTY-} CALLER_MARK=rtlcaller-$$-$RANDOM
	mkdir "$CALLER_DIR"
	chmod 711 "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR/file" "$BATS_FILE_TMPDIR" "$CALLER_DIR" 2>/dev/null || true
	: >"$CALLER_DIR/daemon.log"
}

caller_cannot() {
	export CALLER_REASON=${CALLER_REASON:-$1}
}

caller_needs() {
	local program

	for program in "$@"; do
		command -v "$program" >/dev/null || caller_cannot "$program is not installed"
	done
}

caller_setup() {
	[ -z "$CALLER_REASON" ] || skip "$CALLER_REASON"
	test_setup
}

open_view() {
	local shared=''

	[ -z "$CALLER_V2" ] || [ ! -d /sys/fs/cgroup/unified ] || shared=/sys/fs/cgroup/unified
	# shellcheck disable=SC2016 # for the inner shell
	RTL_TEST=$CALLER_MARK unshare --mount --net --propagation private sh -ec '
		for dir in $3; do mount -t tmpfs -o mode=755 tmpfs "$dir"; done
		mkdir /run/lock
		[ -z "$2" ] || mount --bind "$2" /sys/fs/cgroup
		ip link set lo up
		: >"$1"
		exec sleep infinity' sh "$CALLER_DIR/view.ready" "$shared" "/run $CALLER_EMPTY" </dev/null >>"$CALLER_DIR/daemon.log" 2>&1 3>&- 4>&- &
	echo $! >"$CALLER_DIR/view.pid"
	disown
	wait_for "[ -e '$CALLER_DIR/view.ready' ]" || {
		cat "$CALLER_DIR/daemon.log" >&2
		return 1
	}
}

start_daemon() {
	local socket=$1

	shift
	[ -e "$CALLER_DIR/view.pid" ] || open_view || return 1
	RTL_TEST=$CALLER_MARK nsenter --target "$(cat "$CALLER_DIR/view.pid")" --mount --net -- "$@" \
		</dev/null >>"$CALLER_DIR/daemon.log" 2>&1 3>&- 4>&- &
	echo $! >"$CALLER_DIR/daemon.pid"
	disown
	wait_for "[ -S '$socket' ] || ! daemon_is_up" 20 && daemon_is_up || {
		tail -n 20 "$CALLER_DIR/daemon.log" >&2
		return 1
	}
}

daemon_pid() {
	cat "$CALLER_DIR/daemon.pid"
}

daemon_is_up() {
	kill -0 "$(daemon_pid)" 2>/dev/null
}

in_daemon() {
	nsenter --target "$(cat "$CALLER_DIR/view.pid")" --mount --net --wd="$PWD" -- "$@" 3>&- 4>&-
}

stop_daemon() {
	kill -TERM "$(daemon_pid)"
	wait_for '! daemon_is_up' 10
}

close_view() {
	kill -KILL "$(cat "$CALLER_DIR/view.pid")"
}

# PIDs of what has our mark in its environment, or our directory in its arguments.
# shellcheck disable=SC2062
caller_processes() {
	local pid

	{
		grep -lsF --file=- /proc/[0-9]*/environ <<<"RTL_TEST=$CALLER_MARK"
		grep -lsF --file=- /proc/[0-9]*/cmdline <<<"$CALLER_DIR/"
	} | while IFS=/ read -r _ _ pid _; do
		echo "$pid"
	done | sort -un
}

# All but the parent /CALLER_MARK itself: who names a parent owns it.
caller_cgroups() {
	find /sys/fs/cgroup -depth -type d -path "*/$CALLER_MARK/*" 2>/dev/null
}

# find complains when cgroups of others vanish under it: what counts is what is left.
remove_parent_cgroups() {
	find /sys/fs/cgroup -depth -type d -name "*$CALLER_MARK*" -exec rmdir {} + 2>/dev/null || true
	[ -z "$(find /sys/fs/cgroup -type d -name "*$CALLER_MARK*" 2>/dev/null)" ]
}

assert_caller_left_nothing() {
	local status=0 pid

	wait_for '[ -z "$(caller_processes)" ]' 5 2>/dev/null || {
		status=1
		for pid in $(caller_processes); do
			fail "process left: $pid $(tr '\0' ' ' <"/proc/$pid/cmdline")" || true
		done
	}
	wait_for '[ -z "$(caller_cgroups)" ]' 2 2>/dev/null || { fail "cgroups left:" "$(caller_cgroups)" || status=1; }
	remove_parent_cgroups || status=1
	! grep -F " $CALLER_DIR/" /proc/self/mountinfo >&2 || status=1
	return $status
}

# What a failed test left must not outlive the file.
caller_teardown_file() {
	local pid

	for pid in $(caller_processes) $(caller_processes); do
		kill -KILL "$pid" 2>/dev/null || true
	done
	wait_for '[ -z "$(caller_processes)" ]' 10 || true
	remove_parent_cgroups 2>/dev/null || true
}

retry() {
	local end=$((SECONDS + 10 * ${RTL_TEST_SLOWNESS:-1} + 1))

	until "$@"; do
		[ $SECONDS -lt $end ] || fail "tried 10 s in vain: $*" || return 1
		sleep 0.05
	done
}
