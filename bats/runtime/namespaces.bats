# SPDX-License-Identifier: Apache-2.0
# linux.namespaces, ID mappings, host names, sysctls: new, inherited and joined.
load inside

setup() {
	test_setup
	make_bundle
}

# ns KIND [PID]: which one that is, in the words of /proc
ns() {
	readlink "/proc/${2:-self}/ns/$1"
}

# inside_ns KIND...: those of a container, a line each
inside_ns() {
	inside_sh 'for kind; do readlink /proc/self/ns/$kind; done' "$@"
}

# without TYPE: takes that namespace out of the config, and what needs it
without() {
	update_config 'del(.linux.namespaces[] | select(.type == $type)) |
		if $type == "uts" then del(.hostname) elif $type == "ipc" then del(.mounts[] | select(.type == "mqueue"))
		else . end' --arg type "$1"
}

# join TYPE PATH
join() {
	without "$1"
	update_config '.linux.namespaces += [{type: $type, path: $path}]' --arg type "$1" --arg path "$2"
}

@test "namespaces: every one that is asked for is new" {
	local line kind

	[ "$RTL_TEST_MODE" = root ] || update_config '.linux.namespaces += [{type: "network"}]'
	inside_sh 'for kind in pid net ipc uts mnt cgroup; do echo $kind $(readlink /proc/self/ns/$kind); done'
	for line in "${lines[@]}"; do
		kind=${line%% *}
		[[ $line =~ ^$kind\ $kind:\[[0-9]+\]$ ]]
		[ "${line#* }" != "$(ns "$kind")" ]
	done
	[ "${#lines[@]}" = 6 ]
}

@test "namespaces: those that are not asked for are the caller's" {
	local kind

	for kind in uts ipc network cgroup; do
		without $kind
	done
	inside_ns uts ipc net cgroup
	assert_output "$(ns uts)
$(ns ipc)
$(ns net)
$(ns cgroup)"
}

@test "namespaces: without a PID namespace the program is no process 1" {
	without pid
	inside_sh 'readlink /proc/self/ns/pid; [ $$ != 1 ] && echo other'
	assert_output "$(ns pid)
other"
}

@test "namespaces: a new network has its loopback and nothing else" {
	[ "$RTL_TEST_MODE" = root ] || update_config '.linux.namespaces += [{type: "network"}]'
	inside ls /proc/sys/net/ipv4/conf
	assert_output "all
default
lo"
}

# The container "first", whose namespaces another one joins.
start_first() {
	local config=$BUNDLE

	start_container first
	FIRST=$(container_pid first)
	BUNDLE=$config
}

@test "namespaces: of another container are joined by their paths" {
	local kind

	start_first
	for kind in uts ipc; do
		join $kind "/proc/$FIRST/ns/$kind"
	done
	if [ "$RTL_TEST_MODE" = user ]; then
		# who owns them is entered as well
		update_config 'del(.linux.uidMappings, .linux.gidMappings)'
		join user "/proc/$FIRST/ns/user"
	else
		join network "/proc/$FIRST/ns/net"
	fi
	inside_ns uts ipc net user
	assert_output "$(ns uts "$FIRST")
$(ns ipc "$FIRST")
$(ns net "$FIRST")
$(ns user "$FIRST")"
}

refused_mapping() {
	run -1 rtl run --bundle "$BUNDLE" c
	assert_output_has "$1"
	assert_status c absent
}

@test "namespaces: a joined user namespace may be described by mappings, which must be its own" {
	local map

	if [ "$RTL_TEST_MODE" = root ]; then
		update_config '.linux.namespaces += [{type: "user"}] |
			.linux.uidMappings = [{containerID: 0, hostID: 100000, size: 10}, {containerID: 10, hostID: 0, size: 1}] |
			.linux.gidMappings = [{containerID: 0, hostID: 200000, size: 10}]'
		chown -R 100000:200000 "$BUNDLE/rootfs"
	fi
	map=$(jq -c '.linux.uidMappings' "$BUNDLE/config.json")
	set_args sh -c 'trap "exit 0" TERM; sleep 1000 & wait'
	cp -a "$BUNDLE" "$TEST_DIR/first"
	update_config 'if .linux.cgroupsPath then .linux.cgroupsPath += "-second" else . end'
	start_first
	without user
	join user "/proc/$FIRST/ns/user"
	inside_ns user
	assert_output "$(ns user "$FIRST")"
	update_config '.linux.uidMappings[0].size += 1'
	refused_mapping "linux.uidMappings: the user namespace /proc/$FIRST/ns/user has other mappings"
	update_config '.linux.uidMappings = $map | .linux.gidMappings[0].hostID += 1' --argjson map "$map"
	refused_mapping "linux.gidMappings: the user namespace /proc/$FIRST/ns/user has other mappings"
	update_config '.linux.gidMappings = []'
	refused_mapping "linux.gidMappings: the user namespace /proc/$FIRST/ns/user has other mappings"
}

