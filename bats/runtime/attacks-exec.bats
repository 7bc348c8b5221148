# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2016,SC2154
# Known attacks on what enters a running container, and on what a process of it begins with.
load inside
load views

setup() {
	test_setup
	make_bundle
}

# test_program NAME: the container has it at /NAME, and the host's C library for it
test_program() {
	[ -x "$RTL_SUPPORT/$1" ] || skip "$1 was not built"
	mkdir -p "$BUNDLE/rootfs/usr"
	[ -e "$BUNDLE/rootfs/lib" ] || ln -s usr/lib "$BUNDLE/rootfs/lib"
	[ ! -d /lib64 ] || [ -e "$BUNDLE/rootfs/lib64" ] || ln -s usr/lib64 "$BUNDLE/rootfs/lib64"
	share /usr /usr ro
	: >"$BUNDLE/rootfs/$1"
	share "$RTL_SUPPORT/$1" "/$1" ro
}

# peeked: a process of the container that may trace every other looks, for 3 seconds, into what
# `rtl exec` puts there; $output is what it has found
peeked() {
	local end

	test_program peek
	shared_dir
	echo host >"$TEST_DIR/marker"
	update_config '.process.capabilities |= with_entries(.value = ["CAP_SYS_PTRACE", "CAP_DAC_OVERRIDE"])'
	set_args /peek "$TEST_DIR/marker" "PEEK_SECRET=$TEST_MARK" /shared/enough
	rtl run --detach --bundle "$BUNDLE" c </dev/null >"$TEST_DIR/found" 2>&1
	end=$((SECONDS + 4))
	until [ $SECONDS -ge $end ]; do
		PEEK_SECRET=$TEST_MARK timeout 10 "$RTL" --root "$STATE_DIR" exec c true </dev/null 3>&- 4>&-
	done
	echo >"$TEST_DIR/shared/enough"
	wait_status c stopped
	run cat "$TEST_DIR/found"
	# it has seen some of them at least
	[[ ${lines[-1]} == "seen "* ]] && [ "${lines[-1]#seen }" -gt 3 ]
}

@test "attack: CVE-2016-9962: a process that may trace others finds nothing of the host in an exec" {
	peeked
	[ "${#lines[@]}" = 1 ] || fail "$output"
}

@test "attack: CVE-2022-27650: a container's process inherits no capability that a file could take on" {
	inside cat /proc/self/status
	[ "$(status_field CapInh)" = 0000000000000000 ]
	[ "$(status_field CapAmb)" = 0000000000000000 ]
	[ "$(jq '.process.capabilities | has("inheritable") or has("ambient")' "$BUNDLE/config.json")" = false ]
}

@test "attack: CVE-2022-27650: nor from the caller's own inheritable set" {
	require_root
	require_tool setpriv
	set_args cat /proc/self/status
	run -0 setpriv --inh-caps=+chown,+kill "$RTL" --root "$STATE_DIR" run --bundle "$BUNDLE" c
	[ "$(status_field CapInh)" = 0000000000000000 ]
}

@test "attack: CVE-2022-29162: neither does one of an exec, whatever --cap adds" {
	set_args sleep 1000
	run -0 detached rtl run --detach --bundle "$BUNDLE" c
	run -0 rtl exec c cat /proc/self/status
	[ "$(status_field CapInh)" = 0000000000000000 ]
	run -0 rtl exec --cap CAP_CHOWN c cat /proc/self/status
	[ "$(status_field CapInh)" = 0000000000000000 ]
	[ "$(status_field CapAmb)" = 0000000000000000 ]
	# that it was added at all
	[ $((0x$(status_field CapPrm) & 1)) = 1 ]
}

# each_number VERB [OPTION...]: the working directory is each descriptor that rtl could have
each_number() {
	local fd

	for fd in {0..24}; do
		run "$@" "$fd"
		if [ "$status" = 0 ]; then assert_output "" || fail "descriptor $fd: $output"; fi
	done
}

# What such a directory could be: one from which the host's root is reached.
no_host='[ ! -e "$1" ] && [ ! -e "../../../../../../../../../../$1" ] || echo "reached $(pwd)"'

run_in() {
	update_config '.process.cwd = $dir' --arg dir "/proc/self/fd/$1"
	rtl run --bundle "$BUNDLE" c </dev/null
}

exec_in() {
	rtl exec --cwd "/proc/self/fd/$1" c sh -c "$no_host" sh "$TEST_DIR/marker" </dev/null
}

