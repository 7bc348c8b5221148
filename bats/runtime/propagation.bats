# SPDX-License-Identifier: Apache-2.0
# linux.rootfsPropagation and propagation of mounts: whatever is asked for, the mount table of the
# host is the same afterwards. The "host" is a mount namespace of the test's own with everything
# shared, in which rtl runs; as a user one in a user namespace of its own.
load inside

setup() {
	test_setup
	make_bundle
}

# on_shared_host SCRIPT: where all mounts are shared. First private, so that none is a peer of the
# real host's.
on_shared_host() {
	local -a user=()

	[ "$RTL_TEST_MODE" = root ] || user=(--map-root-user)
	# there the caller is root, and has no other ID to map
	[ "$RTL_TEST_MODE" = root ] ||
		update_config '.linux.uidMappings[0].hostID = 0 | .linux.gidMappings[0].hostID = 0'
	run -0 env "RTL=$RTL" "STATE_DIR=$STATE_DIR" "BUNDLE=$BUNDLE" "TEST_DIR=$TEST_DIR" \
		unshare --mount "${user[@]}" --propagation private sh -c "mount --make-rshared / && $1"
}

# unchanged: runs, creates, starts, executes, deletes on a shared host and compares mount tables
unchanged() {
	set_args sh -c 'cat /proc/self/mountinfo >/shared/inside; mount -t tmpfs none /mnt 2>/dev/null; cat'
	shared_dir
	update_config '.root.readonly = false'
	for set in bounding effective permitted; do
		update_config '.process.capabilities[$set] += ["CAP_SYS_ADMIN"]' --arg set $set
	done
	on_shared_host '
		table() { cut -d" " -f1-6 /proc/self/mountinfo; }
		r() { "$RTL" --root "$STATE_DIR" "$@"; }
		table >"$TEST_DIR/before"
		r run --bundle "$BUNDLE" c </dev/null || exit 10
		table >"$TEST_DIR/after-run"
		rm "$TEST_DIR/shared/inside" || exit 15
		mkfifo "$TEST_DIR/wait"
		r create --bundle "$BUNDLE" c <>"$TEST_DIR/wait" >"$TEST_DIR/log" 2>&1 || exit 11
		table >"$TEST_DIR/after-create"
		r start c || exit 12
		until [ -s "$TEST_DIR/shared/inside" ]; do :; done
		r exec c true || exit 13
		table >"$TEST_DIR/after-start"
		r delete --force c || exit 14
		table >"$TEST_DIR/after-delete"'
	local after

	for after in run create start delete; do
		diff "$TEST_DIR/before" "$TEST_DIR/after-$after"
	done
}

# inside_root: the optional fields of "/" in the container: shared:, master:, unbindable or none
inside_root() {
	awk '$5 == "/" { kind = ""
		for (i = 7; $i != "-"; i++) { sub(/:.*/, "", $i); kind = kind " " $i }
		print substr(kind, 2) }' "$TEST_DIR/shared/inside"
}

setup_propagation() {
	update_config '.linux.rootfsPropagation = $kind' --arg kind "$1"
	unchanged
}

@test "propagation: shared leaves the host's mounts as they were, and is what the root is" {
	setup_propagation shared
	[ "$(inside_root)" = shared ] || [ "$(inside_root)" = "shared master" ]
}

@test "propagation: rshared leaves the host's mounts as they were, and is what the root is" {
	setup_propagation rshared
	[ "$(inside_root)" = shared ] || [ "$(inside_root)" = "shared master" ]
}

@test "propagation: slave leaves the host's mounts as they were, and is what the root is" {
	setup_propagation slave
	[ "$(inside_root)" = master ]
}

@test "propagation: rslave leaves the host's mounts as they were, and is what the root is" {
	setup_propagation rslave
	[ "$(inside_root)" = master ]
}

@test "propagation: private leaves the host's mounts as they were, and is what the root is" {
	setup_propagation private
	[ "$(inside_root)" = "" ]
}

@test "propagation: rprivate leaves the host's mounts as they were, and is what the root is" {
	setup_propagation rprivate
	[ "$(inside_root)" = "" ]
}

@test "propagation: unbindable leaves the host's mounts as they were, and is what the root is" {
	setup_propagation unbindable
	[ "$(inside_root)" = unbindable ]
}

@test "propagation: runbindable leaves the host's mounts as they were, and is what the root is" {
	setup_propagation runbindable
	[ "$(inside_root)" = unbindable ]
}

@test "propagation: without it the root is not shared with the host" {
	unchanged
	[[ $(inside_root) != *shared* ]]
}

@test "propagation: an unknown one is refused" {
	update_config '.linux.rootfsPropagation = "nope"'
	fails "linux.rootfsPropagation"
}

# A mount made on the host while the container runs: does its bind of the directory show it?
late_mount() {
	mkdir "$TEST_DIR/dir" "$TEST_DIR/dir/sub"
	share "$TEST_DIR/dir" /mnt "$1"
	update_config '.root.readonly = false'
	set_args sh -c 'cat'
	on_shared_host '
		mkfifo "$TEST_DIR/wait"
		"$RTL" --root "$STATE_DIR" run --detach --bundle "$BUNDLE" c <>"$TEST_DIR/wait" >"$TEST_DIR/log" 2>&1 || exit 10
		mount -t tmpfs none "$TEST_DIR/dir/sub"
		echo >"$TEST_DIR/dir/sub/late"
		"$RTL" --root "$STATE_DIR" exec c ls /mnt/sub
		"$RTL" --root "$STATE_DIR" delete --force c'
}

@test "propagation: an rslave bind shows what is mounted later on the host" {
	late_mount rslave
	assert_output late
}

@test "propagation: an rprivate bind does not" {
	late_mount rprivate
	assert_output ""
}
