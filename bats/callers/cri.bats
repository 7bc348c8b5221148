# SPDX-License-Identifier: Apache-2.0
# Kubernetes' way to a runtime: containerd's CRI plugin, asked by a client as the kubelet asks.
# This file is two: with the installed containerd, and as cri-sid.bats with that of Debian sid.
# What is asserted is read inside the containers or in the kernel's files.
load cri

setup_file() {
	caller_setup_file
	cri_setup_file
}

teardown_file() {
	caller_teardown_file
}

setup() {
	caller_setup
}

teardown() {
	[ -n "$CALLER_REASON" ] || { remove_pods && test_teardown; }
}

@test "CRI: a pod with the host's network runs a container, and its log is written" {
	run_pod web
	run_in_pod talker '.command = ["sh", "-c", "echo out; echo err >&2; readlink /proc/self/ns/net; exit 7"]'
	retry state_is CONTAINER_EXITED
	[ "$(of_container ContainerStatus | jq .status.exit_code)" = 7 ]
	grep -q ' stdout F out$' "$TEST_DIR/talker.log"
	grep -q ' stderr F err$' "$TEST_DIR/talker.log"
	grep -qF " $(readlink "/proc/$(daemon_pid)/ns/net")" "$TEST_DIR/talker.log"
}

# pod_network: filters for a pod with a network of its own, by CNI
pod_network() {
	[ -x "$CNI_BIN/bridge" ] || skip "no CNI plugins in $CNI_BIN"
	echo '.linux.security_context.namespace_options.network = "POD"'
}

# only_new: for what the CRI has since containerd 2
only_new() {
	case $BATS_TEST_FILENAME in *-sid.bats) ;; *) skip "the installed containerd's CRI has it not" ;; esac
}

# namespaces_of PID NAME...
namespaces_of() {
	local name

	for name in "${@:2}"; do
		readlink "/proc/$1/ns/$name"
	done
}

@test "CRI: two containers of a pod join its network, IPC, UTS and PID namespaces" {
	local first second network

	network=$(pod_network)
	run_pod shared "$network | .linux.security_context.namespace_options.pid = \"POD\""
	run_in_pod one '.command = ["sh", "-c", "nc -l -p 8080 -e echo through-loopback; sleep 1000"]'
	first=$(cri_pid)
	run_in_pod two
	second=$(cri_pid)
	[ "$(namespaces_of "$first" net ipc uts pid)" = "$(namespaces_of "$second" net ipc uts pid)" ]
	[ "$(namespaces_of "$first" mnt)" != "$(namespaces_of "$second" mnt)" ]
	[ "$(namespaces_of "$first" net)" != "$(readlink "/proc/$(daemon_pid)/ns/net")" ]
	assert_exec 0 sh -c 'hostname; ps; retries=0; until nc 127.0.0.1 8080 </dev/null; do :; done'
	assert_output_has shared
	assert_output_has "sleep 1000000" # the pod's own, process 1
	assert_output_has "nc -l -p 8080"
	assert_output_has through-loopback
	assert_exec 0 sh -c 'echo memory >/dev/shm/file'
	CONTAINER=$(cri ListContainers | jq -r '.containers[] | select(.metadata.name == "one").id')
	assert_exec 0 cat /dev/shm/file
	assert_output_has memory
}

@test "CRI: a pod's address answers, and is gone with the pod" {
	local address network

	network=$(pod_network)
	run_pod net "$network"
	run_in_pod server '.command = ["sh", "-c", "while :; do nc -l -p 8080 -e echo from-the-pod; done"]'
	address=$(cri PodSandboxStatus "{\"pod_sandbox_id\": \"$POD\"}" | jq -r .status.network.ip)
	[[ $address = 10.199.7.* ]]
	assert_exec 0 ip -o addr
	assert_output_has "$address/24"
	assert_output_has "127.0.0.1/8"
	retry in_daemon bash -c "exec 3<>/dev/tcp/$address/8080 && grep -q from-the-pod <&3"
	remove_pods
	run ! in_daemon timeout 2 bash -c "exec 3<>/dev/tcp/$address/8080"
	run -0 in_daemon sh -c 'ls /run/netns /run/cni-addresses/pods | grep -c "^10\|^cni-" || true'
	assert_output 0
}

