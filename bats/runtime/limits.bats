# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2016,SC2154
# Every member of linux.resources that is a limit: what the kernel's file of the container's cgroup
# holds. What a host without the controller answers, and an ordinary user without a cgroup.
load ../support
load views

setup() {
	test_setup
	make_bundle
	set_args sleep 1000
}

set_resources() {
	update_config '.linux.resources = {devices: [{allow: true, access: "rwm"}]} + $r' --argjson r "$1"
}

# a whole disk of this host that can be throttled: MAJOR MINOR
disk() {
	local dev

	for dev in /sys/block/*/dev; do
		[[ $dev = */zram* ]] || break
	done
	tr : ' ' <"$dev"
}

# The table: member, controller on v1, file, its first line, resources as JSON
table() {
	local major minor rate

	read -r major minor < <(disk)
	cat <<-'END'
		memory.limit|memory|memory.limit_in_bytes|33554432|{"memory": {"limit": 33554432}}
		memory.swap|memory|memory.memsw.limit_in_bytes|67108864|{"memory": {"limit": 33554432, "swap": 67108864}}
		memory.reservation|memory|memory.soft_limit_in_bytes|16777216|{"memory": {"reservation": 16777216}}
		memory.kernelTCP|memory|memory.kmem.tcp.limit_in_bytes|8388608|{"memory": {"kernelTCP": 8388608}}
		memory.swappiness|memory|memory.swappiness|13|{"memory": {"swappiness": 13}}
		memory.disableOOMKiller|memory|memory.oom_control|oom_kill_disable 1|{"memory": {"disableOOMKiller": true}}
		memory.useHierarchy|memory|memory.use_hierarchy|1|{"memory": {"useHierarchy": true}}
		cpu.shares|cpu|cpu.shares|512|{"cpu": {"shares": 512}}
		cpu.quota|cpu|cpu.cfs_quota_us|50000|{"cpu": {"quota": 50000}}
		cpu.period|cpu|cpu.cfs_period_us|200000|{"cpu": {"period": 200000}}
		cpu.burst|cpu|cpu.cfs_burst_us|5000|{"cpu": {"quota": 50000, "burst": 5000}}
		cpu.realtimePeriod|cpu|cpu.rt_period_us|500000|{"cpu": {"realtimePeriod": 500000}}
		cpu.realtimeRuntime|cpu|cpu.rt_runtime_us|10000|{"cpu": {"realtimeRuntime": 10000}}
		cpu.idle|cpu|cpu.idle|1|{"cpu": {"idle": 1}}
		cpu.cpus|cpuset|cpuset.cpus|0|{"cpu": {"cpus": "0"}}
		cpu.mems|cpuset|cpuset.mems|0|{"cpu": {"mems": "0"}}
		pids.limit|pids|pids.max|17|{"pids": {"limit": 17}}
		blockIO.weight|blkio|blkio.bfq.weight|500|{"blockIO": {"weight": 500}}
	END
	for rate in ReadBps:read_bps WriteBps:write_bps ReadIOPS:read_iops WriteIOPS:write_iops; do
		printf '%s|blkio|blkio.throttle.%s_device|%s 1048576|{"blockIO": {"%s": [%s]}}\n' \
			"blockIO.throttle${rate%:*}Device" "${rate#*:}" "$major:$minor" \
			"throttle${rate%:*}Device" "{\"major\": $major, \"minor\": $minor, \"rate\": 1048576}"
	done
}

# has_file DIR FILE: does a cgroup there have it? The hierarchy's root has not all of them.
has_file() {
	local probe=$1/$TEST_MARK-probe status=0

	mkdir "$probe"
	[ -e "$probe/$2" ] || status=1
	rmdir "$probe"
	return $status
}

