# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2016,SC2154
# New limits for a container. What they are is read from the kernel's files; what cgroup v2 would be
# told, for controllers that are on v1 here, is in tests/unit/test_resources.c.
load ../support
load views

# v1_value CONTROLLER FILE: what the container's cgroup has there
v1_value() {
	cat "$(v1_mount "$1")$(cgroup_path)/$2"
}

v2_value() {
	cat "$(v2_mount)$(cgroup_path)/$1"
}

require_limits() {
	local controller

	require_root
	for controller in memory cpu cpuset pids; do
		require_v1 "$controller"
	done
}

@test "update: flags set the limits that they name" {
	require_limits
	start_container web
	rtl update --memory 64M --memory-reservation 32m --cpu-share 512 --cpu-period 50000 \
		--cpu-quota 25000 --cpu-burst 5000 --cpuset-cpus 0 --cpuset-mems 0 --pids-limit 20 web
	[ "$(v1_value memory memory.limit_in_bytes)" = $((64 << 20)) ]
	[ "$(v1_value memory memory.soft_limit_in_bytes)" = $((32 << 20)) ]
	[ "$(v1_value cpu cpu.shares)" = 512 ]
	[ "$(v1_value cpu cpu.cfs_period_us)" = 50000 ]
	[ "$(v1_value cpu cpu.cfs_quota_us)" = 25000 ]
	[ "$(v1_value cpu cpu.cfs_burst_us)" = 5000 ]
	[ "$(v1_value cpuset cpuset.cpus)" = 0 ]
	[ "$(v1_value cpuset cpuset.mems)" = 0 ]
	[ "$(v1_value pids pids.max)" = 20 ]
}

@test "update: the same on pure v1" {
	require_limits
	require_view v1
	start_in_view v1 web
	view_rtl v1 update --memory 64M --cpu-quota 25000 --pids-limit 20 web
	[ "$(v1_value memory memory.limit_in_bytes)" = $((64 << 20)) ]
	[ "$(v1_value cpu cpu.cfs_quota_us)" = 25000 ]
	[ "$(v1_value pids pids.max)" = 20 ]
	view_rtl v1 delete --force web
}

@test "update: what is not named is not touched" {
	require_limits
	start_container web
	rtl update --pids-limit 20 --cpu-share 300 web
	echo 17 >"$(v1_mount pids)$(cgroup_path)/pids.max"
	rtl update --cpu-share 200 web
	[ "$(v1_value pids pids.max)" = 17 ]
	[ "$(v1_value cpu cpu.shares)" = 200 ]
	rtl update --pids-limit 0 --cpu-share 0 --memory 0 web
	[ "$(v1_value pids pids.max)" = 17 ]
	[ "$(v1_value cpu cpu.shares)" = 200 ]
}

@test "update: -1 takes a limit away" {
	require_limits
	start_container web
	rtl update --memory 64M --pids-limit 20 --cpu-quota 20000 web
	rtl update --memory -1 --pids-limit -1 --cpu-quota -1 web
	[ "$(v1_value memory memory.limit_in_bytes)" -gt $((1 << 60)) ]
	[ "$(v1_value pids pids.max)" = max ]
	[ "$(v1_value cpu cpu.cfs_quota_us)" = -1 ]
}

# expect_memory LIMIT SWAP, both in MiB
expect_memory() {
	[ "$(v1_value memory memory.limit_in_bytes)" = $(($1 << 20)) ]
	[ "$(v1_value memory memory.memsw.limit_in_bytes)" = $(($2 << 20)) ]
}

@test "update: memory and swap are raised and lowered together" {
	require_limits
	start_container web
	[ -e "$(v1_mount memory)$(cgroup_path)/memory.memsw.limit_in_bytes" ] || skip "this kernel does not count swap"
	rtl update --memory 40M --memory-swap 50M web
	expect_memory 40 50
	rtl update --memory 80M --memory-swap 100M web
	expect_memory 80 100
	rtl update --memory 30M --memory-swap 30M web
	expect_memory 30 30
	rtl update --memory-swap 60M web
	expect_memory 30 60
	# neither order of the writes is right for all of these
	run -1 rtl update --memory 70M web
	assert_output "rtl: update container web: linux.resources.memory.swap: $((60 << 20)) is less than linux.resources.memory.limit: $((70 << 20))"
	expect_memory 30 60
	rtl update --memory -1 web
	[ "$(v1_value memory memory.memsw.limit_in_bytes)" -gt $((1 << 60)) ]
}

