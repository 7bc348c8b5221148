#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# process.scheduler, ioPriority and execCPUAffinity, linux.personality and memoryPolicy.
load inside

setup() {
	test_setup
	make_bundle
}

# nice value, real-time priority and policy in the words of proc_pid_stat(5)
stat_fields='cut -d" " -f19,40,41'

# scheduled WANTED OBJECT: a container with that process.scheduler shows "NICE PRIORITY POLICY"
scheduled() {
	update_config '.process.scheduler = $s' --argjson s "$2"
	inside_sh "$stat_fields /proc/self/stat"
	assert_output "$1"
}

# The kernel gives a cgroup of v1 no real-time share of its own.
allow_realtime() {
	require_root
	update_config '.linux.resources.cpu.realtimeRuntime = 10000 | .linux.resources.cpu.realtimePeriod = 1000000'
	update_config '.linux.cgroupsPath = "/rtl-tuning-" + $mark' --arg mark "$TEST_MARK"
	local runtime=/sys/fs/cgroup/cpu/cpu.rt_runtime_us

	[ ! -e $runtime ] || [ "$(cat $runtime)" -gt 0 ] || skip "this cgroup has no real-time share"
}

@test "scheduler: the policies and nice values that anybody may take" {
	scheduled "7 0 0" '{"policy": "SCHED_OTHER", "nice": 7}'
	scheduled "0 0 0" '{"policy": "SCHED_OTHER"}'
	scheduled "3 0 3" '{"policy": "SCHED_BATCH", "nice": 3}'
	scheduled "0 0 5" '{"policy": "SCHED_IDLE"}'
}

@test "scheduler: real-time policies with their priority" {
	allow_realtime
	scheduled "0 10 1" '{"policy": "SCHED_FIFO", "priority": 10}'
	scheduled "0 99 2" '{"policy": "SCHED_RR", "priority": 99}'
}

@test "scheduler: it is the host's right that counts, also with a user namespace" {
	allow_realtime
	chmod -R a+rX "$BUNDLE"
	update_config '.linux.namespaces += [{type: "user"}] | del(.linux.resources.devices) |
		.linux.uidMappings = [{containerID: 0, hostID: 200000, size: 65536}] |
		.linux.gidMappings = .linux.uidMappings'
	scheduled "0 10 1" '{"policy": "SCHED_FIFO", "priority": 10}'
	scheduled "-5 0 0" '{"policy": "SCHED_OTHER", "nice": -5}'
}

@test "scheduler: deadline parameters" {
	require_root
	update_config '.process.scheduler = {policy: "SCHED_DEADLINE", flags: ["SCHED_FLAG_RESET_ON_FORK"],
		runtime: 2000000, deadline: 20000000, period: 30000000}'
	[ -e /proc/self/sched ] || skip "this kernel shows no /proc/PID/sched"
	inside grep -E '^(policy|dl.runtime|dl.deadline)' /proc/self/sched
	[ "$(awk '/^policy/ { print $NF }' <<<"$output")" = 6 ]
	update_config '.process.scheduler.flags += ["SCHED_FLAG_RECLAIM", "SCHED_FLAG_DL_OVERRUN"]'
	inside cut -d" " -f41 /proc/self/stat
	assert_output 6
}

@test "scheduler: flags reach the kernel" {
	allow_realtime
	# a child of a real-time process is one too, unless
	update_config '.process.scheduler = {policy: "SCHED_FIFO", priority: 3}'
	inside_sh "$stat_fields /proc/\$\$/stat; $stat_fields /proc/self/stat; :"
	assert_output "0 3 1
0 3 1"
	update_config '.process.scheduler.flags = ["SCHED_FLAG_RESET_ON_FORK"]'
	inside_sh "$stat_fields /proc/\$\$/stat; $stat_fields /proc/self/stat; :"
	assert_output "0 3 1
0 0 0"
}

