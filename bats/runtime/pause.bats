# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2016,SC2154
# Pausing: nothing of the container runs, however it is done; what may be done to it meanwhile.
# What a paused process does is read from the kernel.
load ../support
load views

# cpu_ticks PID: processor time it has used
cpu_ticks() {
	awk '{ print $14 + $15 }' "/proc/$1/stat"
}

# process_states PID...: one letter each, as proc_pid_stat(5)
process_states() {
	local pid

	for pid in "$@"; do
		sed 's/.*) \(.\).*/\1/' "/proc/$pid/stat"
	done | tr -d '\n'
}

has_used_cpu() {
	[ "$(cpu_ticks "$1")" -gt "$2" ]
}

# Something that takes a while without waiting for anything.
pass_time() {
	awk 'BEGIN { for (i = 0; i < 2000000; i++) continue }'
}

# start_spinner VIEW: container web, whose two processes never rest; sets spinners
start_spinner() {
	make_bundle web
	set_args sh -c 'while :; do :; done & while :; do :; done'
	detached view_rtl "$1" run --detach --bundle "$BUNDLE" web
	wait_for '[ -n "$(children)" ]'
	spinners="$(container_pid web) $(children)"
}

children() {
	local pid

	pid=$(container_pid web)
	cat "/proc/$pid/task/$pid/children"
}

# spinners do not run while paused, and run before and after
pause_and_resume() {
	local pid before=()

	start_spinner "$1"
	for pid in $spinners; do
		wait_for "has_used_cpu $pid 0"
	done
	view_rtl "$1" pause web
	[ "$(view_rtl "$1" state web | jq -r .status)" = paused ]
	for pid in $spinners; do
		before+=("$(cpu_ticks "$pid")")
	done
	pass_time
	for pid in $spinners; do
		[ "$(cpu_ticks "$pid")" = "${before[0]}" ]
		before=("${before[@]:1}")
	done
	"${2:-true}"
	view_rtl "$1" resume web
	[ "$(view_rtl "$1" state web | jq -r .status)" = running ]
	for pid in $spinners; do
		wait_for "has_used_cpu $pid $(cpu_ticks "$pid")"
	done
	view_rtl "$1" delete --force web
}

v2_says_frozen() {
	grep -q 'frozen 1' "$(v2_mount)$(jq -r .linux.cgroupsPath "$BUNDLE/config.json")/cgroup.events"
}

v1_says_frozen() {
	grep -qx FROZEN "$(v1_mount freezer)$(jq -r .linux.cgroupsPath "$BUNDLE/config.json")/freezer.state"
}

@test "pause: nothing of the container runs until it is resumed" {
	if [ "$RTL_TEST_MODE" = root ] && [ -n "$(v2_mount)" ]; then
		pause_and_resume host v2_says_frozen
	else
		pause_and_resume host
	fi
}

@test "pause: on pure v2 the cgroup is frozen" {
	require_root
	require_view v2
	pause_and_resume v2 v2_says_frozen
}

@test "pause: on pure v1 the freezer holds it" {
	require_root
	require_view v1
	pause_and_resume v1 v1_says_frozen
}

stopped_by_signals() {
	local states

	# shellcheck disable=SC2086
	states=$(process_states $spinners)
	[ "$states" = TT ] || fail "states: $states of $spinners"
	[ "$(rtl state web | jq -r .pausedBy)" = signals ]
}

@test "pause: without a cgroup every process is stopped, and the state says how" {
	start_spinner host
	rtl delete --force web
	update_config 'del(.linux.cgroupsPath)'
	detached rtl --cgroup-manager disabled run --detach --bundle "$BUNDLE" web
	wait_for '[ -n "$(children)" ]'
	spinners="$(container_pid web) $(children)"
	rtl pause web
	stopped_by_signals
	run -1 rtl pause web
	rtl resume web
	assert_status web running
	[ "$(rtl state web | jq .pausedBy)" = null ]
	wait_for '[ "$(process_states $spinners | tr -d RS)" = "" ]'
}

@test "pause: without a cgroup nothing that is forked meanwhile gets away" {
	local i states pids

	make_bundle web
	# forks as fast as it can
	set_args sh -c 'while :; do true & done'
	detached rtl --cgroup-manager disabled run --detach --bundle "$BUNDLE" web
	for i in 1 2 3 4 5; do
		rtl pause web
		mapfile -t pids < <(namespace_pids "$(container_pid web)")
		states=$(process_states "${pids[@]}")
		[ -z "${states//[TZX]/}" ] || fail "states: $states"
		rtl resume web
	done
}

# namespace_pids PID: all processes in its PID namespace
namespace_pids() {
	local ns path

	ns=$(readlink "/proc/$1/ns/pid")
	for path in /proc/[0-9]*/ns/pid; do
		[ "$(readlink "$path" 2>/dev/null)" != "$ns" ] || echo "${path//[!0-9]/}"
	done
}

