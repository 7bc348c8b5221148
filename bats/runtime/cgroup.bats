# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2016,SC2154
# The cgroup of a container: where it is, what its limits do, that it goes away. On a host with v1
# hierarchies root's tests see them, and a view that is pure v2 through a private mount namespace.
load ../support
load views

setup() {
	test_setup
	make_bundle
}

set_resources() {
	update_config '.linux.resources += $r' --argjson r "$1"
}

# A device that is not among the default ones, and that whoever reaches it may open. Where the
# kernel lacks its driver, an allowed open fails in another way.
add_fuse() {
	update_config '.linux.devices = [{path: "/dev/fuse", type: "c", major: 10, minor: 229}]'
	set_args sh -c 'exec </dev/fuse && echo opened'
}

allow_fuse() {
	set_resources '{"devices": [{"allow": false, "access": "rwm"},
		{"allow": true, "type": "c", "major": 10, "minor": 229, "access": "rm"}]}'
}

assert_denied() {
	assert_output_has "/dev/fuse: Operation not permitted"
}

assert_opened() {
	[ -e /dev/fuse ] && assert_output opened && return
	assert_output_has "can't open /dev/fuse: No such device"
}

@test "cgroup: a container is in the cgroup it names, in every hierarchy" {
	local pid

	require_root
	start_container web
	pid=$(container_pid web)
	while IFS=: read -r _ controllers path; do
		[ -z "$controllers" ] || [ -n "$(v1_mount "${controllers%%,*}")" ] || continue
		[ -n "$controllers" ] || [ -n "$(v2_mount)" ] || continue
		[ "$path" = "$(cgroup_path)" ] || fail "$controllers: $path"
	done <"/proc/$pid/cgroup"
}

@test "cgroup: without cgroupsPath a container has one of its own" {
	local pid

	require_root
	require_v2
	update_config 'del(.linux.cgroupsPath)'
	set_args sleep 1000
	detached rtl run --detach --bundle "$BUNDLE" "$TEST_MARK"
	pid=$(container_pid "$TEST_MARK")
	grep -q "^0::/rtl-$TEST_MARK\$" "/proc/$pid/cgroup"
	rtl delete --force "$TEST_MARK"
	has_no_cgroups
}

@test "cgroup: on pure v2 a container is in the cgroup it names" {
	local pid

	require_root
	require_v2
	set_args sleep 1000
	detached v2_rtl run --detach --bundle "$BUNDLE" web
	pid=$(container_pid web)
	grep -q "^0::$(cgroup_path)\$" "/proc/$pid/cgroup"
	v2_rtl delete --force web
	has_no_cgroups
}

@test "cgroup: it is gone when run returns" {
	require_root
	run -0 rtl run --bundle "$BUNDLE" c
	has_no_cgroups
	[ -z "$(v2_mount)" ] || run -0 v2_rtl run --bundle "$BUNDLE" c
	has_no_cgroups
}

@test "cgroup: delete removes what was made below it" {
	local hierarchy

	require_root
	start_container web
	for hierarchy in "$(v2_mount)" "$(v1_mount pids)"; do
		[ -z "$hierarchy" ] || mkdir -p "$hierarchy$(cgroup_path)/a/b" "$hierarchy$(cgroup_path)/c"
	done
	rtl delete --force web
	has_no_cgroups
}

@test "cgroup: exec joins it" {
	local pid

	require_root
	require_v2
	start_container web
	run -0 detached rtl exec --detach --pid-file "$TEST_DIR/pid" web sleep 1000
	pid=$(cat "$TEST_DIR/pid")
	diff "/proc/$pid/cgroup" "/proc/$(container_pid web)/cgroup"
}

@test "cgroup: in its cgroup namespace the container sees the root" {
	require_root
	set_args cat /proc/self/cgroup
	run -0 rtl run --bundle "$BUNDLE" c
	if grep -qv ':/$' <<<"$output"; then
		fail "outside of its cgroup namespace:" "$output"
	fi
}

@test "cgroup: kill --all reaches every process" {
	require_root
	require_v2
	# without a PID namespace of its own, the end of the init takes nobody with it
	update_config '.linux.namespaces |= map(select(.type != "pid"))'
	set_args sh -c 'sleep 1000 & sleep 1000 & wait'
	detached rtl run --detach --bundle "$BUNDLE" web
	wait_for '[ "$(wc -l <"$(v2_mount)$(cgroup_path)/cgroup.procs")" = 3 ]'
	rtl kill --all web KILL
	wait_for '[ -z "$(cat "$(v2_mount)$(cgroup_path)/cgroup.procs")" ]'
}

@test "cgroup: a cgroup with processes is not taken" {
	require_root
	start_container web
	run -1 rtl run --bundle "$BUNDLE" other
	assert_output_has "$(cgroup_path) is in use: it holds processes"
	assert_status web running
	assert_status other absent
}

@test "cgroup: a path that leaves the hierarchy is refused" {
	update_config '.linux.cgroupsPath = "/../x"'
	run -1 rtl run --bundle "$BUNDLE" c
	assert_output_has 'linux.cgroupsPath: /../x holds ".."'
	assert_no_leftovers
}

@test "cgroup: pids.limit is in force" {
	require_root
	require_v1 pids
	set_resources '{"pids": {"limit": 5}}'
	set_args sh -c 'for i in 1 2 3 4 5 6 7 8; do sleep 1000 & done'
	run -2 rtl run --bundle "$BUNDLE" c
	assert_output_has "can't fork"
	has_no_cgroups
}