@test "scheduler: the caller's policy is kept where a flag says so" {
	update_config '.process.scheduler = {policy: "SCHED_OTHER", nice: 4, flags: ["SCHED_FLAG_KEEP_POLICY"]}'
	set_args sh -c "$stat_fields /proc/self/stat"
	run -0 chrt --batch 0 "$RTL" --root "$STATE_DIR" run --bundle "$BUNDLE" c
	assert_output "4 0 3"
	update_config '.process.scheduler.flags += ["SCHED_FLAG_KEEP_PARAMS"]'
	run -0 nice -n 9 "$RTL" --root "$STATE_DIR" run --bundle "$BUNDLE" c
	assert_output "9 0 0"
}

@test "scheduler: without it the process is scheduled as the caller is" {
	set_args sh -c "$stat_fields /proc/self/stat"
	run -0 nice -n 5 "$RTL" --root "$STATE_DIR" run --bundle "$BUNDLE" c
	assert_output "5 0 0"
}

@test "scheduler: utilization clamps name the kernel that has them" {
	update_config '.process.scheduler = {policy: "SCHED_OTHER",
		flags: ["SCHED_FLAG_UTIL_CLAMP_MIN", "SCHED_FLAG_UTIL_CLAMP_MAX"]}'
	if [ -e /proc/sys/kernel/sched_util_clamp_min ]; then
		inside true
	else
		fails "process.scheduler SCHED_OTHER: set the scheduling policy: Operation not supported (SCHED_FLAG_UTIL_CLAMP_MAX is there since Linux 5.3 with CONFIG_UCLAMP_TASK)"
	fi
}

# refused TEXT OBJECT [FILTER]: process.scheduler that cannot be
refused() {
	update_config '.process.scheduler = $s' --argjson s "$2"
	fails "$1"
}

@test "scheduler: what contradicts itself or cannot be is refused" {
	refused 'process.scheduler.nice: 20 is not between -20 and 19' '{"policy": "SCHED_OTHER", "nice": 20}'
	refused 'process.scheduler.priority: 0 is not between 1 and 99' '{"policy": "SCHED_FIFO"}'
	refused 'process.scheduler.priority: 100 is not' '{"policy": "SCHED_RR", "priority": 100}'
	refused 'process.scheduler.priority: SCHED_BATCH has none' '{"policy": "SCHED_BATCH", "priority": 1}'
	refused 'runtime, deadline and period are SCHED_DEADLINE' '{"policy": "SCHED_OTHER", "runtime": 1}'
	refused 'needs 0 < runtime (3) <= deadline (2) <= period (4)' \
		'{"policy": "SCHED_DEADLINE", "runtime": 3, "deadline": 2, "period": 4}'
	refused 'process.scheduler.policy: no Linux has SCHED_ISO' '{"policy": "SCHED_ISO"}'
	refused 'process.scheduler.policy' '{"policy": "SCHED_NOPE"}'
	refused 'process.scheduler.flags[0]' '{"policy": "SCHED_OTHER", "flags": ["SCHED_FLAG_NOPE"]}'
	refused 'process.scheduler.nice' '{"policy": "SCHED_OTHER", "nice": "high"}'
	refused 'process.scheduler.policy' '{"nice": 1}'
}

@test "scheduler: what the caller has no right to is told with what it takes" {
	require_user
	refused 'process.scheduler SCHED_FIFO: set the scheduling policy: Operation not permitted (it takes CAP_SYS_NICE' \
		'{"policy": "SCHED_FIFO", "priority": 1}'
	refused 'process.scheduler SCHED_OTHER: set the scheduling policy: Operation not permitted' \
		'{"policy": "SCHED_OTHER", "nice": -20}'
}

@test "scheduler: exec takes the container's, or that of its own process" {
	waiting_bundle c
	update_config '.process.scheduler = {policy: "SCHED_BATCH", nice: 2}'
	start_container c
	run -0 rtl exec c sh -c "$stat_fields /proc/self/stat"
	assert_output "2 0 3"
	jq '.process | .args = ["sh", "-c", $script] | .scheduler = {policy: "SCHED_IDLE"}' \
		--arg script "$stat_fields /proc/self/stat" "$BUNDLE/config.json" >"$TEST_DIR/process.json"
	run -0 rtl exec --process "$TEST_DIR/process.json" c
	assert_output "0 0 5"
}