@test "CRI: the pod's sysctls are set in its namespaces" {
	local network

	network=$(pod_network)
	run_pod sys "$network"' | .linux.sysctls = {"net.ipv4.ip_unprivileged_port_start": "77", "kernel.shm_rmid_forced": "1"}'
	run_in_pod one
	assert_exec 0 sh -c 'echo $(cat /proc/sys/net/ipv4/ip_unprivileged_port_start /proc/sys/kernel/shm_rmid_forced)'
	assert_output_has "77 1"
	run run_pod bad "$network"' | .linux.sysctls = {"kernel.panic": "1"}'
	[ "$status" = 1 ]
	assert_output_has kernel.panic
}

@test "CRI: a container's security context is so inside" {
	run_pod sec
	run_in_pod one '.linux.security_context += {run_as_user: {value: 1234}, run_as_group: {value: 4321},
		supplemental_groups: [7777, 8888], readonly_rootfs: true, no_new_privs: true,
		capabilities: {add_capabilities: ["SYS_TIME"], drop_capabilities: ["ALL"]},
		masked_paths: ["/proc/keys", "/proc/scsi"], readonly_paths: ["/proc/sys"],
		seccomp: {profile_type: "RuntimeDefault"}}'
	assert_exec 0 sh -c 'id -u; id -g; id -G; cat /proc/keys | wc -c; touch /x; echo 1 >/proc/sys/kernel/panic; grep -E "CapBnd|CapEff|NoNewPrivs|Seccomp:" /proc/self/status'
	[ "$(head -n 2 <<<"$output" | tr '\n' ' ')" = "1234 4321 " ]
	assert_output_has 7777
	assert_output_has 8888
	assert_output_has "touch: /x: Read-only file system"
	assert_output_has "can't create /proc/sys/kernel/panic: "
	assert_output_has "NoNewPrivs:	1"
	assert_output_has "Seccomp:	2"
	assert_output_has "CapBnd:	0000000002000000"
	assert_output_has "CapEff:	0000000000000000"
	grep -qx '0' <<<"$output"
}

@test "CRI: a privileged container has every capability, no masks and no filter" {
	run_pod priv '.linux.security_context.privileged = true'
	run_in_pod one '.linux.security_context.privileged = true'
	assert_exec 0 sh -c 'grep -E "CapEff|Seccomp:" /proc/self/status; [ -n "$(cat /proc/timer_list)" ] && echo unmasked; mount -t tmpfs t /tmp && echo mounted; ls /dev'
	assert_output_has "$(grep CapEff /proc/self/status)"
	assert_output_has "Seccomp:	0"
	assert_output_has unmasked
	assert_output_has mounted
	assert_output_has full
}

@test "CRI: volumes are read-only as asked, and host mounts propagate into them" {
	mkdir -p "$TEST_DIR"/{ro,rw,slave}
	in_daemon mount -t tmpfs volume "$TEST_DIR/slave"
	in_daemon mount --make-rshared "$TEST_DIR/slave"
	in_daemon mkdir "$TEST_DIR/slave/late"
	run_pod vol
	run_in_pod one '.mounts = [
		{container_path: "/ro", host_path: ($ENV.TEST_DIR + "/ro"), readonly: true},
		{container_path: "/rw", host_path: ($ENV.TEST_DIR + "/rw")},
		{container_path: "/slave", host_path: ($ENV.TEST_DIR + "/slave"), propagation: "PROPAGATION_HOST_TO_CONTAINER"}]'
	assert_exec 1 touch /ro/file
	assert_output_has "Read-only file system"
	assert_exec 0 sh -c 'echo inside >/rw/file'
	[ "$(cat "$TEST_DIR/rw/file")" = inside ]
	in_daemon mount -t tmpfs late "$TEST_DIR/slave/late"
	in_daemon touch "$TEST_DIR/slave/late/arrived"
	assert_exec 0 ls /slave/late
	assert_output_has arrived
	of_container StopContainer '{timeout: 5}' >/dev/null
	in_daemon umount "$TEST_DIR/slave/late" "$TEST_DIR/slave"
}

