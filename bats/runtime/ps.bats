# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2016,SC2154
# Which processes a container has, as the kernel knows them: by cgroup.procs, or by /proc.
load ../support
load views

# start_three [GLOBAL-OPTION...]: container web with three processes
start_three() {
	make_bundle web
	set_args sh -c 'sleep 1000 & sleep 1000 & wait'
	detached rtl "$@" run --detach --bundle "$BUNDLE" web
	wait_for '[ "$(children_called sleep)" = 2 ]'
}

# children_called NAME: how many children of the init run it
children_called() {
	local pid

	for pid in $(children); do
		cat "/proc/$pid/comm"
	done | grep -cx "$1"
}

children() {
	local pid

	pid=$(container_pid web)
	cat "/proc/$pid/task/$pid/children"
}

# PIDs of web, from the kernel: the init and its children
expected_pids() {
	{
		container_pid web
		children | tr ' ' '\n'
	} | grep . | sort -n
}

assert_pids() {
	[ "$(jq -r '.[]' <<<"$output")" = "$(expected_pids)" ] || fail "$output" "expected:" "$(expected_pids)"
}

@test "ps: json is an array of PIDs" {
	start_three
	run -0 rtl ps --format json web
	assert_pids
	run -0 rtl ps -f json web
	assert_pids
}

@test "ps: on pure v2 and pure v1 the cgroup is asked" {
	local view

	require_root
	require_view v2
	require_view v1
	for view in v2 v1; do
		make_bundle web
		# no PID namespace to go by
		update_config '.linux.namespaces |= map(select(.type != "pid"))'
		set_args sh -c 'sleep 1000 & sleep 1000 & wait'
		detached view_rtl "$view" run --detach --bundle "$BUNDLE" web
		wait_for '[ "$(wc -w <<<"$(children)")" = 2 ]'
		run -0 view_rtl "$view" ps --format json web
		assert_pids
		view_rtl "$view" delete --force web
		rm -rf "$BUNDLE"
	done
}

@test "ps: without a cgroup the PID namespace is asked" {
	start_three --cgroup-manager disabled
	run -0 rtl ps --format json web
	assert_pids
}

@test "ps: exec's process is among them" {
	start_three
	run -0 detached rtl exec --detach --pid-file "$TEST_DIR/pid" web sleep 1000
	run -0 rtl ps --format json web
	jq -e --argjson pid "$(cat "$TEST_DIR/pid")" 'index($pid)' <<<"$output"
}

@test "ps: the table is ps -ef of these processes" {
	require_tool ps
	start_three
	run -0 rtl ps web
	[ "${lines[0]}" = "$(ps -ef | head -n 1)" ]
	[ "$(tail -n +2 <<<"$output" | awk '{ print $2 }' | sort -n)" = "$(expected_pids)" ]
}

@test "ps: what follows the container is given to ps" {
	require_tool ps
	start_three
	run -0 rtl ps web -e -o args,pid
	[ "$(grep -c 'sleep 1000' <<<"$output")" -ge 2 ]
	[ "${lines[0]}" = "$(ps -e -o args,pid | head -n 1)" ]
}

@test "ps: options that show no PID are refused" {
	require_tool ps
	start_container web
	run -1 rtl ps web -e -o args
	assert_output "rtl: what ps prints with these options has no column PID"
}

@test "ps: an option that ps refuses is told with its words" {
	require_tool ps
	start_container web
	run -1 rtl ps web --no-such-option
	[[ "$output" = "rtl: "*"ps: exit status "* ]]
}

@test "ps: a host without ps has the same columns" {
	start_three
	PATH=/nonexistent run -0 rtl ps web
	[ "${lines[0]}" = "UID          PID    PPID  C STIME TTY          TIME CMD" ]
	[ "$(tail -n +2 <<<"$output" | awk '{ print $2 }' | sort -n)" = "$(expected_pids)" ]
	[ "$(grep -c ' sleep 1000$' <<<"$output")" = 2 ]
	PATH=/nonexistent run -1 rtl ps web -o pid
	assert_output "rtl: there is no ps in PATH"
}

@test "ps: a paused container shows its processes" {
	start_three
	rtl pause web
	run -0 rtl ps --format json web
	assert_pids
}

@test "ps: a stopped container has none" {
	start_container web
	kill -KILL "$(container_pid web)"
	wait_for 'assert_status web stopped'
	run -0 rtl ps --format json web
	assert_output "[]"
	PATH=/nonexistent run -0 rtl ps web
	[ "${#lines[@]}" = 1 ]
}

@test "ps: whose processes cannot be told from others is refused" {
	make_bundle web
	update_config '.linux.namespaces |= map(select(.type != "pid"))'
	set_args sleep 1000
	detached rtl --cgroup-manager disabled run --detach --bundle "$BUNDLE" web
	run -1 rtl ps web
	assert_output "rtl: container web has neither a cgroup nor a PID namespace of its own: its processes cannot be told from others"
}

@test "ps: what does not exist is refused, and an unknown format" {
	run -1 rtl ps web
	assert_output "rtl: container does not exist: web"
	run -1 rtl ps --format yaml web
	assert_output "rtl: ps: --format: expected table or json, got yaml (see rtl ps --help)"
	run -1 rtl ps
	assert_output_has "rtl: ps: too few arguments"
}