@test "ioPriority: class and level" {
	update_config '.process.ioPriority = {class: "IOPRIO_CLASS_BE", priority: 6}'
	inside ionice
	assert_output "best-effort: prio 6"
	update_config '.process.ioPriority = {class: "IOPRIO_CLASS_IDLE", priority: 0}'
	inside ionice
	assert_output "idle"
	# a child's too
	inside_sh 'ionice; :'
	assert_output "idle"
}

@test "ioPriority: the real-time class is root's" {
	update_config '.process.ioPriority = {class: "IOPRIO_CLASS_RT", priority: 2}'
	if [ "$RTL_TEST_MODE" = user ]; then
		fails "process.ioPriority: set the I/O priority: Operation not permitted"
		return
	fi
	inside ionice
	assert_output "realtime: prio 2"
	chmod -R a+rX "$BUNDLE"
	update_config '.linux.namespaces += [{type: "user"}] |
		.linux.uidMappings = [{containerID: 0, hostID: 200000, size: 65536}] |
		.linux.gidMappings = .linux.uidMappings | del(.linux.resources)'
	inside ionice
	assert_output "realtime: prio 2"
}

@test "ioPriority: a level that is none and a class that is none are refused" {
	update_config '.process.ioPriority = {class: "IOPRIO_CLASS_BE", priority: 8}'
	fails "process.ioPriority.priority: 8 is not between 0 and 7"
	update_config '.process.ioPriority = {class: "IOPRIO_CLASS_BE", priority: -1}'
	fails "process.ioPriority.priority: -1 is not between 0 and 7"
	update_config '.process.ioPriority = {class: "IOPRIO_CLASS_NONE"}'
	fails "process.ioPriority.class"
	update_config '.process.ioPriority = {priority: 1}'
	fails "process.ioPriority.class"
}

@test "ioPriority: exec takes the container's" {
	waiting_bundle c
	update_config '.process.ioPriority = {class: "IOPRIO_CLASS_IDLE"}'
	start_container c
	run -0 rtl exec c ionice
	assert_output "idle"
}

# The first two CPUs that this test may run on.
two_cpus() {
	[ "$(nproc)" -ge 2 ] || skip "needs two CPUs"
	mapfile -t CPUS < <(awk -F'\t' '/^Cpus_allowed_list/ { n = split($2, part, ",");
		for (i = 1; i <= n; i++) { split(part[i], ends, "-");
			for (c = ends[1]; c <= (ends[2] == "" ? ends[1] : ends[2]); c++) print c } }' /proc/self/status)
}

allowed='grep ^Cpus_allowed_list: /proc/self/status'

@test "affinity: the container is not confined to the CPUs of the caller" {
	two_cpus
	set_args sh -c "$allowed"
	run -0 taskset -c "${CPUS[0]}" "$RTL" --root "$STATE_DIR" run --bundle "$BUNDLE" c
	assert_output "$(grep ^Cpus_allowed_list: /proc/self/status)"
}

@test "affinity: final is that of an exec, and of no init" {
	two_cpus
	waiting_bundle c
	update_config '.process.execCPUAffinity = {final: $cpu}' --arg cpu "${CPUS[1]}"
	start_container c
	run -0 rtl exec c sh -c "$allowed"
	assert_output "Cpus_allowed_list:	${CPUS[1]}"
	run -0 rtl exec c sh -c 'grep ^Cpus_allowed_list: /proc/1/status'
	assert_output "$(grep ^Cpus_allowed_list: /proc/self/status)"
}

@test "affinity: without final an exec has the CPUs of the container" {
	two_cpus
	waiting_bundle c
	update_config '.process.execCPUAffinity = {initial: $cpu}' --arg cpu "${CPUS[1]}"
	start_container c
	run -0 rtl exec c sh -c "$allowed"
	assert_output "$(grep ^Cpus_allowed_list: /proc/self/status)"
}