@test "update: period and quota are changed together, in whatever order the kernel takes them" {
	require_limits
	start_container web
	rtl update --cpu-period 100000 --cpu-quota 90000 --cpu-burst 80000 web
	rtl update --cpu-period 5000 --cpu-quota 2000 --cpu-burst 1000 web
	[ "$(v1_value cpu cpu.cfs_period_us) $(v1_value cpu cpu.cfs_quota_us) $(v1_value cpu cpu.cfs_burst_us)" = "5000 2000 1000" ]
	rtl update --cpu-period 200000 --cpu-quota 150000 --cpu-burst 120000 web
	[ "$(v1_value cpu cpu.cfs_period_us) $(v1_value cpu cpu.cfs_quota_us) $(v1_value cpu cpu.cfs_burst_us)" = "200000 150000 120000" ]
	rtl update --cpu-burst 0 web
	[ "$(v1_value cpu cpu.cfs_burst_us)" = 0 ]
}

@test "update: idle is set and taken back, with new shares" {
	require_limits
	start_container web
	[ -e "$(v1_mount cpu)$(cgroup_path)/cpu.idle" ] || skip "this kernel has no cpu.idle"
	rtl update --cpu-share 700 --cpu-idle 1 web
	[ "$(v1_value cpu cpu.idle)" = 1 ]
	rtl update --cpu-idle 0 --cpu-share 600 web
	[ "$(v1_value cpu cpu.idle) $(v1_value cpu cpu.shares)" = "0 600" ]
}

@test "update: --resources reads a file or standard input" {
	require_limits
	start_container web
	echo '{"pids": {"limit": 21}, "memory": {"limit": 67108864}, "blockIO": {"weight": 0}, "cpu": {"quota": 0}}' >"$TEST_DIR/r.json"
	rtl update --resources "$TEST_DIR/r.json" web
	[ "$(v1_value pids pids.max)" = 21 ]
	[ "$(v1_value memory memory.limit_in_bytes)" = $((64 << 20)) ]
	rtl update -r - web <<<'{"pids": {"limit": 22}}'
	[ "$(v1_value pids pids.max)" = 22 ]
	# as runc has it, other flags are not looked at then
	rtl update --pids-limit 30 -r - web <<<'{"cpu": {"shares": 77}}'
	[ "$(v1_value pids pids.max)" = 22 ]
	[ "$(v1_value cpu cpu.shares)" = 77 ]
}

@test "update: a huge page limit is written on v2, in every view" {
	local view

	require_root
	require_v2
	for view in host v2; do
		start_in_view "$view" web
		[ -e "$(v2_mount)$(cgroup_path)/hugetlb.2MB.max" ] || grep -qw hugetlb "$(v2_mount)/cgroup.controllers" || skip "hugetlb is not on v2"
		view_rtl "$view" update -r - web <<<'{"hugepageLimits": [{"pageSize": "2MB", "limit": 4194304}]}'
		[ "$(v2_value hugetlb.2MB.max)" = 4194304 ]
		view_rtl "$view" update -r - web <<<'{"unified": {"hugetlb.2MB.max": "max"}}'
		[ "$(v2_value hugetlb.2MB.max)" = max ]
		view_rtl "$view" delete --force web
	done
}

@test "update: on pure v2 a limit without its controller is an error" {
	require_root
	require_view v2
	! grep -qw memory "$(v2_mount)/cgroup.controllers" || skip "the host has what this test lacks"
	start_in_view v2 web
	run -1 v2_rtl update --memory 64M web
	assert_output "rtl: update container web: linux.resources.memory.limit: cannot be applied: this host has no memory controller on cgroup v2"
	v2_rtl delete --force web
}

@test "update: the new limit is in force" {
	require_limits
	start_container web
	rtl update --memory 16M web
	run -137 rtl exec web sh -c 'head -c 100000000 /dev/zero | tail; kill -9 $$'
	[ "$(v1_value memory memory.failcnt)" -gt 0 ]
	assert_status web running
}

@test "update: a container that had no need of v1 joins it with all processes" {
	local pid

	require_limits
	require_v2
	make_bundle web
	update_config 'del(.linux.cgroupsPath)'
	set_args sh -c 'sleep 1000 & sleep 1000 & wait'
	detached rtl run --detach --bundle "$BUNDLE" "$TEST_MARK"
	pid=$(container_pid "$TEST_MARK")
	wait_for '[ "$(wc -w <"/proc/$pid/task/$pid/children")" = 2 ]'
	rtl update --pids-limit 20 "$TEST_MARK"
	[ "$(cat "$(v1_mount pids)/rtl-$TEST_MARK/pids.max")" = 20 ]
	[ "$(sort "$(v1_mount pids)/rtl-$TEST_MARK/cgroup.procs")" = "$(sort "$(v2_mount)/rtl-$TEST_MARK/cgroup.procs")" ]
	[ "$(wc -l <"$(v1_mount pids)/rtl-$TEST_MARK/cgroup.procs")" = 3 ]
	rtl delete --force "$TEST_MARK"
	has_no_cgroups
}