@test "CRI: rtl's features tell of recursive read-only mounts and user namespaces; the mounts are so" {
	only_new
	run -0 cri Status
	[ "$(jq -c '.runtime_handlers[] | select(.name == "rtl").features' <<<"$output")" = \
		'{"recursive_read_only_mounts":true,"user_namespaces":true}' ]
	mkdir -p "$TEST_DIR/volume/sub"
	in_daemon mount -t tmpfs sub "$TEST_DIR/volume/sub"
	run_pod rro
	run_in_pod one '.mounts = [{container_path: "/volume", host_path: ($ENV.TEST_DIR + "/volume"), readonly: true,
		recursive_read_only: true}]'
	assert_exec 1 touch /volume/file /volume/sub/file
	assert_output_has "touch: /volume/file: Read-only file system"
	assert_output_has "touch: /volume/sub/file: Read-only file system"
	of_container StopContainer '{timeout: 5}' >/dev/null
	in_daemon umount "$TEST_DIR/volume/sub"
}

@test "CRI: a pod in a user namespace: IDs, owners, network and two containers in it" {
	local network pid

	only_new
	network=$(pod_network)
	run_pod userns "$network"' | .linux.security_context.namespace_options.userns_options = {mode: "POD",
		uids: [{host_id: 200000, container_id: 0, length: 65536}], gids: [{host_id: 300000, container_id: 0, length: 65536}]}'
	run_in_pod one
	pid=$(cri_pid)
	assert_exec 0 sh -c 'cat /proc/self/uid_map /proc/self/gid_map; id -u; stat -c %u:%g /bin/busybox /etc/passwd; touch /root/mine && stat -c %u:%g /root/mine'
	[[ $output =~ 0\ +200000\ +65536 ]]
	[[ $output =~ 0\ +300000\ +65536 ]]
	[ "$(grep -c '^0:0$' <<<"$output")" = 3 ]
	[ "$(stat -c %u:%g "/proc/$pid/root/root/mine")" = 200000:300000 ]
	[ "$(awk '/^Uid/ { print $2 }' "/proc/$pid/status")" = 200000 ]
	mkdir -m 700 "$TEST_DIR/volume"
	chmod 700 "$TEST_DIR/volume"
	run_in_pod two '.mounts = [{container_path: "/volume", host_path: ($ENV.TEST_DIR + "/volume"),
		uidMappings: [{host_id: 200000, container_id: 0, length: 65536}], gidMappings: [{host_id: 300000, container_id: 0, length: 65536}]}]'
	# the volume is ID-mapped: root inside is root on the disk
	assert_exec 0 sh -c 'touch /volume/file && stat -c %u:%g /volume /volume/file'
	[ "$(grep -c '^0:0$' <<<"$output")" = 2 ]
	[ "$(stat -c %u:%g "$TEST_DIR/volume/file")" = 0:0 ]
	[ "$(namespaces_of "$pid" user net ipc uts)" = "$(namespaces_of "$(cri_pid)" user net ipc uts)" ]
	# root there owns the network and the host name, and nothing of the host's
	assert_exec 0 sh -c 'ip -o addr; cat /proc/sys/net/ipv4/ping_group_range; ls -ld /proc/1'
	assert_output_has "inet 10.199.7."
}

@test "CRI: a debug container joins the PID namespace of its target" {
	local target pid

	run_pod debug
	run_in_pod app
	target=$CONTAINER pid=$(cri_pid)
	run_in_pod look '.linux.security_context.namespace_options += {pid: "TARGET", target_id: "'"$target"'"}'
	[ "$(namespaces_of "$pid" pid)" = "$(namespaces_of "$(cri_pid)" pid)" ]
	assert_exec 0 ps
	[ "$(grep -c 'sleep 1000' <<<"$output")" -ge 2 ]
}

@test "CRI: a pod with the host's PIDs sees them, and its end kills only its own" {
	run_pod hostpid '.linux.security_context.namespace_options.pid = "NODE"'
	run_in_pod one '.command = ["sh", "-c", "sleep 888 & exec sleep 888"]'
	[ "$(namespaces_of "$(cri_pid)" pid)" = "$(namespaces_of $$ pid)" ]
	assert_exec 0 cat "/proc/$(daemon_pid)/comm"
	assert_output_has containerd
	of_container StopContainer >/dev/null
	state_is CONTAINER_EXITED
	retry eval '! grep -lzsxF 888 /proc/[0-9]*/cmdline'
	daemon_is_up
}