@test "namespaces: a PID namespace is joined by its path, and its processes are seen" {
	start_first
	join pid "/proc/$FIRST/ns/pid"
	if [ "$RTL_TEST_MODE" = user ]; then
		update_config 'del(.linux.uidMappings, .linux.gidMappings)'
		join user "/proc/$FIRST/ns/user"
	fi
	inside_sh 'readlink /proc/self/ns/pid; [ $$ != 1 ] && tr "\0" " " </proc/1/cmdline'
	[ "${lines[0]}" = "$(ns pid "$FIRST")" ]
	[[ ${lines[1]} = "sh -c trap"* ]]
}

@test "namespaces: a mount namespace is joined by its path" {
	require_root
	# the other one must have the root filesystem at the same place
	in_background unshare --mount --propagation private sh -c \
		'mount -t tmpfs none "$1" && : >"$1/marked" && : >"$1/up" && exec sleep 1000' sh "$BUNDLE/rootfs/var"
	wait_for '[ -e "/proc/$BACKGROUND_PID/root$BUNDLE/rootfs/var/up" ]'
	local pid

	pid=$(pgrep -P "$BACKGROUND_PID" || echo "$BACKGROUND_PID")
	join mount "/proc/$pid/ns/mnt"
	inside_sh 'readlink /proc/self/ns/mnt; ls /var'
	[ "${lines[0]}" = "$(ns mnt "$pid")" ]
	assert_output_has marked
}

@test "namespaces: the joined one lives on when its visitor ends" {
	start_first
	join uts "/proc/$FIRST/ns/uts"
	if [ "$RTL_TEST_MODE" = user ]; then
		update_config 'del(.linux.uidMappings, .linux.gidMappings)'
		join user "/proc/$FIRST/ns/user"
	fi
	inside true
	assert_status first running
}

@test "namespaces: a path that does not exist is named" {
	join ipc "$TEST_DIR/none"
	fails "open ipc namespace $TEST_DIR/none"
}

@test "namespaces: a path that is another kind of namespace is refused" {
	start_first
	join ipc "/proc/$FIRST/ns/uts"
	run -1 rtl run --bundle "$BUNDLE" c
	assert_output_has "ipc namespace"
	assert_status c absent
	: >"$TEST_DIR/file"
	join ipc "$TEST_DIR/file"
	run -1 rtl run --bundle "$BUNDLE" c
	assert_output_has "ipc namespace"
	assert_status c absent
}

@test "namespaces: a second one of a kind is refused" {
	update_config '.linux.namespaces += [{type: "ipc"}]'
	fails "a second ipc namespace"
}

@test "namespaces: an unknown kind is refused" {
	update_config '.linux.namespaces += [{type: "nope"}]'
	fails "linux.namespaces[$(jq '.linux.namespaces | length - 1' "$BUNDLE/config.json")].type"
}

@test "namespaces: without a mount namespace nothing is mounted on the host" {
	without mount
	fails "mounts: need a mount namespace"
}

@test "names: hostname and domainname are the container's own" {
	local host

	host=$(hostname)
	update_config '.hostname = "inside" | .domainname = "example.org"'
	inside cat /proc/sys/kernel/hostname /proc/sys/kernel/domainname
	assert_output "inside
example.org"
	[ "$(hostname)" = "$host" ]
}

@test "names: a hostname without a UTS namespace is refused" {
	update_config 'del(.linux.namespaces[] | select(.type == "uts")) | .hostname = "inside"'
	fails "hostname: needs a uts namespace"
}