@test "cgroup: memory.limit is in force" {
	require_root
	require_v1 memory
	set_resources '{"memory": {"limit": 16777216}}'
	set_args sh -c 'head -c 100000000 /dev/zero | tail'
	run -137 rtl run --bundle "$BUNDLE" c
	has_no_cgroups
}

@test "cgroup: cpu limits are written" {
	local dir

	require_root
	require_v1 cpu
	require_v1 cpuset
	set_resources '{"cpu": {"shares": 512, "quota": 50000, "period": 200000, "cpus": "0", "mems": "0"}}'
	set_args sleep 1000
	detached rtl run --detach --bundle "$BUNDLE" web
	dir=$(v1_mount cpu)$(cgroup_path)
	[ "$(cat "$dir/cpu.shares")" = 512 ]
	[ "$(cat "$dir/cpu.cfs_quota_us")" = 50000 ]
	[ "$(cat "$dir/cpu.cfs_period_us")" = 200000 ]
	[ "$(cat "$(v1_mount cpuset)$(cgroup_path)/cpuset.cpus")" = 0 ]
}

@test "cgroup: limits join their hierarchy without cgroupsPath too" {
	require_root
	require_v1 pids
	update_config 'del(.linux.cgroupsPath)'
	set_resources '{"pids": {"limit": 5}}'
	set_args sh -c 'for i in 1 2 3 4 5 6 7 8; do sleep 1000 & done'
	run -2 rtl run --bundle "$BUNDLE" "$TEST_MARK"
	assert_output_has "can't fork"
	has_no_cgroups
}

@test "cgroup: root is refused a limit that the host cannot apply" {
	require_root
	require_v2
	! grep -qw rdma "$(v2_mount)/cgroup.controllers" || skip "the host has what this test lacks"
	[ -z "$(v1_mount rdma)" ] || skip "the host has what this test lacks"
	set_resources '{"rdma": {"mlx5_0": {"hcaHandles": 3}}}'
	run -1 rtl run --bundle "$BUNDLE" c
	assert_output_has "linux.resources.rdma: cannot be applied: this host has no rdma controller on cgroup v2"
	assert_no_leftovers
}

@test "cgroup: a value the kernel refuses is an error that names it" {
	require_root
	require_v1 cpuset
	set_resources '{"cpu": {"cpus": "4000"}}'
	run -1 rtl run --bundle "$BUNDLE" c
	assert_output_has "linux.resources.cpu.cpus: the kernel refuses 4000 (cpuset.cpus): "
	assert_no_leftovers
}

@test "cgroup: a device that no rule allows cannot be opened" {
	require_root
	add_fuse
	run -1 rtl run --bundle "$BUNDLE" c
	assert_denied
	allow_fuse
	run rtl run --bundle "$BUNDLE" c
	assert_opened
}

@test "cgroup: a write that is denied is denied in an open for both" {
	require_root
	require_v2
	[ -e /dev/fuse ] || skip "this host has no /dev/fuse"
	add_fuse
	allow_fuse
	set_args sh -c 'exec <>/dev/fuse'
	run -1 rtl run --bundle "$BUNDLE" c
	assert_denied
	run -1 v2_rtl run --bundle "$BUNDLE" c
	assert_denied
}

@test "cgroup: on pure v2 a device that no rule allows cannot be opened" {
	require_root
	require_v2
	add_fuse
	run -1 v2_rtl run --bundle "$BUNDLE" c
	assert_denied
	allow_fuse
	run v2_rtl run --bundle "$BUNDLE" c
	assert_opened
}

@test "cgroup: without any device rule only the default devices can be opened" {
	require_root
	add_fuse
	update_config 'del(.linux.resources.devices)'
	run -1 rtl run --bundle "$BUNDLE" c
	assert_denied
	set_args sh -c 'exec </dev/null >/dev/full </dev/urandom'
	run -0 rtl run --bundle "$BUNDLE" c
}

@test "cgroup: a rule that allows everything opens every device" {
	require_root
	add_fuse
	set_resources '{"devices": [{"allow": true, "access": "rwm"}]}'
	run rtl run --bundle "$BUNDLE" c
	assert_opened
}

@test "cgroup: none is made when they are disabled" {
	require_root
	set_args sleep 1000
	detached rtl --cgroup-manager disabled run --detach --bundle "$BUNDLE" web
	diff "/proc/$(container_pid web)/cgroup" /proc/self/cgroup
}

@test "cgroup: disabled cgroups lose no limit in silence" {
	require_root
	set_resources '{"pids": {"limit": 5}}'
	run -1 rtl --cgroup-manager disabled run --bundle "$BUNDLE" c
	assert_output_has "linux.resources.pids.limit: cannot be applied: cgroups are disabled"
	assert_no_leftovers
}

@test "cgroup: a user without a delegated cgroup is warned once of lost limits" {
	require_user
	set_resources '{"pids": {"limit": 5}, "memory": {"limit": 16777216}}'
	set_args echo ran
	run -0 rtl --cgroup-manager disabled run --bundle "$BUNDLE" c
	[ "${#lines[@]}" = 2 ]
	assert_output_has "linux.resources.memory.limit: cannot be applied: cgroups are disabled"
	assert_output_has "ran"
}

@test "cgroup: --strict-cgroups makes that an error" {
	require_user
	set_resources '{"pids": {"limit": 5}}'
	run -1 rtl --cgroup-manager disabled --strict-cgroups run --bundle "$BUNDLE" c
	assert_output_has "linux.resources.pids.limit: cannot be applied: cgroups are disabled"
	assert_no_leftovers
}

@test "cgroup: a user who asks for no limit hears nothing" {
	require_user
	set_args echo ran
	run -0 rtl run --bundle "$BUNDLE" c
	assert_output ran
}