# in_force VIEW: each limit that this host has a file for is in it
in_force() {
	local member controller file wanted resources dir n=0

	while IFS='|' read -r member controller file wanted resources; do
		dir=$(v1_mount "$controller")
		[ -n "$dir" ] || continue
		has_file "$dir" "$file" || continue
		set_resources "$resources"
		detached view_rtl "$1" run --detach --bundle "$BUNDLE" web
		dir+=$(cgroup_path)
		[ "$(head -n 1 "$dir/$file")" = "$wanted" ] ||
			fail "$member: $(head -n 1 "$dir/$file"), expected $wanted"
		n=$((n + 1))
		view_rtl "$1" delete --force web
	done < <(table)
	[ $n -gt 15 ] || fail "only $n limits could be looked at"
}

require_limits() {
	local controller

	require_root
	for controller in memory cpu cpuset pids blkio; do
		require_v1 "$controller"
	done
}

@test "limits: each is in the kernel's file of the container's cgroup" {
	require_limits
	in_force host
}

@test "limits: the same where there is no cgroup v2" {
	require_limits
	require_view v1
	in_force v1
}

# What this host has no hierarchy, no controller or no file for.
@test "limits: one that this host cannot apply is named, and nothing is left" {
	local name reason resources

	require_limits
	require_v2
	while IFS='|' read -r name reason resources; do
		set_resources "$resources"
		run -1 rtl run --bundle "$BUNDLE" c
		assert_output_has "linux.resources.$name: cannot be applied: $reason"
		assert_no_leftovers
	done < <(
		[ -n "$(v1_mount net_cls)" ] || cat <<-'END'
			network.classID|cgroup v2 has no such limit|{"network": {"classID": 1048577}}
			network.priorities|cgroup v2 has no such limit|{"network": {"priorities": [{"name": "lo", "priority": 5}]}}
		END
		[ -n "$(v1_mount rdma)" ] || grep -qw rdma "$(v2_mount)/cgroup.controllers" ||
			echo 'rdma|this host has no rdma controller|{"rdma": {"mlx5_0": {"hcaHandles": 3, "hcaObjects": 10}}}'
		find "$(v1_mount blkio)" -name 'blkio*leaf_weight' | grep -q . ||
			cat <<-'END'
				blockIO.leafWeight|this kernel has no blkio.leaf_weight|{"blockIO": {"leafWeight": 300}}
				blockIO.weightDevice.leafWeight|this kernel has no blkio.leaf_weight_device|{"blockIO": {"weightDevice": [{"major": 8, "minor": 0, "leafWeight": 300}]}}
			END
	)
}

@test "limits: huge pages and unified files are on v2, in every view" {
	local view dir

	require_root
	require_v2
	set_resources '{"hugepageLimits": [{"pageSize": "2MB", "limit": 4194304}, {"pageSize": "1GB", "limit": 1073741824}],
		"unified": {"cgroup.max.depth": "3", "cgroup.max.descendants": "7"}}'
	dir=$(v2_mount)$(cgroup_path)
	for view in host v2; do
		detached view_rtl "$view" run --detach --bundle "$BUNDLE" web
		[ -e "$dir/hugetlb.2MB.max" ] || skip "hugetlb is not on v2"
		[ "$(cat "$dir/hugetlb.2MB.max")" = 4194304 ]
		[ ! -e "$dir/hugetlb.1GB.max" ] || [ "$(cat "$dir/hugetlb.1GB.max")" = 1073741824 ]
		[ "$(cat "$dir/cgroup.max.depth")" = 3 ]
		[ "$(cat "$dir/cgroup.max.descendants")" = 7 ]
		view_rtl "$view" delete --force web
	done
}

@test "limits: an ordinary user is told of each that cannot be had" {
	local member resources

	require_user
	set_args true
	while IFS='|' read -r member _ _ _ resources; do
		# v2 is always hierarchical
		[ "$member" != memory.useHierarchy ] || continue
		set_resources "$resources"
		run rtl --strict-cgroups run --bundle "$BUNDLE" c
		[ "$status" = 1 ] || fail "$member: $status $output"
		# the first one asked for: a swap limit comes with one of memory
		[[ $output = *"linux.resources.$member"* || $member = memory.swap || $member = cpu.burst ]] ||
			fail "$member: $output"
		[[ $output = *linux.resources.* ]] || fail "$member: $output"
		assert_no_leftovers
	done < <(table)
}
