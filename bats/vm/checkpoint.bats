# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2016,SC2154
# checkpoint and restore by criu, which needs real root and a kernel that has what it wants.
load ../runtime/inside

setup() {
	test_setup
	require_vm
	require_root
	require_tool criu
	make_bundle
	images=$TEST_DIR/images
	# a counter: on its standard output, and in a file of a directory that is bound from outside
	mkdir "$TEST_DIR/shared"
	share "$TEST_DIR/shared" /shared
	set_args sh -c 'i=0; while :; do i=$((i + 1)); echo "count $i"; echo $i >/shared/count; sleep 0.2; done'
}

# in_pipe FILE CMD...: CMD detached, its output through a pipe into FILE
in_pipe() {
	local file=$1

	shift
	"$@" </dev/null > >(exec cat >"$file" 3>&- 4>&-) 2>"$file.errors" 3>&- 4>&- || {
		cat "$file.errors"
		return 1
	}
}

# receive_terminal SOCKET FILE: what the terminal shows goes into FILE
receive_terminal() {
	in_background sh -c 'exec "$0" "$1" >"$2" </dev/null' "$RTL_SUPPORT/console_receiver" "$1" "$2"
	wait_for "[ -S '$1' ]"
}

start_counter() {
	in_pipe "$TEST_DIR/before" rtl run --detach --bundle "$BUNDLE" c
	wait_for 'grep -qx "count 3" "$TEST_DIR/before"' 20
}

# With the end of criu's log where it fails: that is gone with the machine.
checkpoint_counter() {
	run rtl checkpoint --image-path "$images" "$@" c
	[ "$status" = 0 ] || fail "$output" "$(tail -n 40 "$images/dump.log")"
}

# counted FILE: last number in it
counted() {
	awk '/^count [0-9]+\r?$/ { n = $2 } END { print n + 0 }' "$1"
}

# The first number after the restore follows the last one before; and it goes on.
assert_goes_on() {
	wait_for '[ "$(counted "$TEST_DIR/after")" -gt "$(($(counted "$TEST_DIR/before") + 2))" ]' 20
	run -0 grep -m 1 -o 'count [0-9]*' "$TEST_DIR/after"
	assert_output "count $(($(counted "$TEST_DIR/before") + 1))"
}

@test "checkpoint: a counter with a pipe and a bind mount goes on counting after its restore" {
	start_counter
	checkpoint_counter
	assert_status c absent
	before=$(counted "$TEST_DIR/before")
	[ "$(cat "$TEST_DIR/shared/count")" -ge "$before" ]
	in_pipe "$TEST_DIR/after" rtl restore --detach --image-path "$images" --bundle "$BUNDLE" \
		--pid-file "$TEST_DIR/pid" c
	assert_goes_on
	assert_status c running
	[ "$(cat "$TEST_DIR/pid")" = "$(container_pid c)" ]
	wait_for '[ "$(cat "$TEST_DIR/shared/count")" -gt "$((before + 2))" ]'
	run -0 rtl exec c cat /proc/1/cmdline
	assert_output_has "count"
	run -0 rtl delete --force c
}

@test "checkpoint: the restored container is in a cgroup of its own with its limits, which goes with it" {
	own=$(cut -d: -f3 /proc/self/cgroup)
	update_config '.linux.cgroupsPath = $p | .linux.resources = {pids: {limit: 23}}' --arg p "${own%/*}/$TEST_MARK"
	start_counter
	checkpoint_counter
	[ ! -e "/sys/fs/cgroup${own%/*}/$TEST_MARK" ]
	in_pipe "$TEST_DIR/after" rtl restore --detach --image-path "$images" --bundle "$BUNDLE" c
	assert_goes_on
	run -0 cat "/proc/$(container_pid c)/cgroup"
	assert_output "0::${own%/*}/$TEST_MARK"
	run -0 rtl exec c cat /sys/fs/cgroup/pids.max
	assert_output 23
	run -0 rtl delete --force c
	[ ! -e "/sys/fs/cgroup${own%/*}/$TEST_MARK" ]
}

@test "checkpoint: a terminal is restored, its new master goes to the console socket" {
	update_config '.process.terminal = true'
	receive_terminal "$TEST_DIR/console" "$TEST_DIR/before"
	run -0 detached rtl run --detach --console-socket "$TEST_DIR/console" --bundle "$BUNDLE" c
	wait_for 'grep -q "count 3" "$TEST_DIR/before"' 20
	checkpoint_counter
	receive_terminal "$TEST_DIR/console2" "$TEST_DIR/after"
	run -0 detached rtl restore --detach --image-path "$images" --bundle "$BUNDLE" \
		--console-socket "$TEST_DIR/console2" c
	assert_goes_on
	run -0 rtl exec c sh -c 'readlink /proc/1/fd/1; [ -t 1 ]; cat /proc/1/stat'
	assert_output_has /dev/pts/
	run -0 rtl delete --force c
}

@test "checkpoint: in the foreground restore waits and ends with the container's status" {
	set_args sh -c 'trap "exit 7" TERM; echo ready; while :; do sleep 0.2; done'
	in_pipe "$TEST_DIR/before" rtl run --detach --bundle "$BUNDLE" c
	wait_for 'grep -qx ready "$TEST_DIR/before"'
	checkpoint_counter
	in_background sh -c '"$0" --root "$1" restore --image-path "$2" --bundle "$3" c; echo "status $?" >"$4"' \
		"$RTL" "$STATE_DIR" "$images" "$BUNDLE" "$TEST_DIR/status"
	wait_for '[ "$(container_status c 2>/dev/null)" = running ]' 20
	run -0 rtl kill c TERM
	wait_for '[ -s "$TEST_DIR/status" ]' 20
	run -0 cat "$TEST_DIR/status"
	assert_output "status 7"
	assert_status c absent
}