@test "update: the saved configuration has the new limits" {
	require_limits
	start_container web
	rtl update --pids-limit 20 --cpu-quota 30000 web
	jq -e '.linux.resources | .pids.limit == 20 and .cpu.quota == 30000' "$STATE_DIR/web/config.json"
	rtl update --memory 64M web
	jq -e '.linux.resources | .pids.limit == 20 and .memory.limit == 67108864' "$STATE_DIR/web/config.json"
	# and it is still one that exec can read
	run -0 rtl exec web echo here
	assert_output here
}

@test "update: a value that the kernel refuses leaves all as it was" {
	require_limits
	start_container web
	rtl update --memory 64M --pids-limit 20 web
	run -1 rtl update --memory 32M --cpuset-cpus 4000 --pids-limit 10 web
	assert_output_has "rtl: update container web: linux.resources.cpu.cpus: the kernel refuses 4000 (cpuset.cpus): "
	[ "${#lines[@]}" = 1 ]
	[ "$(v1_value memory memory.limit_in_bytes)" = $((64 << 20)) ]
	[ "$(v1_value pids pids.max)" = 20 ]
	jq -e '.linux.resources.memory.limit == 67108864' "$STATE_DIR/web/config.json"
	run -1 rtl update --cpu-period 1 web
	assert_output_has "linux.resources.cpu.period: the kernel refuses 1 (cpu.cfs_period_us): "
}

@test "update: with checkBeforeUpdate a limit below what is in use is refused" {
	require_limits
	start_container web
	rtl exec web sh -c 'head -c 20000000 /dev/zero >/dev/shm/x'
	run -1 rtl update -r - web <<<'{"memory": {"limit": 4194304, "checkBeforeUpdate": true}}'
	assert_output_has "rtl: update container web: linux.resources.memory.limit: 4194304 is less than what is in use, "
	[ "$(v1_value memory memory.limit_in_bytes)" -gt $((1 << 60)) ]
}

# What a device rule allows is tried with exec: on /dev/fuse, which is none of the default devices.
fuse_answer() {
	view_rtl "$1" exec web sh -c 'exec </dev/fuse && echo opened' 2>&1 || true
}

replace_devices() {
	local view=$1

	make_bundle web
	update_config '.linux.devices = [{path: "/dev/fuse", type: "c", major: 10, minor: 229}]'
	set_args sleep 1000
	detached view_rtl "$view" run --detach --bundle "$BUNDLE" web
	[[ "$(fuse_answer "$view")" = *"Operation not permitted"* ]]
	view_rtl "$view" update -r - web <<<'{"devices": [{"allow": false, "access": "rwm"},
		{"allow": true, "type": "c", "major": 10, "minor": 229, "access": "rw"}]}'
	[[ "$(fuse_answer "$view")" != *"Operation not permitted"* ]]
	view_rtl "$view" exec web sh -c ': >/dev/null'
	view_rtl "$view" update -r - web <<<'{"devices": [{"allow": false, "access": "rwm"}]}'
	[[ "$(fuse_answer "$view")" = *"Operation not permitted"* ]]
	view_rtl "$view" update -r - web <<<'{"devices": [{"allow": true, "access": "rwm"}]}'
	[[ "$(fuse_answer "$view")" != *"Operation not permitted"* ]]
	# what says nothing of devices leaves them alone
	view_rtl "$view" update -r - web <<<'{"devices": [{"allow": false, "access": "rwm"}]}'
	view_rtl "$view" update -r - web <<<'{"devices": []}'
	[[ "$(fuse_answer "$view")" = *"Operation not permitted"* ]]
	view_rtl "$view" delete --force web
}

@test "update: device rules take the place of the earlier ones" {
	require_root
	replace_devices host
}

@test "update: device rules take the place of the earlier ones on pure v2" {
	require_root
	require_view v2
	replace_devices v2
}

@test "update: device rules take the place of the earlier ones on pure v1" {
	require_root
	require_view v1
	replace_devices v1
}

