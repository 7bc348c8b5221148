# SPDX-License-Identifier: Apache-2.0
# The mount options idmap and ridmap: owners as a program in the container sees them, and what it
# creates there as the host sees it.
load inside

setup() {
	test_setup
	make_bundle
	mkdir -p "$TEST_DIR/dir"
	echo content >"$TEST_DIR/dir/file"
	for set in bounding effective permitted; do
		update_config '.process.capabilities[$set] += ["CAP_CHOWN"]' --arg set $set
	done
}

# requires root, and a directory of the tests on a filesystem that the kernel maps
require_idmap() {
	require_root
	[ -z "${RTL_TEST_DENY-}" ] || skip "mount_setattr answers $RTL_TEST_DENY"
	case $(stat -f -c %T "$TEST_DIR") in
	ext2/ext3 | xfs | btrfs) ;;
	*) skip "$(stat -f -c %T "$TEST_DIR") may not be ID-mapped by this kernel" ;;
	esac
}

# own_maps INSIDE OUTSIDE SIZE: of the last mount
own_maps() {
	update_config '.mounts[-1] |= . + {uidMappings: [{containerID: $in, hostID: $out, size: $n}],
		gidMappings: [{containerID: $in, hostID: $out, size: $n}]}' \
		--argjson in "$1" --argjson out "$2" --argjson n "$3"
}

# user_ns FIRST: the container gets IDs 0 to 999, which are FIRST and following here
user_ns() {
	chown -R "$1:$1" "$BUNDLE/rootfs"
	update_config '.linux.namespaces += [{type: "user"}] |
		.linux.uidMappings = [{containerID: 0, hostID: $first, size: 1000}] |
		.linux.gidMappings = .linux.uidMappings' --argjson first "$1"
}

@test "idmap: maps of the mount's own, without a user namespace" {
	require_idmap
	chown 5:6 "$TEST_DIR/dir/file"
	share "$TEST_DIR/dir" /mnt idmap
	own_maps 0 1000 100
	share "$TEST_DIR/dir" /opt
	inside_sh 'stat -c %u:%g /mnt/file /opt/file; chown 1003:1004 /mnt/file; echo >/mnt/new || true'
	assert_output_has "1005:1006
5:6"
	# the one who is not mapped makes no files
	assert_output_has "can't create /mnt/new: Value too large"
	[ "$(stat -c %u:%g "$TEST_DIR/dir/file")" = 3:4 ]
}

@test "idmap: maps of the mount's own, with a user namespace" {
	require_idmap
	user_ns 100000
	chown 7000:7001 "$TEST_DIR/dir/file"
	share "$TEST_DIR/dir" /mnt idmap
	own_maps 7000 100010 10
	inside_sh 'stat -c %u:%g /mnt/file; chown 12:13 /mnt/file'
	assert_output 10:11
	[ "$(stat -c %u:%g "$TEST_DIR/dir/file")" = 7002:7003 ]
}

@test "idmap: without maps of its own a mount takes those of the user namespace" {
	require_idmap
	user_ns 100000
	chmod 1777 "$TEST_DIR/dir"
	chown 3:4 "$TEST_DIR/dir/file"
	share "$TEST_DIR/dir" /mnt idmap
	share "$TEST_DIR/dir" /opt
	inside_sh 'stat -c %u:%g /mnt/file /opt/file; echo >/mnt/new; chown 5:6 /mnt/new'
	assert_output "3:4
65534:65534"
	[ "$(stat -c %u:%g "$TEST_DIR/dir/new")" = 5:6 ]
}

@test "idmap: a user namespace given by path lends its maps" {
	require_idmap
	local pid

	make_bundle holder
	user_ns 100000
	set_args sh -c 'trap "exit 0" TERM; sleep 1000 & wait'
	start_container holder
	pid=$(container_pid holder)
	make_bundle other
	chown -R 100000:100000 "$BUNDLE/rootfs"
	chown 3:4 "$TEST_DIR/dir/file"
	update_config '.linux.namespaces += [{type: "user", path: $path}]' --arg path "/proc/$pid/ns/user"
	share "$TEST_DIR/dir" /mnt idmap ro
	inside stat -c %u:%g /mnt/file
	assert_output 3:4
}

