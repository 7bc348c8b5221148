# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2016,SC2154
# What a container uses, against the kernel's own files, and the events of its life. Conversions of
# cgroup v2's files that this host does not have are in tests/unit/test_stats.c.
load ../support
load views

# v1_value CONTROLLER FILE: what the container's cgroup has there
v1_value() {
	cat "$(v1_mount "$1")$(cgroup_path)/$2"
}

# stats VIEW FILTER: of the container web, through jq
stats() {
	view_rtl "$1" events --stats web | jq -r "$2"
}

# has_event TYPE: an event of the type is in the file
has_event() {
	grep -q "^{\"type\":\"$1\",\"id\":\"web\"" "$TEST_DIR/events"
}

# follow [OPTION...]: rtl events in the background, into a file
follow() {
	in_background "$RTL" --root "$STATE_DIR" events "$@" web >"$TEST_DIR/events" 2>&1
}

has_ended() {
	! kill -0 "$BACKGROUND_PID" 2>/dev/null
}

@test "events: --stats prints one line with runc's members" {
	start_container web
	run -0 rtl events --stats web
	[ "${#lines[@]}" = 1 ]
	jq -e '.type == "stats" and .id == "web"' <<<"$output"
	[ "$(jq -c '.data | keys - ["source"]' <<<"$output")" = '["blkio","cpu","cpuset","hugetlb","intel_rdt","memory","network_interfaces","pids"]' ]
	[ "$(jq -c '.data.memory | keys - ["source", "psi", "raw", "cache"]' <<<"$output")" = '["kernel","kernelTCP","swap","usage"]' ]
	jq -e '.data.cpu.usage | has("kernel") and has("user")' <<<"$output"
	jq -e '.data.cpu | has("throttling")' <<<"$output"
}

v1_stats_are_true() {
	local usage

	start_in_view "$1" web
	view_rtl "$1" update --memory 64M --pids-limit 30 --cpuset-cpus 0 web
	view_rtl "$1" pause web
	[ "$(stats "$1" .data.memory.usage.limit)" = "$(v1_value memory memory.limit_in_bytes)" ]
	[ "$(stats "$1" .data.memory.usage.limit)" = $((64 << 20)) ]
	# the kernel counts what its CPUs have in reserve, and gives it back when it likes
	usage=$(stats "$1" .data.memory.usage.usage)
	[ "$(($(v1_value memory memory.usage_in_bytes) / 1048576))" = "$((usage / 1048576))" ]
	[ "$(stats "$1" .data.memory.usage.max)" = "$(v1_value memory memory.max_usage_in_bytes)" ]
	[ "$(stats "$1" .data.memory.raw.rss)" = "$(v1_value memory memory.stat | awk '$1 == "rss" { print $2 }')" ]
	[ "$(stats "$1" .data.pids.current)" = "$(v1_value pids pids.current)" ]
	[ "$(stats "$1" .data.pids.limit)" = 30 ]
	[ "$(stats "$1" .data.cpu.usage.total)" = "$(v1_value cpuacct cpuacct.usage)" ]
	[ "$(stats "$1" '.data.cpu.usage.percpu | join(" ")')" = "$(v1_value cpuacct cpuacct.usage_percpu | sed 's/ *$//')" ]
	[ "$(stats "$1" '.data.cpuset.cpus | join(",")')" = "$(v1_value cpuset cpuset.cpus)" ]
	[ "$(stats "$1" '.data | [.. | objects | has("source")] | any')" = false ]
	view_rtl "$1" delete --force web
}

require_accounting() {
	local controller

	require_root
	for controller in memory cpuacct cpuset pids; do
		require_v1 "$controller"
	done
}

@test "events: stats are the kernel's figures" {
	require_accounting
	v1_stats_are_true host
}

@test "events: stats are the kernel's figures on pure v1" {
	require_accounting
	require_view v1
	v1_stats_are_true v1
}