@test "CRI: a probe's exec gives status and output; a missing program is named; the time limit ends it" {
	run_pod probes
	run_in_pod one
	assert_exec 3 sh -c 'echo out; echo err >&2; exit 3'
	assert_output_has out
	assert_output_has err
	exec_sync nosuchprobe
	assert_output_has "executable file not found in \$PATH"
	exec_sync /etc/passwd
	assert_output_has "permission denied"
	run -1 of_container ExecSync '{cmd: ["sleep", "666"], timeout: 1}'
	assert_output_has "timeout"
	retry eval '! grep -lzsxF 666 /proc/[0-9]*/cmdline'
	state_is CONTAINER_RUNNING
}

# descriptors: how many the daemon and the shims hold; Go's own come and go
descriptors() {
	local pid

	for pid in $(daemon_pid) $(shims); do
		find "/proc/$pid/fd" -mindepth 1
	done 2>/dev/null | wc -l
}

# what_is_there: processes, keys and files of the container
what_is_there() {
	echo "container: $(wc -l <"$(cgroup_of "$(cri_pid)")/cgroup.procs") processes"
	echo "all: $(caller_processes | wc -l) processes"
	echo "keys: $(grep -c "_ses.$CONTAINER" /proc/keys || true)"
	in_daemon ls -R /run/containerd/io.containerd.runtime.v2.task /run/containerd/runc | grep -vE 'log|^$' | sort
}

# cgroup_of PID: its directory, of the pids controller on v1
cgroup_of() {
	local path

	path=$(awk -F: '$2 ~ /pids/ { print $3 }' "/proc/$1/cgroup")
	if [ -n "$path" ] && [ -d "/sys/fs/cgroup/pids$path" ]; then
		echo "/sys/fs/cgroup/pids$path"
	else
		echo "/sys/fs/cgroup$(awk -F: '$1 == 0 { print $3 }' "/proc/$1/cgroup")"
	fi
}

@test "CRI: three hundred probes in a row leave no descriptor, process, key or file" {
	run_pod loop
	run_in_pod one
	of_container ExecSync '{cmd: ["true"], timeout: 10}' 20
	what_is_there >"$TEST_DIR/before"
	before=$(descriptors)
	run -0 of_container ExecSync '{cmd: ["sh", "-c", "exit 4"], timeout: 10}' 300
	[ "$(jq .exit_code <<<"$output")" = 4 ]
	retry eval 'what_is_there | diff "$TEST_DIR/before" - >"$TEST_DIR/diff"' || fail "$(cat "$TEST_DIR/diff")"
	[ "$(descriptors)" -lt $((before + 20)) ]
}

@test "CRI: limits are in the cgroup's files, and an update changes them in place" {
	local pid files

	[ -d /sys/fs/cgroup/memory ] || grep -qsw memory /sys/fs/cgroup/cgroup.controllers || skip "no memory controller"
	run_pod limits
	run_in_pod one '.linux.resources = {cpu_period: 100000, cpu_quota: 50000, cpu_shares: 512, memory_limit_in_bytes: 67108864}'
	pid=$(cri_pid)
	limits="$(limit_files "$pid")"
	run -0 cat_limits
	assert_output "67108864 50000 512"
	of_container UpdateContainerResources '{linux: {cpu_period: 100000, cpu_quota: 70000, cpu_shares: 256, memory_limit_in_bytes: 134217728}}'
	run -0 cat_limits
	assert_output "134217728 70000 256"
	[ "$(cri_pid)" = "$pid" ]
	state_is CONTAINER_RUNNING
	run -1 of_container UpdateContainerResources '{linux: {memory_limit_in_bytes: 1024}}'
	run -0 cat_limits
	assert_output "134217728 70000 256"
}

# limit_files PID: directories of memory and cpu
limit_files() {
	awk -F: '$2 ~ /^memory$|^cpu(,cpuacct)?$/ { sub(",.*", "", $2); print $2 "=" $3 }' "/proc/$1/cgroup"
}

