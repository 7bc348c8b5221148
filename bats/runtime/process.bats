# SPDX-License-Identifier: Apache-2.0
# process of config.json: what the kernel says the program is.
load inside

setup() {
	test_setup
	make_bundle
}

# capability_sets BOUNDING EFFECTIVE PERMITTED INHERITABLE AMBIENT: JSON lists
capability_sets() {
	update_config '.process.capabilities = {bounding: $b, effective: $e, permitted: $p, inheritable: $i,
		ambient: $a}' --argjson b "$1" --argjson e "$2" --argjson p "$3" --argjson i "$4" --argjson a "$5"
}

# as_user UID GID: process.user, in a container that has that ID
as_user() {
	map_ids
	update_config '.process.user = {uid: $uid, gid: $gid}' --argjson uid "$1" --argjson gid "$2"
}

@test "capabilities: without any, all five sets are empty" {
	update_config 'del(.process.capabilities)'
	inside grep ^Cap /proc/self/status
	assert_output "CapInh:	0000000000000000
CapPrm:	0000000000000000
CapEff:	0000000000000000
CapBnd:	0000000000000000
CapAmb:	0000000000000000"
}

@test "capabilities: a program of root gets what the bounding set holds" {
	capability_sets '["CAP_CHOWN", "CAP_KILL"]' '["CAP_CHOWN"]' '["CAP_CHOWN"]' '[]' '[]'
	update_config '.process.noNewPrivileges = false'
	inside grep ^Cap /proc/self/status
	[ "$(status_field CapBnd)" = 0000000000000021 ]
	[ "$(status_field CapEff)" = 0000000000000021 ]
	[ "$(status_field CapInh)" = 0000000000000000 ]
	[ "$(status_field CapAmb)" = 0000000000000000 ]
	# with no_new_privs an execve adds nothing
	update_config '.process.noNewPrivileges = true'
	inside grep ^Cap /proc/self/status
	[ "$(status_field CapEff)" = 0000000000000001 ]
	[ "$(status_field CapPrm)" = 0000000000000001 ]
}

@test "capabilities: all five sets are as configured for a user that is not root" {
	as_user 1000 1000
	capability_sets '["CAP_CHOWN", "CAP_KILL", "CAP_SETUID"]' '["CAP_CHOWN", "CAP_KILL"]' \
		'["CAP_CHOWN", "CAP_KILL"]' '["CAP_CHOWN", "CAP_SETUID"]' '["CAP_CHOWN"]'
	inside grep ^Cap /proc/self/status
	[ "$(status_field CapBnd)" = 00000000000000a1 ]
	[ "$(status_field CapInh)" = 0000000000000081 ]
	[ "$(status_field CapAmb)" = 0000000000000001 ]
	# what is not ambient does not survive the execve
	[ "$(status_field CapPrm)" = 0000000000000001 ]
	[ "$(status_field CapEff)" = 0000000000000001 ]
}

@test "capabilities: a user that is not root and has none ambient has none" {
	as_user 1000 1000
	inside grep ^Cap /proc/self/status
	[ "$(status_field CapEff)" = 0000000000000000 ]
	[ "$(status_field CapPrm)" = 0000000000000000 ]
	[ "$(status_field CapBnd)" != 0000000000000000 ]
}

@test "capabilities: those kept for loading a filter are gone in the program" {
	update_config '.process.noNewPrivileges = false |
		.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW"}'
	capability_sets '["CAP_CHOWN"]' '["CAP_CHOWN"]' '["CAP_CHOWN"]' '[]' '[]'
	inside grep ^Cap /proc/self/status
	[ "$(status_field CapEff)" = 0000000000000001 ]
	[ "$(status_field CapPrm)" = 0000000000000001 ]
	as_user 1000 1000
	inside grep ^Cap /proc/self/status
	[ "$(status_field CapPrm)" = 0000000000000000 ]
}

@test "capabilities: what the program may not do, it cannot" {
	capability_sets '[]' '[]' '[]' '[]' '[]'
	inside_sh 'hostname other 2>&1 || chown 1 /dev/shm || mount -t tmpfs none /tmp || echo none'
	[ "${#lines[@]}" = 4 ]
	[ "${lines[3]}" = none ]
}

@test "capabilities: an unknown name is refused and named" {
	capability_sets '["CAP_CHOWN", "CAP_NOPE"]' '[]' '[]' '[]' '[]'
	fails "process.capabilities.bounding[1]: unknown capability CAP_NOPE"
}