@test "events: on pure v2 its files are read, and what has no controller there is summed up" {
	local dir

	require_root
	require_view v2
	make_bundle web
	set_args sh -c 'sleep 1000 & sleep 1000 & i=0; while [ $i -lt 100000 ]; do i=$((i + 1)); done; wait'
	detached v2_rtl run --detach --bundle "$BUNDLE" web
	dir=$(v2_mount)$(cgroup_path)
	wait_for '[ "$(wc -l <"$dir/cgroup.procs")" = 3 ]'
	v2_rtl pause web
	[ "$(stats v2 .data.cpu.usage.total)" = "$(awk '$1 == "usage_usec" { print $2 * 1000 }' "$dir/cpu.stat")" ]
	[ "$(stats v2 .data.cpu.usage.user)" = "$(awk '$1 == "user_usec" { print $2 * 1000 }' "$dir/cpu.stat")" ]
	[ "$(stats v2 .data.cpu.source)" = null ]
	if [ -e "$dir/cpu.pressure" ]; then
		[ "$(stats v2 .data.cpu.psi.some.total)" = "$(sed -n 's/^some .*total=//p' "$dir/cpu.pressure")" ]
	fi
	[ "$(stats v2 .data.pids.current)" = 3 ]
	if ! grep -qw memory "$(v2_mount)/cgroup.controllers"; then
		[ "$(stats v2 '.data.memory.source + .data.pids.source')" = procfsprocfs ]
		[ "$(stats v2 .data.memory.usage.usage)" -gt 0 ]
	fi
	[ "$(stats v2 .data.source)" = null ]
	v2_rtl delete --force web
}

@test "events: without a cgroup the processes are summed up, and it says so" {
	local pid total

	make_bundle web
	set_args sh -c 'sleep 1000 & sleep 1000 & while :; do :; done'
	detached rtl --cgroup-manager disabled run --detach --bundle "$BUNDLE" web
	pid=$(container_pid web)
	wait_for '[ "$(wc -w <"/proc/$pid/task/$pid/children")" = 2 ]'
	wait_for '[ "$(awk "{ print \$14 + \$15 }" "/proc/$pid/stat")" -gt 10 ]'
	rtl pause web
	[ "$(stats host '.data.source + .data.cpu.source + .data.memory.source')" = procfsprocfsprocfs ]
	[ "$(stats host .data.pids.current)" = 3 ]
	# the spinner is the init; the others have done next to nothing
	total=$(awk '{ print $14 + $15 + $16 + $17 }' "/proc/$pid/stat")
	[ "$total" -gt 0 ]
	[ "$(stats host .data.cpu.usage.total)" -ge $((total * 1000000000 / $(getconf CLK_TCK))) ]
	[ "$(stats host .data.memory.usage.usage)" -ge $(($(awk '$1 == "Pss:" { print $2 }' "/proc/$pid/smaps_rollup") * 1024)) ]
}

@test "events: interfaces of the container's own network are counted" {
	make_bundle web
	set_args sleep 1000
	update_config '.linux.namespaces |= (map(select(.type != "network")) + [{type: "network"}])'
	detached rtl run --detach --bundle "$BUNDLE" web
	[ "$(stats host '.data.network_interfaces[0].Name')" = lo ]
	[ "$(stats host '.data.network_interfaces[0].RxBytes')" = 0 ]
	rtl exec web ip link set lo up 2>/dev/null || skip "lo cannot be set up here"
	run -0 rtl exec web ping -c 1 127.0.0.1
	[ "$(stats host '.data.network_interfaces[0].RxBytes')" = "$(awk '$1 == "lo:" { print $2 }' "/proc/$(container_pid web)/net/dev")" ]
	[ "$(stats host '.data.network_interfaces[0].RxBytes')" -gt 0 ]
}

@test "events: the caller's own network is nobody's to count" {
	make_bundle web
	update_config '.linux.namespaces |= map(select(.type != "network"))'
	set_args sleep 1000
	detached rtl run --detach --bundle "$BUNDLE" web
	[ "$(stats host .data.network_interfaces)" = null ]
}

@test "events: stats come at each interval until the container ends" {
	start_container web
	follow --interval 20ms
	wait_for '[ "$(grep -c . "$TEST_DIR/events")" -ge 3 ]'
	jq -e 'select(.type != "stats" or .id != "web")' "$TEST_DIR/events" && fail "an event of another kind"
	rtl kill web KILL
	wait_for has_ended
	run -0 wait "$BACKGROUND_PID"
}