@test "affinity: exec --process brings its own" {
	two_cpus
	start_container c
	jq '.process | .args = ["sh", "-c", $script] | .execCPUAffinity = {initial: $first, final: $second}' \
		--arg script "$allowed" --arg first "${CPUS[0]}" --arg second "${CPUS[1]}" \
		"$BUNDLE/config.json" >"$TEST_DIR/process.json"
	run -0 rtl exec --process "$TEST_DIR/process.json" c
	assert_output "Cpus_allowed_list:	${CPUS[1]}"
}

@test "affinity: initial is in force before the cgroup is joined, and not for rtl itself" {
	two_cpus
	require_tool strace
	start_container c
	jq '.process | .args = ["true"] | .execCPUAffinity = {initial: $first}' \
		--arg first "${CPUS[1]}" "$BUNDLE/config.json" >"$TEST_DIR/process.json"
	strace -o "$TEST_DIR/trace" -e trace=sched_setaffinity,clone3,clone,openat -- \
		"$RTL" --root "$STATE_DIR" exec --process "$TEST_DIR/process.json" c || skip "strace cannot trace here"
	# set, cloned, and set back
	run -0 awk '/^sched_setaffinity|^clone/ { sub(/3?\(.*/, ""); if ($0 != last) print last = $0 }' "$TEST_DIR/trace"
	assert_output "sched_setaffinity
clone
sched_setaffinity"
	grep -q "^sched_setaffinity(0, [0-9]*, \[${CPUS[1]}[ .]*\])" "$TEST_DIR/trace" || fail "$(cat "$TEST_DIR/trace")"
	! sed -n '1,/^clone/p' "$TEST_DIR/trace" | grep -q 'cgroup.procs.*O_WRONLY' || fail "the cgroup was joined first"
}

@test "affinity: lists that are none and CPUs that are not there are refused" {
	update_config '.process.execCPUAffinity = {initial: "3-1"}'
	fails 'process.execCPUAffinity.initial: "3-1" goes down'
	update_config '.process.execCPUAffinity = {final: "0,,1"}'
	fails 'process.execCPUAffinity.final: "" is no number'
	update_config '.process.execCPUAffinity = {final: "all"}'
	fails 'process.execCPUAffinity.final'
	waiting_bundle c
	update_config '.process.execCPUAffinity = {final: "8000"}'
	start_container c
	run -1 rtl exec c true
	assert_output_has "process.execCPUAffinity.final 8000: set the CPUs to run on: Invalid argument"
	BUNDLE=$TEST_DIR/d
	waiting_bundle d
	update_config '.process.execCPUAffinity = {initial: "8000"}'
	start_container d
	run -1 rtl exec d true
	assert_output_has "process.execCPUAffinity.initial: set the CPUs to run on: Invalid argument"
}

@test "personality: the domain is what uname and /proc say" {
	[ "$(uname -m)" = x86_64 ] || skip "uname says the same in both domains here"
	update_config '.linux.personality = {domain: "LINUX32"}'
	inside_sh 'uname -m; cat /proc/self/personality'
	assert_output "i686
00000008"
	update_config '.linux.personality = {domain: "LINUX"}'
	set_args sh -c 'uname -m; cat /proc/self/personality'
	run -0 setarch i686 "$RTL" --root "$STATE_DIR" run --bundle "$BUNDLE" c
	assert_output "x86_64
00000000"
}

@test "personality: exec has it too" {
	[ "$(uname -m)" = x86_64 ] || skip "uname says the same in both domains here"
	waiting_bundle c
	update_config '.linux.personality = {domain: "LINUX32"}'
	start_container c
	run -0 rtl exec c uname -m
	assert_output i686
}

@test "personality: unknown domains, flags and an absent domain are refused" {
	update_config '.linux.personality = {domain: "SOLARIS"}'
	fails "linux.personality.domain"
	update_config '.linux.personality = {domain: "LINUX", flags: ["ADDR_NO_RANDOMIZE"]}'
	fails "linux.personality.flags[0]: ADDR_NO_RANDOMIZE: runtime-spec has no flags"
	update_config '.linux.personality = {}'
	fails "linux.personality.domain: missing"
}