@test "update: a created and a paused container can be updated" {
	require_limits
	create_container web
	rtl update --pids-limit 20 web
	[ "$(v1_value pids pids.max)" = 20 ]
	rtl start web
	rtl pause web
	rtl update --pids-limit 21 web
	[ "$(v1_value pids pids.max)" = 21 ]
	assert_status web paused
}

@test "update: a stopped container and one that does not exist are refused" {
	start_container web
	kill -KILL "$(container_pid web)"
	wait_for 'assert_status web stopped'
	run -1 rtl update --pids-limit 20 web
	assert_output "rtl: update container web: container not running"
	run -1 rtl update --pids-limit 20 other
	assert_output "rtl: container does not exist: other"
}

@test "update: without a cgroup a limit is an error, for anyone" {
	make_bundle web
	update_config 'del(.linux.cgroupsPath) | del(.linux.resources)'
	set_args sleep 1000
	detached rtl --cgroup-manager disabled run --detach --bundle "$BUNDLE" web
	run -1 rtl update --memory 64M web
	assert_output "rtl: update container web: linux.resources.memory.limit: cannot be applied: the container has no cgroup"
	run -1 rtl update -r - web <<<'{"devices": [{"allow": false}]}'
	assert_output "rtl: update container web: linux.resources.devices: cannot be applied: the container has no cgroup"
	run -0 rtl update web
}

@test "update: numbers that are none are refused" {
	local bad

	start_container web
	for bad in x 1q 1.2.3 -2 99999999999999999999 "1 0"; do
		run -1 rtl update --memory "$bad" web
		assert_output "rtl: update: --memory: expected an amount such as 512M, or -1, got $bad"
	done
	for bad in x -1 1k 99999999999999999999; do
		run -1 rtl update --cpu-share "$bad" web
		assert_output "rtl: update: --cpu-share: expected a number that is not negative, got $bad"
	done
	for bad in x 1k 99999999999999999999; do
		run -1 rtl update --pids-limit "$bad" web
		assert_output "rtl: update: --pids-limit: expected a number, got $bad"
	done
	for bad in x -1 65536; do
		run -1 rtl update --blkio-weight "$bad" web
		assert_output "rtl: update: --blkio-weight: expected a number up to 65535, got $bad"
	done
	for bad in cpu-period cpu-burst cpu-rt-period; do
		run -1 rtl update "--$bad" -5 web
		assert_output "rtl: update: --$bad: expected a number that is not negative, got -5"
	done
	for bad in cpu-quota cpu-rt-runtime cpu-idle; do
		run -1 rtl update "--$bad" 5x web
		assert_output "rtl: update: --$bad: expected a number, got 5x"
	done
	for bad in memory-swap memory-reservation kernel-memory kernel-memory-tcp; do
		run -1 rtl update "--$bad" 5x web
		assert_output "rtl: update: --$bad: expected an amount such as 512M, or -1, got 5x"
	done
}

@test "update: what later specifications add to the resources is passed over" {
	start_container web
	run -0 rtl update -r - web <<<'{"nextYears": {"limit": 5}}'
	assert_output ""
}

@test "update: resources that cannot be read are refused" {
	start_container web
	run -1 rtl update -r "$TEST_DIR/none.json" web
	assert_output_has "rtl: --resources: "
	assert_output_has "none.json: No such file or directory"
	run -1 rtl update -r - web <<<'{"memory": {"limit": "x"}}'
	assert_output 'rtl: --resources: standard input:1: memory.limit: expected an integer, got string'
	run -1 rtl update -r - web <<<'nonsense'
	assert_output_has "rtl: --resources: standard input:1: "
	run -1 rtl update -r - web </dev/null
	assert_output "rtl: --resources: standard input: empty"
}

@test "update: without resctrl a schema is refused" {
	[ ! -e /sys/fs/resctrl/schemata ] || skip "this host has resctrl"
	start_container web
	run -1 rtl update --l3-cache-schema L3:0=f web
	assert_output "rtl: update container web: Intel RDT: L3 cache allocation is not enabled: no resctrl file system at /sys/fs/resctrl"
	run -1 rtl update --mem-bw-schema MB:0=20 web
	assert_output_has "Intel RDT: memory bandwidth allocation is not enabled"
}

@test "update: a cgroup that somebody removed is told in one line" {
	local cgroup

	require_root
	start_container web
	for cgroup in $(test_cgroups); do
		wait_for "move_out $cgroup && rmdir $cgroup 2>/dev/null"
	done
	run -1 rtl update --pids-limit 20 web
	assert_output "rtl: update container web: cgroup $(cgroup_path) is not there"
}