@test "pause: whose processes cannot be told from others is refused" {
	make_bundle web
	update_config '.linux.namespaces |= map(select(.type != "pid"))'
	set_args sleep 1000
	detached rtl --cgroup-manager disabled run --detach --bundle "$BUNDLE" web
	run -1 rtl pause web
	assert_output "rtl: pause container web: container web has neither a cgroup nor a PID namespace of its own: its processes cannot be told from others"
	assert_status web running
	[ "$(process_states "$(container_pid web)")" = S ]
}

@test "pause: list shows it" {
	start_container web
	rtl pause web
	[ "$(rtl list --format json | jq -r '.[0].status')" = paused ]
	rtl list | grep -q '^web .* paused '
	rtl resume web
}

@test "pause: a container that was frozen by somebody else is paused" {
	require_root
	require_v2
	start_container web
	echo 1 >"$(v2_mount)$(jq -r .linux.cgroupsPath "$BUNDLE/config.json")/cgroup.freeze"
	assert_status web paused
	rtl resume web
	assert_status web running
}

@test "pause: a second time is refused" {
	start_container web
	rtl pause web
	run -1 rtl pause web
	assert_output "rtl: pause container web: container not running"
	assert_status web paused
}

@test "pause: a stopped container is refused" {
	start_container web
	kill -KILL "$(container_pid web)"
	wait_for 'assert_status web stopped'
	run -1 rtl pause web
	assert_output "rtl: pause container web: container not running"
	run -1 rtl resume web
	assert_output "rtl: resume container web: container not paused"
}

@test "pause: what does not exist is refused" {
	run -1 rtl pause web
	assert_output "rtl: container does not exist: web"
	run -1 rtl pause
	assert_output "rtl: pause: too few arguments, expected CONTAINER (see rtl pause --help)"
}

@test "pause: a created container waits, is not started, and is created again" {
	create_container web
	rtl pause web
	assert_status web paused
	run -1 rtl start web
	assert_output "rtl: cannot start container web: it is paused, not created"
	rtl resume web
	assert_status web created
	rtl start web
	assert_status web running
}

@test "pause: a paused container is not deleted without force" {
	start_container web
	rtl pause web
	run -1 rtl delete web
	assert_output "rtl: container web is paused: stop it first, or rtl delete --force web"
	assert_status web paused
}

kill_paused() {
	local pid

	start_in_view "$1" web
	view_rtl "$1" pause web
	pid=$(view_rtl "$1" state web | jq .pid)
	view_rtl "$1" kill web KILL
	wait_for "[ ! -d /proc/$pid ]"
	view_rtl "$1" delete web
}

@test "pause: SIGKILL ends a paused container" {
	kill_paused host
}

@test "pause: SIGKILL ends a container that is paused on pure v2" {
	require_root
	require_view v2
	kill_paused v2
}

@test "pause: SIGKILL ends a container that is paused on pure v1" {
	require_root
	require_view v1
	kill_paused v1
}

delete_paused() {
	start_in_view "$1" web
	view_rtl "$1" pause web
	view_rtl "$1" delete --force web
	assert_no_leftovers
}

@test "pause: delete --force removes a paused container" {
	delete_paused host
}

@test "pause: delete --force removes a container that is paused on pure v2" {
	require_root
	require_view v2
	delete_paused v2
}

@test "pause: delete --force removes a container that is paused on pure v1" {
	require_root
	require_view v1
	delete_paused v1
}

@test "pause: kill --all ends what is paused on pure v1 and shares the host's processes" {
	require_root
	require_view v1
	waiting_bundle web
	update_config '.linux.namespaces |= map(select(.type != "pid"))'
	start_in_view v1 web
	view_rtl v1 pause web
	view_rtl v1 kill --all web KILL
	wait_for '[ -z "$(cat "$(v1_mount freezer)$(jq -r .linux.cgroupsPath "$BUNDLE/config.json")/cgroup.procs")" ]'
	view_rtl v1 delete web
}

@test "pause: kill --all with a signal that waits leaves it paused on pure v1" {
	require_root
	require_view v1
	start_in_view v1 web
	view_rtl v1 pause web
	view_rtl v1 kill --all web TERM
	[ "$(view_rtl v1 state web | jq -r .status)" = paused ]
	v1_says_frozen
	view_rtl v1 resume web
	wait_for '[ "$(view_rtl v1 state web | jq -r .status)" = stopped ]'
}

@test "pause: a cgroup that somebody removed is told in one line" {
	local cgroup

	require_root
	start_container web
	for cgroup in $(test_cgroups); do
		wait_for "move_out $cgroup && rmdir $cgroup 2>/dev/null"
	done
	run -1 rtl pause web
	assert_output "rtl: pause container web: it ended meanwhile"
	assert_status web running
}

@test "pause: exec in a paused container is refused" {
	start_container web
	rtl pause web
	run -1 rtl exec web true
	assert_output_has "exec in container web: it is paused"
}