@test "rlimits: soft and hard are as configured" {
	update_config '.process.rlimits = [{type: "RLIMIT_NOFILE", soft: 100, hard: 200},
		{type: "RLIMIT_CORE", soft: 0, hard: 0}, {type: "RLIMIT_STACK", soft: 1048576, hard: 2097152}]'
	inside grep -E '^Max (open files|core|stack)' /proc/self/limits
	[ "$(awk '/open files/ { print $4, $5 }' <<<"$output")" = "100 200" ]
	[ "$(awk '/core/ { print $5, $6 }' <<<"$output")" = "0 0" ]
	[ "$(awk '/stack/ { print $4, $5 }' <<<"$output")" = "1048576 2097152" ]
}

@test "rlimits: all sixteen" {
	update_config '.process.rlimits = [
		{type: "RLIMIT_CPU", soft: 1000, hard: 1001}, {type: "RLIMIT_FSIZE", soft: 10000000, hard: 10000001},
		{type: "RLIMIT_DATA", soft: 1099511627776, hard: 1099511627777},
		{type: "RLIMIT_STACK", soft: 4194304, hard: 8388608}, {type: "RLIMIT_CORE", soft: 0, hard: 1},
		{type: "RLIMIT_RSS", soft: 1099511627778, hard: 1099511627779},
		{type: "RLIMIT_NPROC", soft: 5000, hard: 5001}, {type: "RLIMIT_NOFILE", soft: 100, hard: 101},
		{type: "RLIMIT_MEMLOCK", soft: 4096, hard: 8192},
		{type: "RLIMIT_AS", soft: 1099511627780, hard: 1099511627781},
		{type: "RLIMIT_LOCKS", soft: 102, hard: 103}, {type: "RLIMIT_SIGPENDING", soft: 104, hard: 105},
		{type: "RLIMIT_MSGQUEUE", soft: 106, hard: 107}, {type: "RLIMIT_NICE", soft: 0, hard: 0},
		{type: "RLIMIT_RTPRIO", soft: 0, hard: 0}, {type: "RLIMIT_RTTIME", soft: 108, hard: 109}]'
	inside_sh 'sed -n "2,\$ { s/^\(.\{25\}\) */\1|/; s/  */ /g; s/^Max //; p }" /proc/self/limits'
	[ "$(sed 's/ *|/ /; s/ [a-z]* *$//; s/ *$//' <<<"$output")" = "cpu time 1000 1001
file size 10000000 10000001
data size 1099511627776 1099511627777
stack size 4194304 8388608
core file size 0 1
resident set 1099511627778 1099511627779
processes 5000 5001
open files 100 101
locked memory 4096 8192
address space 1099511627780 1099511627781
file locks 102 103
pending signals 104 105
msgqueue size 106 107
nice priority 0 0
realtime priority 0 0
realtime timeout 108 109" ] || fail "$output"
}

@test "rlimits: the caller's own limits are inherited when none is configured" {
	update_config 'del(.process.rlimits)'
	set_args sh -c 'ulimit -Sn'
	run -0 sh -c 'ulimit -Sn 321; exec "$@"' sh "$RTL" --root "$STATE_DIR" run --bundle "$BUNDLE" c
	assert_output 321
}

@test "rlimits: an unknown, a repeated and a contradicting one are refused" {
	update_config '.process.rlimits = [{type: "RLIMIT_NOPE", soft: 1, hard: 1}]'
	fails "process.rlimits[0].type: unknown limit RLIMIT_NOPE"
	update_config '.process.rlimits = [{type: "RLIMIT_CORE", soft: 1, hard: 1}, {type: "RLIMIT_CORE", soft: 2, hard: 2}]'
	fails "process.rlimits[1]"
	update_config '.process.rlimits = [{type: "RLIMIT_CORE", soft: 2, hard: 1}]'
	fails "process.rlimits[0].soft"
}

@test "rlimits: one that the caller may not set is named" {
	require_user
	update_config '.process.rlimits = [{type: "RLIMIT_NOFILE", soft: 100000000, hard: 100000000}]'
	fails "RLIMIT_NOFILE"
}

@test "user: uid, gid and additional groups are all of the process" {
	as_user 1000 1001
	update_config '.process.user.additionalGids = [5, 20]'
	inside grep -E '^(Uid|Gid|Groups):' /proc/self/status
	[ "$(status_field Uid)" = "1000 1000 1000 1000" ]
	[ "$(status_field Gid)" = "1001 1001 1001 1001" ]
	[ "$(status_field Groups)" = "5 20" ]
}

@test "user: no group of the caller is left" {
	map_ids
	inside grep Groups: /proc/self/status
	[ -z "$(status_field Groups | tr -d ' ')" ]
}

@test "user: the program's files are its user's" {
	as_user 1000 1000
	inside_sh ': >/dev/shm/file; stat -c "%u:%g" /dev/shm/file'
	assert_output "1000:1000"
}

@test "user: a user that is not mapped is refused" {
	require_user
	update_config '.process.user = {uid: 1000, gid: 0}'
	fails "1000"
}

