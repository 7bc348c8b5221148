# SPDX-License-Identifier: Apache-2.0
# rtl exec: its options, one by one, seen from the process they are for (exec.bats: the rest).
load inside

# cgroup_mount [CONTROLLER]: where that v1 hierarchy, or without it v2, is mounted
cgroup_mount() {
	if [ $# = 1 ]; then
		awk -v name="$1" '{ i = index($0, " - "); split(substr($0, i + 3), part, " ") }
			part[1] == "cgroup" && ("," part[3] ",") ~ ("," name ",") { print $5; exit }' /proc/self/mountinfo
	else
		awk '/ - cgroup2 / { print $5; exit }' /proc/self/mountinfo
	fi
}

# sleeping_container NAME: its config may have been changed before; waits for ever
sleeping_container() {
	set_args sh -c 'sleep 1000'
	start_container "$1"
}

@test "exec: --user takes names of the container's own passwd and group files" {
	make_bundle web
	map_ids
	printf 'root:x:0:0::/:\nuser:x:1000:1001::/:\n' >"$BUNDLE/rootfs/etc/passwd"
	printf 'root:x:0:\nother:x:1001:\nred:x:7:x,user\nblue:x:8:user\nnone:x:9:users,auser\n' \
		>"$BUNDLE/rootfs/etc/group"
	sleeping_container web
	run -0 rtl exec --user user web grep -E '^(Uid|Gid|Groups):' /proc/self/status
	[ "$(status_field Uid)" = "1000 1000 1000 1000" ]
	[ "$(status_field Gid)" = "1001 1001 1001 1001" ]
	[ "$(status_field Groups)" = "7 8" ]
	run -0 rtl exec --user user:blue web grep -E '^(Uid|Gid|Groups):' /proc/self/status
	[ "$(status_field Uid)" = "1000 1000 1000 1000" ]
	[ "$(status_field Gid)" = "8 8 8 8" ]
	[ "$(status_field Groups)" = "" ]
	run -0 rtl exec --user 5:red web sh -c 'id -u; id -g'
	assert_output "5
7"
	run -0 rtl exec --user user:3 --additional-gids 4 web sh -c 'id -u; id -G'
	assert_output "1000
3 4"
}

@test "exec: --user by a name that is not there, or whose entry is malformed, is refused" {
	local entry

	start_container web
	run -1 rtl exec --user nobody-here web id
	assert_output "rtl: exec in container web: --user nobody-here: /etc/passwd of the container has no nobody-here"
	run -1 rtl exec --user root:nobody-here web id
	assert_output_has "--user root:nobody-here: /etc/group of the container has no nobody-here"
	for entry in x:x::0 x:x:-1:0 x:x:0x0:0 x:x:4294967295:0 x:x:4294967296:0 x:x:0 x 'x:x: 0:0' x:x:1000:; do
		echo "$entry" >"$BUNDLE/rootfs/etc/passwd"
		run -1 rtl exec --user x web id
		assert_output_has "--user x: /etc/passwd of the container"
	done
	rm "$BUNDLE/rootfs/etc/passwd"
	run -1 rtl exec --user root web id
	assert_output_has "/etc/passwd"
	mkfifo "$BUNDLE/rootfs/etc/passwd"
	run -1 timeout -s KILL 10 "$RTL" --root "$STATE_DIR" exec --user root web id
	assert_output_has "/etc/passwd of the container is not a regular file"
}

@test "exec: the passwd file of --user is looked up in the container's root, whatever links it has" {
	local up=../../../../../../../../..

	make_bundle web
	map_ids
	echo 'mark:x:0:0::/:' >"$TEST_DIR/passwd"
	chmod 644 "$TEST_DIR/passwd"
	mkdir -p "$BUNDLE/rootfs/opt"
	echo 'mark:x:12:0::/:' >"$BUNDLE/rootfs/opt/passwd"
	ln -sf "$up/opt/passwd" "$BUNDLE/rootfs/etc/passwd"
	sleeping_container web
	run -0 rtl exec --user mark web id -u
	assert_output 12
	ln -sf "$up$TEST_DIR/passwd" "$BUNDLE/rootfs/etc/passwd"
	run -1 rtl exec --user mark web id -u
	assert_output_has "/etc/passwd"
	ln -sf /proc/self/root/etc/passwd "$BUNDLE/rootfs/etc/passwd"
	run -1 rtl exec --user root web id -u
	assert_output_has "/etc/passwd"
}

@test "exec: what is no user never becomes root (CVE-2026-30892)" {
	local user

	start_container web
	for user in "" -1 +0 0x0 0x3e8 " 0" "0 " 0.0 1e3 1000x 0root 4294967295 4294967296 18446744073709551616 \
		99999999999999999999999 -4294967296 : :0 0: 1000: 1000:x 1000:-1 1000:0x0 1000:4294967295 \
		1000:4294967296 1000:0:0 1000:0x 1000,0 ; do
		run -1 rtl exec --user "$user" web id
		assert_output_has "--user $user: "
		[[ $output != *uid=* ]]
	done
	run -1 rtl exec --additional-gids -1 web id
	assert_output_has "--additional-gids -1: is not a number below 4294967295"
}

@test "exec: --cap adds nothing that a file could inherit (CVE-2022-29162)" {
	make_bundle web
	update_config '.process.capabilities = {bounding: ["CAP_KILL"], effective: ["CAP_KILL"],
		permitted: ["CAP_KILL"]}'
	sleeping_container web
	run -0 rtl exec --cap CAP_CHOWN web cat /proc/self/status
	[ "$(status_field CapInh)" = 0000000000000000 ]
	[ "$(status_field CapAmb)" = 0000000000000000 ]
	[ "$(status_field CapPrm)" = 0000000000000021 ]
}