require_numa() {
	[ -e /proc/self/numa_maps ] || skip "this kernel is built without CONFIG_NUMA"
}

# memory_policy WANTED OBJECT: what numa_maps says of the program's first mapping
memory_policy() {
	update_config '.linux.memoryPolicy = $p' --argjson p "$2"
	inside_sh 'head -n 1 /proc/self/numa_maps | sed "s/^[0-9a-f]* //; s/ file=.*//"'
	assert_output "$1"
}

@test "memoryPolicy: every mode with its nodes and flags" {
	require_numa
	memory_policy default '{"mode": "MPOL_DEFAULT"}'
	memory_policy local '{"mode": "MPOL_LOCAL"}'
	memory_policy bind:0 '{"mode": "MPOL_BIND", "nodes": "0"}'
	memory_policy interleave:0 '{"mode": "MPOL_INTERLEAVE", "nodes": "0-0"}'
	memory_policy prefer:0 '{"mode": "MPOL_PREFERRED", "nodes": "0"}'
	memory_policy local '{"mode": "MPOL_PREFERRED"}'
	memory_policy bind=static:0 '{"mode": "MPOL_BIND", "nodes": "0", "flags": ["MPOL_F_STATIC_NODES"]}'
	memory_policy bind=relative:0 '{"mode": "MPOL_BIND", "nodes": "0", "flags": ["MPOL_F_RELATIVE_NODES"]}'
}

# since VERSION: skips on an older kernel
since() {
	[ "$(printf '%s\n' "$1" "$(uname -r)" | sort -V | head -n 1)" = "$1" ] || skip "since Linux $1"
}

@test "memoryPolicy: modes and flags of newer kernels" {
	require_numa
	since 5.15
	memory_policy "prefer (many):0" '{"mode": "MPOL_PREFERRED_MANY", "nodes": "0"}'
	since 6.14 # shows it, has it since 5.12
	memory_policy "bind=balancing:0" '{"mode": "MPOL_BIND", "nodes": "0", "flags": ["MPOL_F_NUMA_BALANCING"]}'
	memory_policy "weighted interleave:0" '{"mode": "MPOL_WEIGHTED_INTERLEAVE", "nodes": "0"}'
}

@test "memoryPolicy: exec has it too" {
	require_numa
	waiting_bundle c
	update_config '.linux.memoryPolicy = {mode: "MPOL_BIND", nodes: "0"}'
	start_container c
	run -0 rtl exec c sh -c 'head -n 1 /proc/self/numa_maps | cut -d" " -f2'
	assert_output bind:0
}

@test "memoryPolicy: what cannot be is refused" {
	update_config '.linux.memoryPolicy = {mode: "MPOL_BIND"}'
	fails "linux.memoryPolicy.nodes: MPOL_BIND needs some"
	update_config '.linux.memoryPolicy = {mode: "MPOL_LOCAL", nodes: "0"}'
	fails "linux.memoryPolicy.nodes: MPOL_LOCAL takes none"
	update_config '.linux.memoryPolicy = {mode: "MPOL_BIND", nodes: "zero"}'
	fails 'linux.memoryPolicy.nodes: "zero" is no number'
	update_config '.linux.memoryPolicy = {nodes: "0"}'
	fails "linux.memoryPolicy.mode: missing"
	update_config '.linux.memoryPolicy = {mode: "MPOL_NOPE"}'
	fails "linux.memoryPolicy.mode"
	update_config '.linux.memoryPolicy = {mode: "MPOL_BIND", nodes: "0", flags: ["MPOL_F_STATIC_NODES", "MPOL_F_RELATIVE_NODES"]}'
	fails "MPOL_F_STATIC_NODES and MPOL_F_RELATIVE_NODES exclude each other"
	require_numa
	update_config '.linux.memoryPolicy = {mode: "MPOL_BIND", nodes: "4000"}'
	fails 'linux.memoryPolicy: MPOL_BIND, nodes "4000": set the memory policy: Invalid argument (MPOL_BIND is there since Linux 2.6.7)'
}