@test "idmap: maps without the option map too, as older callers ask for it" {
	require_idmap
	share "$TEST_DIR/dir" /mnt ro
	own_maps 0 1000 100
	inside stat -c %u:%g /mnt/file
	assert_output 1000:1000
}

@test "idmap: crun's maps in the option, also relative to the user namespace" {
	require_idmap
	user_ns 100000
	chown 20:30 "$TEST_DIR/dir/file"
	share "$TEST_DIR/dir" /mnt 'idmap=uids=0-100000-10#20-100020-1;gids=30-100031-1' ro
	share "$TEST_DIR/dir" /opt 'idmap=uids=@20-7-1;gids=@30-8-1' ro
	inside stat -c %u:%g /mnt/file /opt/file
	assert_output "20:31
7:8"
}

@test "idmap: flags and propagation hold for an ID-mapped mount" {
	require_idmap
	share "$TEST_DIR/dir" /mnt idmap ro noexec nosuid rprivate
	own_maps 0 1000 100
	inside_sh 'grep " /mnt " /proc/self/mountinfo; echo x >/mnt/file || true'
	assert_output_has " /mnt ro,nosuid,noexec"
	assert_output_has "Read-only file system"
	[[ $output != *" shared:"* ]]
	[[ $output != *" master:"* ]]
}

@test "idmap: a file is mapped too, and a source that only the caller can reach" {
	require_idmap
	user_ns 100000
	mkdir "$TEST_DIR/closed"
	mv "$TEST_DIR/dir" "$TEST_DIR/closed"
	chmod 700 "$TEST_DIR/closed"
	update_config '.root.readonly = false'
	share "$TEST_DIR/closed/dir/file" /etc/file idmap ro
	inside stat -c %u:%g /etc/file
	assert_output 0:0
}

# with_submount: the bundle's container, on a host where TEST_DIR/dir/sub is another mount with a file
with_submount() {
	run "$1" unshare --mount --propagation private sh -c 'mkdir "$1/sub" "$1-2"
		echo content >"$1-2/file"
		mount --bind "$1-2" "$1/sub" && shift && exec "$@"' sh \
		"$TEST_DIR/dir" "$RTL" --root "$STATE_DIR" run --bundle "$BUNDLE" c
}

@test "idmap: is for one mount, ridmap for all below it" {
	require_idmap
	share "$TEST_DIR/dir" /mnt idmap ro
	own_maps 0 1000 100
	share "$TEST_DIR/dir" /opt ridmap ro
	own_maps 0 1000 100
	set_args stat -c %u:%g /mnt/file /mnt/sub/file /opt/file /opt/sub/file
	with_submount -0
	assert_output "1000:1000
0:0
1000:1000
1000:1000"
}

@test "idmap: ridmap is refused where a mount below cannot be mapped" {
	require_idmap
	share "$TEST_DIR/dir" /mnt ridmap
	own_maps 0 1000 100
	run -1 unshare --mount --propagation private sh -c 'mkdir "$1/sub" && mount -t proc proc "$1/sub" &&
		shift && exec "$@"' sh "$TEST_DIR/dir" "$RTL" --root "$STATE_DIR" run --bundle "$BUNDLE" c
	assert_output_has "ID-map $TEST_DIR/dir: "
	assert_status c absent
}

@test "idmap: a filesystem that cannot be mapped is an error, never a plain mount" {
	require_root
	share /sys /mnt idmap
	own_maps 0 1000 100
	[ -z "${RTL_TEST_DENY-}" ] || skip "mount_setattr answers $RTL_TEST_DENY"
	fails "config.json: mounts[$(jq '.mounts | length - 1' "$BUNDLE/config.json")]: ID-map /sys: its filesystem (0x62656572) takes no ID maps"
}