@test "exec: umask, OOM score and groups are those of the container's process" {
	make_bundle web
	map_ids
	update_config '.process.user = {uid: 1000, gid: 1001, additionalGids: [12, 13], umask: 63} |
		.process.oomScoreAdj = 333'
	sleeping_container web
	run -0 rtl exec web sh -c 'umask; cat /proc/self/oom_score_adj /proc/self/status'
	[ "${lines[0]}" = 0077 ]
	[ "${lines[1]}" = 333 ]
	[ "$(status_field Uid)" = "1000 1000 1000 1000" ]
	[ "$(status_field Gid)" = "1001 1001 1001 1001" ]
	[ "$(status_field Groups)" = "12 13" ]
}

@test "exec: the session keyring is the container's, not the caller's" {
	# other containers of this user may have a keyring of the same name, which /proc/keys shows too
	local name=$TEST_MARK

	make_bundle "$name"
	update_config 'del(.linux.maskedPaths)'
	set_args sh -c 'grep "_ses.$1:" /proc/keys; sleep 1000' sh "$name"
	start_container "$name"
	wait_for '[ -s "$TEST_DIR/$TEST_MARK.log" ]'
	run -0 rtl exec "$name" grep "_ses.$name:" /proc/keys
	# one keyring, with the serial number that the init saw
	[ ${#lines[@]} = 1 ]
	[ "${output%% *}" = "$(cut -d' ' -f1 <"$TEST_DIR/$name.log")" ]
}

@test "exec: a container without a mount namespace is entered too" {
	require_root
	make_bundle web
	update_config 'del(.mounts, .linux.maskedPaths, .linux.readonlyPaths, .root.readonly) |
		.linux.namespaces |= map(select(.type != "mount"))'
	sleeping_container web
	echo inside >"$BUNDLE/rootfs/marked"
	run -0 rtl exec web sh -c 'cat /marked; cd ..; cd /..; pwd; ls -d /bin/busybox; stat -c %i /'
	assert_output "inside
/
/bin/busybox
$(stat -c %i "$BUNDLE/rootfs")"
}

@test "exec: --cgroup enters a cgroup below the container's" {
	local dir

	require_root
	dir=$(cgroup_mount)/$TEST_MARK-web
	[ "$dir" != "/$TEST_MARK-web" ] || skip "this host has no cgroup v2"
	start_container web
	mkdir -p "$dir/sub/deep"
	run -0 rtl exec --cgroup sub web grep ^0: /proc/self/cgroup
	assert_output 0::/sub
	run -0 rtl exec --cgroup /sub/deep web grep ^0: /proc/self/cgroup
	assert_output 0::/sub/deep
	run -0 rtl exec --cgroup / web grep ^0: /proc/self/cgroup
	assert_output 0::/
	run -0 rtl exec web grep ^0: /proc/self/cgroup
	assert_output 0::/
}

@test "exec: --cgroup CONTROLLER:PATH enters one below the container's in that hierarchy only" {
	local pids memory

	require_root
	pids=$(cgroup_mount pids) memory=$(cgroup_mount memory)
	[ -n "$pids" ] && [ -n "$memory" ] || skip "this host has no cgroup v1 hierarchies of pids and memory"
	start_container web
	mkdir "$pids/$TEST_MARK-web/a" "$memory/$TEST_MARK-web/b"
	run -0 rtl exec --cgroup pids:a web cat /proc/self/cgroup
	grep -q ':pids:/a$' <<<"$output"
	grep -q ':memory:/$' <<<"$output"
	run -0 rtl exec --cgroup pids:a --cgroup memory:/b web cat /proc/self/cgroup
	grep -q ':pids:/a$' <<<"$output"
	grep -q ':memory:/b$' <<<"$output"
	mkdir "$memory/$TEST_MARK-web/a"
	run -0 rtl exec --cgroup pids,memory:a web cat /proc/self/cgroup
	grep -q ':pids:/a$' <<<"$output"
	grep -q ':memory:/a$' <<<"$output"
}

@test "exec: a --cgroup that is not below the container's is refused" {
	local path

	require_root
	start_container web
	for path in .. ../other a/../../b sub/..; do
		run -1 rtl exec --cgroup "$path" web true
		assert_output "rtl: exec in container web: --cgroup $path: leads out of the container's cgroup"
	done
	run -1 rtl exec --cgroup nowhere web true
	assert_output "rtl: exec in container web: --cgroup nowhere: open it in the container's cgroup: No such file or directory"
	run -1 rtl exec --cgroup nothing:a web true
	assert_output_has "--cgroup nothing:a: this host has no cgroup v1 hierarchy of the controller nothing"
	run -1 rtl exec --cgroup a --cgroup b web true
	assert_output_has "--cgroup a: one of several needs its CONTROLLER:"
	run -1 rtl exec --cgroup ,pids:a web true
	assert_output_has "--cgroup ,pids:a: a controller is empty"
	run -1 rtl exec --cgroup "" web true
	assert_output_has "the path is empty"
}

@test "exec: --cgroup in a container without a cgroup is refused" {
	make_bundle web
	set_args sh -c 'sleep 1000'
	run -0 detached rtl --cgroup-manager disabled run --detach --bundle "$BUNDLE" web
	run -1 rtl exec --cgroup sub web true
	assert_output "rtl: exec in container web: --cgroup sub: the container has no cgroup"
}

@test "exec: where the container's cgroup can hold no process, it joins the init" {
	local dir controller

	require_root
	dir=$(cgroup_mount)/$TEST_MARK-web
	# one that a cgroup with processes of its own cannot hand on
	controller=$(grep -oE 'hugetlb|memory|io' "$(cgroup_mount)/cgroup.controllers" 2>/dev/null | head -n 1) ||
		true
	[ -n "$controller" ] || skip "no controller of this host is in cgroup v2"
	start_container web
	mkdir "$dir/init"
	for pid in $(cat "$dir/cgroup.procs"); do
		echo "$pid" >"$dir/init/cgroup.procs"
	done
	echo "+$controller" >"$(cgroup_mount)/cgroup.subtree_control"
	echo "+$controller" >"$dir/cgroup.subtree_control" || skip "$controller cannot be delegated here"
	run -0 rtl exec web grep ^0: /proc/self/cgroup
	assert_output 0::/init
}

@test "exec: --pidfd-socket sends a pidfd of the process, create's one of the init" {
	require_pidfd_open
	start_container web
	in_background "$RTL_SUPPORT/pidfd_receiver" "$TEST_DIR/s1" >"$TEST_DIR/got1"
	wait_for '[ -S "$TEST_DIR/s1" ]'
	run -0 detached rtl exec --detach --pid-file "$TEST_DIR/pid" --pidfd-socket "$TEST_DIR/s1" web sleep 1000
	wait_for '[ -s "$TEST_DIR/got1" ]'
	[ "$(cat "$TEST_DIR/got1")" = "setns $(cat "$TEST_DIR/pid")" ]

	make_bundle two
	in_background "$RTL_SUPPORT/pidfd_receiver" "$TEST_DIR/s2" >"$TEST_DIR/got2"
	wait_for '[ -S "$TEST_DIR/s2" ]'
	run -0 detached rtl create --bundle "$BUNDLE" --pidfd-socket "$TEST_DIR/s2" two
	wait_for '[ -s "$TEST_DIR/got2" ]'
	[ "$(cat "$TEST_DIR/got2")" = "standard $(container_pid two)" ]
	run -1 rtl exec --pidfd-socket "$TEST_DIR/none" web true
	assert_output_has "connect to --pidfd-socket $TEST_DIR/none: No such file or directory"
}

@test "exec: --apparmor and --process-label take the place of the container's" {
	start_container web
	if [ "$(cat /sys/module/apparmor/parameters/enabled 2>/dev/null)" = Y ]; then
		run -1 rtl exec --apparmor no-such-profile web true
		assert_output_has "no-such-profile"
		run -0 rtl exec --apparmor unconfined web cat /proc/self/attr/current
		assert_output unconfined
	else
		run -1 rtl exec --apparmor some web true
		assert_output_has "process.apparmorProfile: some: AppArmor is not active on this host"
	fi
	[ ! -d /sys/fs/selinux/booleans ] || skip "SELinux is active here"
	run -1 rtl exec --process-label some web true
	assert_output_has "process.selinuxLabel: some: SELinux is not active on this host"
	# an empty value is none
	run -0 rtl exec --apparmor "" --process-label "" web true
}