@test "user: umask is as configured, or 022" {
	inside_sh 'umask; : >/dev/shm/file; stat -c %a /dev/shm/file'
	assert_output "0022
644"
	update_config '.process.user.umask = 63'
	inside_sh umask
	assert_output 0077
}

@test "cwd: the program begins there" {
	update_config '.process.cwd = "/usr"'
	inside pwd
	assert_output /usr
}

@test "cwd: one that only the program's user may enter is entered as that user" {
	as_user 1000 1000
	mkdir -m 711 "$BUNDLE/rootfs/closed"
	chmod 700 "$BUNDLE/rootfs/closed"
	update_config '.process.cwd = "/closed"'
	fails "process.cwd /closed"
}

@test "cwd: one outside the root filesystem is refused" {
	update_config '.process.cwd = "/proc/self/fd/3"'
	run -1 sh -c '"$1" --root "$2" run --preserve-fds 1 --bundle "$3" c 3</' sh "$RTL" "$STATE_DIR" "$BUNDLE"
	assert_output_has "process.cwd /proc/self/fd/3: outside the root filesystem"
	assert_no_leftovers
}

@test "cwd: no descriptor of rtl leads outside the root" {
	local fd

	# its own directories are the root at most
	set_args sh -c '[ "$(stat -c %d:%i .)" = "$(stat -c %d:%i /)" ]'
	for fd in {3..14}; do
		update_config '.process.cwd = $dir' --arg dir "/proc/self/fd/$fd"
		run rtl run --bundle "$BUNDLE" c
		[ "$status" = 0 ] || assert_output_has "process.cwd /proc/self/fd/$fd"
	done
}

@test "env: it is the configured one and nothing else" {
	update_config '.process.env = ["PATH=/bin", "A=1", "B=two words", "RTL_TEST=x"]'
	SECRET=host inside env
	assert_output "PATH=/bin
A=1
B=two words
RTL_TEST=x"
}

@test "env: the program is searched in the configured PATH, not the caller's" {
	mkdir "$BUNDLE/rootfs/special"
	printf '#!/bin/sh\necho special\n' >"$BUNDLE/rootfs/special/prog"
	chmod 755 "$BUNDLE/rootfs/special/prog"
	update_config '.process.env = ["PATH=/nowhere:/special"]'
	inside prog
	assert_output special
}

@test "no_new_privs: it is set when asked for, and only then" {
	update_config '.process.noNewPrivileges = true'
	inside grep NoNewPrivs /proc/self/status
	[ "$(status_field NoNewPrivs)" = 1 ]
	update_config '.process.noNewPrivileges = false'
	inside grep NoNewPrivs /proc/self/status
	[ "$(status_field NoNewPrivs)" = 0 ]
}

@test "oomScoreAdj: it is set, upwards by anybody" {
	update_config '.process.oomScoreAdj = 321'
	inside cat /proc/self/oom_score_adj
	assert_output 321
}

@test "oomScoreAdj: it is the caller's when not configured" {
	set_args cat /proc/self/oom_score_adj
	run -0 sh -c 'echo 111 >/proc/self/oom_score_adj; exec "$@"' sh \
		"$RTL" --root "$STATE_DIR" run --bundle "$BUNDLE" c
	assert_output 111
}

@test "process: it leads a session of its own" {
	inside_sh 'cut -d" " -f6 /proc/self/stat'
	# process 1's session
	assert_output 1
}

@test "process: AppArmor and SELinux labels that cannot be set are errors" {
	[ ! -d /sys/kernel/security/apparmor ] || skip "AppArmor is active here"
	[ ! -d /sys/fs/selinux ] || skip "SELinux is active here"
	update_config '.process.apparmorProfile = "some-profile"'
	fails "process.apparmorProfile: some-profile"
	update_config 'del(.process.apparmorProfile) | .process.selinuxLabel = "system_u:system_r:container_t:s0"'
	fails "process.selinuxLabel"
}

@test "intelRdt: where resctrl is not mounted it is an error, and not where nothing asks for it" {
	[ ! -e /sys/fs/resctrl/schemata ] || skip "resctrl is mounted here"
	update_config '.linux.intelRdt = {closID: "x", schemata: ["MB:0=50"]}'
	fails "linux.intelRdt: resctrl is not mounted at /sys/fs/resctrl (it takes a CPU with resource control and, since Linux 4.10, CONFIG_X86_CPU_RESCTRL)"
	update_config '.linux.intelRdt = {closID: "a/b"}'
	fails "linux.intelRdt.closID: a/b is no name of a group"
	update_config '.linux.intelRdt = {memBwSchema: "L3:0=f"}'
	fails "linux.intelRdt.memBwSchema: expected one line that begins with MB:"
	update_config '.linux.intelRdt = {schemata: "MB:0=50"}'
	fails "linux.intelRdt.schemata"
	update_config 'del(.linux.intelRdt)'
	inside true
}