@test "checkpoint: --leave-running and --pre-dump leave it running, a parent is used, and a restore has it all" {
	start_counter
	run -0 rtl checkpoint --image-path "$TEST_DIR/pre" --pre-dump c
	assert_status c running
	checkpoint_counter --parent-path ../pre --leave-running
	assert_status c running
	[ -e "$images/parent" ]
	rm -r "$images"
	checkpoint_counter --parent-path ../pre --work-path "$TEST_DIR/work"
	assert_status c absent
	[ -s "$TEST_DIR/work/dump.log" ]
	in_pipe "$TEST_DIR/after" rtl restore --detach --image-path "$images" --bundle "$BUNDLE" c
	assert_goes_on
	run -0 rtl delete --force c
}

@test "checkpoint: a network namespace given by path is joined again, not dumped" {
	ip netns add "$TEST_MARK"
	update_config '(.linux.namespaces[] | select(.type == "network")).path = $p' --arg p "/run/netns/$TEST_MARK"
	start_counter
	checkpoint_counter
	in_pipe "$TEST_DIR/after" rtl restore --detach --image-path "$images" --bundle "$BUNDLE" c
	assert_goes_on
	[ "$(stat -Lc %i "/proc/$(container_pid c)/ns/net")" = "$(stat -Lc %i "/run/netns/$TEST_MARK")" ]
	run -0 rtl delete --force c
	ip netns delete "$TEST_MARK"
}

@test "checkpoint: hooks before the namespaces are used run with the new PID, poststop at the end" {
	update_config '.hooks = {createRuntime: [{path: "/bin/sh", args: ["sh", "-c", $script]}],
		poststop: [{path: "/bin/sh", args: ["sh", "-c", $stop]}]}' \
		--arg script "cat >>$TEST_DIR/hooked; echo >>$TEST_DIR/hooked" --arg stop "echo >>$TEST_DIR/stopped"
	start_counter
	checkpoint_counter
	[ "$(wc -l <"$TEST_DIR/stopped")" = 1 ]
	in_pipe "$TEST_DIR/after" rtl restore --detach --image-path "$images" --bundle "$BUNDLE" c
	[ "$(wc -l <"$TEST_DIR/hooked")" = 2 ]
	[ "$(tail -n 1 "$TEST_DIR/hooked" | jq .pid)" = "$(container_pid c)" ]
	run -0 rtl delete --force c
	[ "$(wc -l <"$TEST_DIR/stopped")" = 2 ]
}

@test "restore: a hook that fails, and an rtl that is killed half way, leave nothing that delete does not remove" {
	start_counter
	checkpoint_counter
	update_config '.hooks = {createRuntime: [{path: "/bin/sh", args: ["sh", "-c", "exit 5"]}]}'
	run -1 rtl restore --detach --image-path "$images" --bundle "$BUNDLE" c
	assert_output_has "createRuntime"
	assert_status c absent
	assert_no_leftovers
	update_config '.hooks = {createRuntime: [{path: "/bin/sh", args: ["sh", "-c", "kill -KILL $PPID"]}]}'
	run -137 rtl restore --detach --image-path "$images" --bundle "$BUNDLE" c
	wait_for has_no_processes
	run -0 rtl delete --force c
	assert_no_leftovers
}

@test "restore: images that are none are an error that names the log, and nothing is left" {
	mkdir "$images"
	run -1 rtl restore --detach --image-path "$images" --bundle "$BUNDLE" c
	assert_output_has "rtl: restore container c: criu"
	assert_output_has "(see $images/restore.log)"
	assert_no_leftovers
}

@test "checkpoint: what criu refuses is an error that says what, and the container goes on" {
	# a FIFO with a name is no pipe, and lies outside
	mkfifo "$TEST_DIR/fifo"
	in_background sh -c 'exec cat "$1" >"$2"' sh "$TEST_DIR/fifo" "$TEST_DIR/before"
	rtl run --detach --bundle "$BUNDLE" c </dev/null >"$TEST_DIR/fifo"
	wait_for 'grep -qx "count 3" "$TEST_DIR/before"' 20
	run -1 rtl checkpoint --image-path "$images" c
	assert_output_has "rtl: checkpoint container c: criu: "
	assert_output_has "path=$TEST_DIR/fifo (see $images/dump.log)"
	assert_status c running
	before=$(counted "$TEST_DIR/before")
	wait_for '[ "$(counted "$TEST_DIR/before")" -gt "$before" ]' 20
	run -0 rtl delete --force c
}

@test "checkpoint: a created container cannot be, a paused one can, and runs after its restore" {
	run -0 detached rtl create --bundle "$BUNDLE" c
	run -1 rtl checkpoint --image-path "$images" c
	assert_output "rtl: cannot checkpoint container c: it is created, not running"
	[ ! -e "$images" ]
	run -0 rtl delete c
	start_counter
	run -0 rtl pause c
	checkpoint_counter --leave-running
	assert_status c paused
	rm -r "$images"
	checkpoint_counter
	assert_status c absent
	in_pipe "$TEST_DIR/after" rtl restore --detach --image-path "$images" --bundle "$BUNDLE" c
	assert_status c running
	assert_goes_on
	run -0 rtl delete --force c
}