# cat_limits: memory, quota, shares, of v1's files or v2's
cat_limits() {
	local memory cpu v2

	memory=/sys/fs/cgroup/memory$(sed -n 's/^memory=//p' <<<"$limits")
	cpu=/sys/fs/cgroup/cpu$(sed -n 's/^cpu=//p' <<<"$limits")
	if [ -n "$limits" ]; then
		echo "$(cat "$memory/memory.limit_in_bytes") $(cat "$cpu/cpu.cfs_quota_us") $(cat "$cpu/cpu.shares")"
	else
		v2=$(cgroup_of "$(cri_pid)")
		# the weights of 512 and 256 by the formula in use
		echo "$(cat "$v2/memory.max") $(cut -d' ' -f1 "$v2/cpu.max") $(sed 's/^59$/512/; s/^35$/256/' "$v2/cpu.weight")"
	fi
}

@test "CRI: a container that is killed for its memory limit is OOMKilled" {
	[ -d /sys/fs/cgroup/memory ] || grep -qsw memory /sys/fs/cgroup/cgroup.controllers || skip "no memory controller"
	run_pod oom
	run_in_pod hog '.linux.resources = {memory_limit_in_bytes: 33554432} | .command = ["tail", "/dev/zero"]'
	retry state_is CONTAINER_EXITED
	[ "$(of_container ContainerStatus | jq -c '[.status.exit_code, .status.reason]')" = '[137,"OOMKilled"]' ]
}

@test "CRI: stats are the container's" {
	run_pod stats
	run_in_pod one '.command = ["sh", "-c", "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; sleep 1000"]'
	retry eval '[ "$(of_container ContainerStats | jq -r ".stats.cpu.usage_core_nano_seconds.value // 0")" -gt 20000000 ]'
}

@test "CRI: a stop is TERM first, and KILL when the time is over" {
	run_pod stop
	run_in_pod soft
	of_container StopContainer '{timeout: 20}' >/dev/null
	[ "$(of_container ContainerStatus | jq '.status.exit_code // 0')" = 0 ]
	run_in_pod hard '.command = ["sh", "-c", "trap : TERM; while :; do sleep 1; done"]'
	of_container StopContainer '{timeout: 1}' >/dev/null
	[ "$(of_container ContainerStatus | jq '.status.exit_code')" = 137 ]
}

@test "CRI: a program that is not there fails the start with its name, and nothing is left" {
	run_pod missing
	create_in_pod one '.command = ["nosuchprogram"]'
	run -1 of_container StartContainer
	assert_output_has "nosuchprogram"
	assert_output_has "executable file not found in \$PATH"
	[ "$(of_container ContainerStatus | jq -r .status.reason)" = StartError ]
	[ "$(of_container ContainerStatus | jq .status.exit_code)" = 128 ]
	create_in_pod two '.working_dir = "/etc/passwd"'
	run -1 of_container StartContainer
	assert_output_has "/etc/passwd"
}

@test "CRI: pods outlive their daemon's restart" {
	local pid

	run_pod stay
	run_in_pod one
	pid=$(cri_pid)
	restart_containerd
	retry cri Version >/dev/null
	[ "$(cri_pid)" = "$pid" ]
	assert_exec 0 cat /proc/1/comm
	assert_output_has sh
}

@test "CRI: ten pods come and go at once" {
	local i pids=()

	for i in $(seq 10); do
		(run_pod "many$i" && run_in_pod "in$i") 3>&- 4>&- &
		pids+=($!)
	done
	for i in "${pids[@]}"; do
		wait "$i"
	done
	[ "$(cri ListPodSandbox | jq '[.items[] | select(has("state") | not)] | length')" = 10 ]
	remove_pods
}

@test "CRI: at the end nothing is left" {
	run -0 shims
	assert_output ""
	run -0 in_daemon sh -c 'ls /run/containerd/runc/*'
	assert_output ""
	run -0 in_daemon sh -c 'ls /run/netns 2>/dev/null || true'
	assert_output ""
	stop_daemon
	close_view
	assert_caller_left_nothing
}