@test "attack: CVE-2024-21626: no descriptor of run is a working directory on the host" {
	echo host >"$TEST_DIR/marker"
	set_args sh -c "$no_host" sh "$TEST_DIR/marker"
	each_number run_in
}

@test "attack: CVE-2024-21626: nor is one of exec" {
	echo host >"$TEST_DIR/marker"
	set_args sleep 1000
	run -0 detached rtl run --detach --bundle "$BUNDLE" c
	each_number exec_in
}

@test "attack: CVE-2024-21626: nor one that the caller has left open" {
	local option

	set_args sleep 1000
	echo host >"$TEST_DIR/marker"
	set_args sh -c "$no_host; ls /proc/self/fd" sh "$TEST_DIR/marker"
	for option in "" "--preserve-fds 1"; do
		update_config '.process.cwd = "/proc/self/fd/3"'
		# shellcheck disable=SC2086 # none or two words
		run -1 sh -c 'rtl=$1 state=$2 bundle=$3; shift 3; exec 3</ 7</; "$rtl" --root "$state" run "$@" --bundle "$bundle" c' \
			sh "$RTL" "$STATE_DIR" "$BUNDLE" $option
		assert_output_has "process.cwd /proc/self/fd/3: "
	done
	# what is left open is closed: only 0-2 and the one by which ls reads
	update_config '.process.cwd = "/"'
	run -0 sh -c 'exec 3</ 7</; "$1" --root "$2" run --bundle "$3" c </dev/null' sh "$RTL" "$STATE_DIR" "$BUNDLE"
	[ "${#lines[@]}" -le 4 ]
	[[ $output != *reached* ]]
}

@test "attack: CVE-2024-21626: nor can the program itself be reached by a descriptor" {
	local fd

	for fd in {3..24}; do
		set_args "/proc/self/fd/$fd/../../../../../../../../../../bin/sh" -c 'echo reached'
		run -127 rtl run --bundle "$BUNDLE" c
		[[ $output != *reached* ]]
	done
}

@test "attack: CVE-2023-25809: without a cgroup namespace of its own a user's container writes no cgroup" {
	require_user
	update_config '.linux.namespaces |= map(select(.type != "cgroup")) |
		(.mounts[] | select(.type == "cgroup")) |= (.options -= ["ro"] | .options += ["rw"]) |
		if any(.mounts[]; .type == "cgroup") then . else
			.mounts += [{destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup", options: ["rw"]}] end'
	inside_sh 'find /sys/fs/cgroup -type d | while read -r dir; do
		mkdir "$dir/escaped" 2>/dev/null && rmdir "$dir/escaped" && echo "$dir"
	done | grep -vxF -e /sys/fs/cgroup; true'
	assert_output ""
}

@test "attack: CVE-2023-25809: nor on a host that has cgroup v2 only" {
	require_root
	require_v2
	local group

	# a cgroup of the user's own, which it could write from outside
	group=$(v2_mount)/$TEST_MARK-delegated
	mkdir "$group"
	update_config '.linux.namespaces |= map(select(.type != "cgroup")) + [{type: "user"}] |
		del(.linux.cgroupsPath, .linux.resources) |
		.linux.uidMappings = [{containerID: 0, hostID: 0, size: 1}] |
		.linux.gidMappings = [{containerID: 0, hostID: 0, size: 1}] |
		.mounts |= map(select(.destination != "/sys/fs/cgroup")) |
		.mounts += [{destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup", options: ["rw"]}]'
	set_args sh -c 'find /sys/fs/cgroup -maxdepth 3 -type d | while read -r dir; do
		mkdir "$dir/escaped" 2>/dev/null && rmdir "$dir/escaped" && echo "$dir"
	done; grep -c " /sys/fs/cgroup ro" /proc/self/mountinfo'
	run v2_rtl run --bundle "$BUNDLE" c
	rmdir "$group"
	[ "$status" = 0 ] || fail "$output"
	assert_output 1
}

@test "attack: CVE-2026-30892: exec --user NUMBER is that user, and what is no number is nobody" {
	map_ids
	set_args sleep 1000
	run -0 detached rtl run --detach --bundle "$BUNDLE" c
	run -0 rtl exec --user 1 c sh -c 'id -u; id -g'
	assert_output "1
0"
	run -0 rtl exec -u 1000:12 c sh -c 'id -u; id -g'
	assert_output "1000
12"
	run -1 rtl exec -u "" c id
	run -1 rtl exec -u 0x1 c id
	run -1 rtl exec -u 4294967296 c id
}