@test "idmap: a kernel without the call is an error, never a plain mount" {
	require_root
	share "$TEST_DIR/dir" /mnt idmap
	own_maps 0 1000 100
	run -1 "$RTL_SUPPORT/deny_syscalls" ENOSYS mount_setattr -- "$RTL" --root "$STATE_DIR" run --bundle "$BUNDLE" c
	assert_output_has "ID-map $TEST_DIR/dir: this kernel cannot, Linux 5.12 and newer can"
	assert_status c absent
}

@test "idmap: an ordinary user is told whose business it is" {
	require_user
	share "$TEST_DIR/dir" /mnt idmap
	run -1 rtl run --bundle "$BUNDLE" c
	assert_output_has "ID-map $TEST_DIR/dir: "
	assert_status c absent
}

@test "idmap: root of a user namespace maps a filesystem that belongs to it" {
	require_user
	[ -z "${RTL_TEST_DENY-}" ] || skip "mount_setattr answers $RTL_TEST_DENY"
	require_subids
	update_config '.linux.uidMappings = [{containerID: 0, hostID: 0, size: 1},
		{containerID: 1, hostID: 1, size: 999}] | .linux.gidMappings = .linux.uidMappings'
	share "$TEST_DIR/dir" /mnt idmap
	own_maps 0 500 100
	update_config '.root.readonly = false | .mounts[-1].options = ["bind", "idmap"]'
	set_args stat -c %u:%g /mnt/file
	run unshare --user --map-root-user --map-auto --mount sh -c 'mount -t tmpfs none "$1" &&
		echo content >"$1/file" && shift && exec "$@"' sh "$TEST_DIR/dir" "$RTL" --root "$STATE_DIR" run --bundle "$BUNDLE" c
	[[ $output != *"this kernel cannot for tmpfs"* ]] || skip "this kernel maps no tmpfs"
	assert_output 500:500
}

@test "idmap: needs maps from somewhere" {
	require_root
	share "$TEST_DIR/dir" /mnt idmap
	fails "options: idmap: needs uidMappings and gidMappings, as the container has no user namespace"
}

@test "idmap: maps that are impossible are refused with their place" {
	share "$TEST_DIR/dir" /mnt idmap
	own_maps 0 1000 10
	update_config 'del(.mounts[-1].gidMappings)'
	fails "gidMappings: missing: an ID-mapped mount has both"
	own_maps 0 1000 0
	fails "uidMappings: 0 1000 0: is no range of IDs"
	own_maps 0 4294967290 10
	fails "uidMappings: 0 4294967290 10: is no range of IDs"
	own_maps 0 1000 10
	update_config '.mounts[-1].gidMappings += [{containerID: 9, hostID: 5000, size: 2}]'
	fails "gidMappings: 9 5000 2 overlaps 0 1000 10"
	update_config '.mounts[-1].gidMappings[0].hostID = -1'
	fails "gidMappings[0].hostID"
	update_config '.mounts[-1].gidMappings = "all"'
	fails "mounts[$(jq '.mounts | length - 1' "$BUNDLE/config.json")].gidMappings"
}

@test "idmap: crun's option is refused where it makes no sense" {
	share "$TEST_DIR/dir" /mnt 'idmap=uids=0-1;gids=0-1-1'
	fails "options[1]: idmap=uids=0-1;gids=0-1-1: 0-1: is not ID-ID-COUNT"
	update_config '.mounts[-1].options[1] = "idmap=users=0-1-1"'
	fails "users=0-1-1: is neither uids= nor gids="
	update_config '.mounts[-1].options[1] = "idmap=uids=@0-70000-1;gids=0-1-1"'
	fails "@0-70000-1: the container's user namespace has no such range"
}