@test "time: a new time namespace has the offsets of the config" {
	[ -e /proc/self/ns/time ] || skip "this kernel has no time namespaces"
	local host

	update_config '.linux.namespaces += [{type: "time"}] |
		.linux.timeOffsets = {boottime: {secs: 1000000}, monotonic: {secs: 2000000}}'
	host=$(cut -d. -f1 /proc/uptime)
	inside_sh 'readlink /proc/self/ns/time; cut -d. -f1 /proc/uptime'
	[ "${lines[0]}" != "$(ns time)" ]
	[ $((lines[1] - host)) -ge 1000000 ]
	[ $((lines[1] - host)) -lt 1000060 ]
	update_config '.linux.timeOffsets = {boottime: {secs: -7, nanosecs: 5}, monotonic: {secs: 9, nanosecs: 999999999}}'
	inside cat /proc/self/timens_offsets
	[ "$(tr -s ' ' <<<"$output")" = "monotonic 9 999999999
boottime -7 5" ]
}

@test "sysctl: a parameter of the container's namespaces is set there only" {
	local host

	host=$(cat /proc/sys/kernel/msgmax)
	update_config '.linux.sysctl = {"kernel.msgmax": "4321"}'
	inside cat /proc/sys/kernel/msgmax
	assert_output 4321
	[ "$(cat /proc/sys/kernel/msgmax)" = "$host" ]
	[ "$RTL_TEST_MODE" = root ] || update_config '.linux.namespaces += [{type: "network"}]'
	update_config '.linux.sysctl = {"net.ipv4.ip_unprivileged_port_start": "80", "net/ipv4/conf/lo/forwarding": "1"}'
	inside cat /proc/sys/net/ipv4/ip_unprivileged_port_start /proc/sys/net/ipv4/conf/lo/forwarding
	assert_output "80
1"
}

@test "sysctl: names with dots and slashes, of every namespace that has some" {
	local name value

	without uts
	update_config '.linux.namespaces += [{type: "uts"}]'
	while read -r name value; do
		# these belong to the host's root, whose ID no user namespace of an ordinary user has
		[[ $RTL_TEST_MODE = root || $name != kernel?*name ]] || continue
		update_config '.linux.sysctl = {($name): $value}' --arg name "$name" --arg value "$value"
		inside cat "/proc/sys/$(tr . / <<<"$name")"
		[ "$(tr '\t' ' ' <<<"$output")" = "$value" ] || fail "$name is $output, expected $value"
	done <<-'END'
		kernel.msgmax 4321
		kernel/msgmnb 5432
		kernel.msgmni 100
		kernel/sem 100 2000 50 30
		kernel.shmall 1000
		kernel.shmmax 1000000
		kernel/shmmni 99
		kernel.shm_rmid_forced 1
		fs.mqueue.msg_max 7
		fs/mqueue/msgsize_max 4096
		kernel.hostname from-sysctl
		kernel/domainname from.sysctl
	END
}

@test "sysctl: a host name that is given twice is refused" {
	update_config '.hostname = "one" | .linux.sysctl = {"kernel.hostname": "two"}'
	fails "linux.sysctl.kernel.hostname: conflicts with the member hostname"
}

@test "sysctl: one that does not exist, and a value that cannot be, are named" {
	update_config '.linux.sysctl = {"fs.mqueue.nope": "1"}'
	fails "linux.sysctl.fs.mqueue.nope"
	update_config '.linux.sysctl = {"kernel.msgmax": "much"}'
	fails "linux.sysctl.kernel.msgmax"
}

@test "sysctl: one that would change the host is refused" {
	update_config '.linux.sysctl = {"kernel.sysrq": "0"}'
	fails "linux.sysctl.kernel.sysrq"
	without network
	update_config '.linux.sysctl = {"net.ipv4.ip_forward": "1"}'
	fails "linux.sysctl.net.ipv4.ip_forward"
	update_config '.linux.sysctl = {"net.ipv4.conf/../../../kernel.sysrq": "1"}'
	fails "linux.sysctl"
}

# map [INSIDE OUTSIDE SIZE]...: the same user namespace for users and groups
map() {
	local rows="[]"

	while [ $# -gt 0 ]; do
		rows=$(jq -c '. + [{containerID: $i, hostID: $o, size: $n}]' \
			--argjson i "$1" --argjson o "$2" --argjson n "$3" <<<"$rows")
		shift 3
	done
	update_config 'del(.linux.namespaces[] | select(.type == "user")) |
		.linux.namespaces += [{type: "user"}] | .linux.uidMappings = $rows | .linux.gidMappings = $rows' \
		--argjson rows "$rows"
}

@test "user namespace: one ID is mapped without newuidmap" {
	require_user
	mkdir "$TEST_DIR/path"
	printf '#!/bin/sh\necho "$0 $*" >>%s\nexit 1\n' "$TEST_DIR/called" >"$TEST_DIR/path/newuidmap"
	cp "$TEST_DIR/path/newuidmap" "$TEST_DIR/path/newgidmap"
	chmod 755 "$TEST_DIR/path/"*
	set_args sh -c 'cat /proc/self/uid_map /proc/self/gid_map; cat /proc/self/setgroups; id -u; id -g'
	PATH=$TEST_DIR/path:$PATH run -0 rtl run --bundle "$BUNDLE" c
	[ "$(tr -s ' ' <<<"$output")" = " 0 $(id -u) 1
 0 $(id -g) 1
deny
0
0" ]
	[ ! -e "$TEST_DIR/called" ]
}

@test "user namespace: one ID may have any number inside" {
	require_user
	update_config '.linux.uidMappings[0].containerID = 1000 | .linux.gidMappings[0].containerID = 1001 |
		.process.user = {uid: 1000, gid: 1001}'
	inside_sh 'cat /proc/self/uid_map /proc/self/gid_map; id -u; id -g'
	[ "$(tr -s ' ' <<<"$output")" = " 1000 $(id -u) 1
 1001 $(id -g) 1
1000
1001" ]
}

@test "user namespace: what is written in it is the caller's outside" {
	require_user
	shared_dir
	inside_sh 'echo >/shared/file'
	[ "$(stat -c %u:%g "$TEST_DIR/shared/file")" = "$(id -u):$(id -g)" ]
}

@test "user namespace: ranges are mapped by newuidmap and newgidmap" {
	require_user
	map_ids
	shared_dir
	update_config '.process.user = {uid: 5, gid: 6}'
	inside_sh 'cat /proc/self/uid_map /proc/self/gid_map /proc/self/setgroups; echo >/shared/file'
	[ "$(tr -s ' ' <<<"$output")" = " 0 $(id -u) 1
 1 $(first_subid /etc/subuid) 65535
 0 $(id -g) 1
 1 $(first_subid /etc/subgid) 65535
allow" ] || fail "$output"
	[ "$(stat -c %u:%g "$TEST_DIR/shared/file")" = \
		"$(($(first_subid /etc/subuid) + 4)):$(($(first_subid /etc/subgid) + 5))" ]
}

@test "user namespace: a range that is not granted is refused, with the way to get it" {
	require_user
	require_subids
	map 0 "$(id -u)" 1 1 3000000000 65536
	fails "/etc/subuid"
}

@test "user namespace: a missing newuidmap is named" {
	require_user
	require_subids
	[ -x /usr/bin/newuidmap ] || skip "newuidmap is elsewhere"
	# the map of users only: no helper can be found in a PATH without one, but /usr/bin is tried
	map 0 "$(id -u)" 1
	update_config '.linux.uidMappings += [{containerID: 1, hostID: $id, size: 3000000}]' \
		--argjson id "$(first_subid /etc/subuid)"
	fails newuidmap
}

@test "user namespace: an ordinary user without one in the config gets one" {
	require_user
	update_config 'del(.linux.namespaces[] | select(.type == "user")) | del(.linux.uidMappings, .linux.gidMappings)'
	inside_sh 'readlink /proc/self/ns/user; id -u; cat /proc/self/uid_map'
	[ "${lines[0]}" != "$(ns user)" ]
	[ "${lines[1]}" = 0 ]
	[[ $(tr -s ' ' <<<"${lines[2]}") = " 0 $(id -u) 1" ]]
	if [ -n "$(first_subid /etc/subuid)" ]; then
		[[ $(tr -s ' ' <<<"${lines[3]}") = " 1 $(first_subid /etc/subuid) "* ]]
	fi
}

@test "user namespace: root maps a range directly" {
	require_root
	# the root filesystem is root's outside, and nobody's inside
	chmod -R a+rX "$BUNDLE"
	map 0 200000 65536
	update_config 'del(.linux.resources)'
	inside_sh 'cat /proc/self/uid_map; cat /proc/self/setgroups; id -u; stat -c %u /'
	[ "$(tr -s ' ' <<<"$output")" = " 0 200000 65536
allow
0
65534" ]
}

@test "user namespace: root without one has none" {
	require_root
	inside readlink /proc/self/ns/user
	assert_output "$(ns user)"
}

@test "user namespace: mappings without it, or it without mappings, are refused" {
	update_config 'del(.linux.namespaces[] | select(.type == "user")) |
		.linux.uidMappings = [{containerID: 0, hostID: 0, size: 1}] | .linux.gidMappings = .linux.uidMappings'
	fails "linux.uidMappings: needs a user namespace"
	update_config '.linux.namespaces += [{type: "user"}] | del(.linux.uidMappings, .linux.gidMappings)'
	fails "a new user namespace needs linux.uidMappings"
}

@test "user namespace: additional groups that cannot be set are told of" {
	require_user
	update_config '.process.user.additionalGids = [5]'
	inside grep Groups: /proc/self/status
	assert_output_has "process.user.additionalGids"
}

# The table: every kind, new, joined and inherited, with and without a user namespace.

# as_configured KIND PROC_NAME HOW: runs the container, compares what it is in
as_configured() {
	local kind=$1 proc_name=$2 how=$3 wanted

	# shellcheck disable=SC2154 # set by run
	run -0 rtl run --bundle "$BUNDLE" c || fail "$kind $how: $output"
	case $how in
	inherited) wanted=$(ns "$proc_name") ;;
	joined) wanted=$(ns "$proc_name" "$FIRST") ;;
	new)
		wanted=$output
		[ "$output" != "$(ns "$proc_name")" ] && [ "$output" != "$(ns "$proc_name" "$FIRST")" ] ||
			fail "$kind: $output is not new"
		[[ $output = "$proc_name:["* ]] || fail "$kind new: $output"
		;;
	esac
	[ "$output" = "$wanted" ] || fail "$kind $how: $output, expected $wanted"
}

# all_kinds: `base.json` is a config with all kinds new, of which the container "first" is one
all_kinds() {
	local kind proc_name how

	update_config '.linux.namespaces += ([{type: "network"}, {type: "time"}] | map(select(.type as $t |
		($has | index($t)) == null)))' --argjson has "$(jq -c '[.linux.namespaces[].type]' "$BUNDLE/config.json")"
	cp "$BUNDLE/config.json" "$TEST_DIR/base.json"
	set_args sleep 1000
	[ "$RTL_TEST_MODE" = user ] || update_config '.linux.cgroupsPath += "-first"'
	run -0 detached rtl run --detach --bundle "$BUNDLE" first
	FIRST=$(container_pid first)
	while read -r kind proc_name; do
		[ -e "/proc/self/ns/$proc_name" ] || continue
		for how in new joined inherited; do
			# what shares the mounts of another needs a root there: see the test of its own
			[ "$kind" != mount ] || [ "$how" = new ] || continue
			cp "$TEST_DIR/base.json" "$BUNDLE/config.json"
			set_args readlink "/proc/self/ns/$proc_name"
			[ $how = new ] || without "$kind"
			[ $how != joined ] || join "$kind" "/proc/$FIRST/ns/$proc_name"
			if [ $how = joined ] && [ -n "$HAS_USER" ]; then
				# whose owner is entered as well
				update_config 'del(.linux.uidMappings, .linux.gidMappings)'
				join user "/proc/$FIRST/ns/user"
			fi
			as_configured "$kind" "$proc_name" $how
		done
	done <<-'END'
		pid pid
		network net
		ipc ipc
		uts uts
		mount mnt
		cgroup cgroup
		time time
	END
}

