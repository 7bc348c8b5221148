# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2016,SC2154
# On a machine with systemd and cgroup v2: as root, and as a user in a service of the user's own manager,
# to whom the controllers are delegated. Limits are read inside, and seen to hold.
load ../runtime/inside

setup() {
	test_setup
	require_vm
	make_bundle
	# beside the service of these tests, where the user may write too
	own=$(cut -d: -f3 /proc/self/cgroup)
	update_config '.linux.cgroupsPath = $path' --arg path "${own%/*}/$TEST_MARK"
}

set_resources() {
	update_config '.linux.resources = $r' --argjson r "$1"
}

@test "vm: systemd runs, cgroup v2 is all there is, and the tests' part of it is given away" {
	run -0 stat -f -c %T /sys/fs/cgroup
	assert_output cgroup2fs
	run -0 cat /proc/1/comm
	assert_output systemd
	run -0 stat -c %U "/sys/fs/cgroup$own"
	assert_output "$(id -un)"
}

@test "vm: limits of memory, swap, pids, cpu and cpuset are in force" {
	set_resources '{"memory": {"limit": 67108864, "swap": 67108864}, "pids": {"limit": 21},
		"cpu": {"quota": 50000, "period": 100000, "cpus": "0"}}'
	inside_sh 'cd /sys/fs/cgroup && cat memory.max memory.swap.max pids.max cpu.max cpuset.cpus.effective'
	assert_output "67108864
0
21
50000 100000
0"
}

@test "vm: without cgroupsPath the limits are in force too" {
	update_config 'del(.linux.cgroupsPath)'
	set_resources '{"pids": {"limit": 22}}'
	inside cat /sys/fs/cgroup/pids.max
	assert_output 22
}

@test "vm: a hog is killed at the limit of memory, and the kernel counts it" {
	set_resources '{"memory": {"limit": 33554432, "swap": 33554432}}'
	inside_sh 'dd if=/dev/zero of=/dev/null bs=100M count=1
		echo "status $?"
		grep "^oom_kill " /sys/fs/cgroup/memory.events'
	assert_output_has "status 137"
	assert_output_has "oom_kill 1"
}

@test "vm: forks beyond the limit of pids fail" {
	set_resources '{"pids": {"limit": 10}}'
	inside_sh '(for i in $(seq 30); do sleep 1000 & done) 2>&1
		cat /sys/fs/cgroup/pids.current
		grep "^max " /sys/fs/cgroup/pids.events'
	assert_output_has "can't fork"
	[ "${lines[-2]}" -le 10 ]
	[ "${lines[-1]}" != "max 0" ]
}

@test "vm: a running container is in its cgroup, which is gone after delete" {
	set_args sleep 1000
	run -0 detached rtl run --detach --bundle "$BUNDLE" c
	run -0 cat "/proc/$(container_pid c)/cgroup"
	assert_output "0::${own%/*}/$TEST_MARK"
	run -0 rtl delete --force c
	[ ! -e "/sys/fs/cgroup${own%/*}/$TEST_MARK" ]
}