# is_following: events has found the container running, and sleeps
is_following() {
	grep -q '^State:.S' "/proc/$BACKGROUND_PID/status" || return
	[ -n "${RTL_TEST_DENY-}" ] || readlink "/proc/$BACKGROUND_PID/fd"/* | grep -q pidfd
}

@test "events: they end with the container, long before the interval does" {
	start_container web
	follow --interval 1h
	wait_for is_following
	rtl kill web KILL
	wait_for has_ended 5
	run -0 wait "$BACKGROUND_PID"
	[ ! -s "$TEST_DIR/events" ]
}

@test "events: a container that is deleted by force ends them" {
	start_container web
	follow --interval 10ms
	wait_for 'has_event stats'
	rtl delete --force web
	wait_for has_ended
	run -0 wait "$BACKGROUND_PID"
}

# container web whose exec'd process is killed for memory
run_out_of_memory() {
	start_in_view "$1" web
	view_rtl "$1" update --memory 16M web
	in_background view_rtl "$1" events --interval 20ms web >"$TEST_DIR/events" 2>&1
	wait_for 'has_event stats'
	! has_event oom
	view_rtl "$1" exec web sh -c 'head -c 100000000 /dev/zero | tail >/dev/null' || true
	wait_for 'has_event oom'
	[ "$(jq -c 'select(.type == "oom") | keys' "$TEST_DIR/events" | sort -u)" = '["id","type"]' ]
	view_rtl "$1" delete --force web
	wait_for has_ended
}

@test "events: running out of memory is told" {
	require_accounting
	run_out_of_memory host
}

@test "events: running out of memory is told on pure v1" {
	require_accounting
	require_view v1
	run_out_of_memory v1
}

@test "events: running out of memory is told when it ends the container" {
	require_accounting
	make_bundle web
	update_config '.linux.resources.memory = {limit: 16777216}'
	set_args sh -c 'read go </tmp/go; head -c 100000000 /dev/zero | tail >/dev/null; kill -9 $$'
	mkfifo "$BUNDLE/rootfs/tmp/go"
	detached rtl run --detach --bundle "$BUNDLE" web
	follow --interval 1ms
	wait_for 'has_event stats'
	echo go >"$BUNDLE/rootfs/tmp/go"
	wait_for has_ended
	has_event oom
}

@test "events: a paused and a created container have stats" {
	create_container web
	rtl events --stats web | jq -e '.data.pids.current == 1'
	rtl start web
	rtl pause web
	rtl events --stats web | jq -e '.type == "stats"'
}

@test "events: a stopped container and one that does not exist are refused" {
	start_container web
	kill -KILL "$(container_pid web)"
	wait_for 'assert_status web stopped'
	run -1 rtl events web
	assert_output "rtl: events of container web: container not running"
	run -1 rtl events --stats web
	assert_output "rtl: events of container web: container not running"
	run -1 rtl events other
	assert_output "rtl: container does not exist: other"
}

@test "events: an interval that is none is refused" {
	local bad

	start_container web
	for bad in 5 x 1d "" "1 s"; do
		run -1 rtl events --interval "$bad" web
		assert_output "rtl: events: --interval: expected a time such as 5s or 100ms, got $bad"
	done
	for bad in 0 0s -1s; do
		run -1 rtl events --interval "$bad" web
		assert_output "rtl: events: --interval: $bad is not more than 0"
	done
}

@test "events: a reader that went away ends them" {
	start_container web
	run -0 timeout 10 bash -c '"$RTL" --root "$1" events --interval 10ms web | head -n 1' _ "$STATE_DIR"
	jq -e '.type == "stats"' <<<"$output"
}

@test "events: whose processes cannot be told from others is refused" {
	make_bundle web
	update_config '.linux.namespaces |= map(select(.type != "pid"))'
	set_args sleep 1000
	detached rtl --cgroup-manager disabled run --detach --bundle "$BUNDLE" web
	run -1 rtl events --stats web
	assert_output "rtl: container web has neither a cgroup nor a PID namespace of its own: its processes cannot be told from others"
}