@test "namespaces: every kind, new, joined and inherited, without a user namespace" {
	require_root
	HAS_USER='' all_kinds
}

@test "namespaces: every kind, new, joined and inherited, with a user namespace" {
	HAS_USER=yes
	if [ "$RTL_TEST_MODE" = root ]; then
		chmod -R a+rX "$BUNDLE"
		map 0 200000 65536
		update_config 'del(.linux.resources)'
	fi
	all_kinds
	# and that one: new so far, here joined and looked at
	cp "$TEST_DIR/base.json" "$BUNDLE/config.json"
	set_args readlink /proc/self/ns/user
	as_configured user user new
	update_config 'del(.linux.uidMappings, .linux.gidMappings)'
	join user "/proc/$FIRST/ns/user"
	as_configured user user joined
}

@test "namespaces: PID and time together" {
	[ -e /proc/self/ns/time ] || skip "this kernel has no time namespaces"
	update_config '.linux.namespaces += [{type: "time"}] | .linux.timeOffsets = {monotonic: {secs: 5}}'
	inside_sh 'echo $$; readlink /proc/self/ns/time; sh -c "readlink /proc/self/ns/time"'
	[ "${lines[0]}" = 1 ]
	[ "${lines[1]}" != "$(ns time)" ]
	# the children are in the same one
	[ "${lines[2]}" = "${lines[1]}" ]
}

@test "namespaces: the cgroup of a new cgroup namespace is its root" {
	inside_sh 'grep ^0:: /proc/self/cgroup'
	assert_output "0::/"
}
