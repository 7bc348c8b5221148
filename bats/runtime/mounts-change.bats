# SPDX-License-Identifier: Apache-2.0
# rtl mounts add and remove: what a program of the running container sees.
load inside

setup() {
	test_setup
	[ -z "${RTL_TEST_DENY-}" ] || skip "fsopen and open_tree answer $RTL_TEST_DENY"
	mkdir -p "$TEST_DIR/dir"
	echo content >"$TEST_DIR/dir/file"
	waiting_bundle web
	mkdir "$BUNDLE/rootfs/secret"
	echo hidden >"$BUNDLE/rootfs/secret/key"
	update_config '.root.readonly = false | .linux.maskedPaths += ["/secret/key"]'
	start_container web
}

# change add|remove JSON
change() {
	echo "$2" >"$TEST_DIR/mounts.json"
	run -"${STATUS:-0}" rtl mounts "$1" web "$TEST_DIR/mounts.json"
}

bind() {
	jq -n --arg source "$TEST_DIR/dir" --arg at "$1" --arg options "${*:2}" \
		'[{destination: $at, type: "bind", source: $source, options: (["bind"] + ($options | split(" ")))}]'
}

@test "mounts: a bind and a tmpfs are added and removed" {
	local mounts

	mounts=$(jq '. + [{destination: "/new/tmp", type: "tmpfs", source: "tmpfs", options: ["size=64k", "noexec", "mode=700"]}]' \
		<<<"$(bind /new/deep ro)")
	change add "$mounts"
	run -0 rtl exec web sh -c 'cat /new/deep/file; echo x >/new/deep/file; stat -c "%a %u" /new/tmp
		echo y >/new/tmp/y; cat /new/tmp/y; grep -o "/new/[^ ]* [^ ]*" /proc/self/mountinfo'
	assert_output_has "content"
	assert_output_has "Read-only file system"
	assert_output_has "700 0"
	assert_output_has "/new/deep ro"
	assert_output_has "/new/tmp rw,noexec"
	change remove "$mounts"
	run -0 rtl exec web sh -c 'ls -A /new/deep /new/tmp; grep -c /new /proc/self/mountinfo || true'
	assert_output "/new/deep:

/new/tmp:
0"
}

@test "mounts: the file may be an object with mounts, as in config.json" {
	change add "{\"mounts\": $(bind /mnt)}"
	run -0 rtl exec web cat /mnt/file
	assert_output content
}

@test "mounts: a destination is resolved in the container's root, links too" {
	run -0 rtl exec web sh -c 'ln -s /elsewhere /link'
	change add "$(bind /link)"
	run -0 rtl exec web cat /elsewhere/file
	assert_output content
	run -0 rtl exec web sh -c "mkdir -p /a && ln -s ../../../../../..$TEST_DIR/out /a/out"
	change add "$(bind /a/out)"
	[ ! -e "$TEST_DIR/out" ]
}

@test "mounts: nothing is mounted on the host" {
	change add "$(bind /mnt)"
	run -1 grep " $TEST_DIR/" /proc/self/mountinfo
}

@test "mounts: what masks something is never removed, wherever a link leads" {
	run -0 rtl exec web ln -s /secret /link
	STATUS=1 change remove '[{"destination": "/link/key", "type": "none"}]'
	assert_output_has "leads to /secret/key, which stays covered"
	run -0 rtl exec web cat /secret/key
	assert_output ""
}

@test "mounts: what is wrong is told with its place" {
	STATUS=1 change add '"all"'
	assert_output_has "mounts.json: expected an array of mounts"
	STATUS=1 change add '[]'
	assert_output_has "mounts.json: mounts: none"
	STATUS=1 change add '[{"destination": 5}]'
	assert_output_has "mounts[0].destination"
	STATUS=1 change add '[{"destination": "/mnt", "source": "/nowhere/at/all", "type": "bind"}]'
	assert_output_has "mounts[0]: open bind source /nowhere/at/all for /mnt: No such file or directory"
	STATUS=1 change add '[{"destination": "/mnt", "type": "tmpfs", "options": ["nonsense"]}]'
	assert_output_has "mounts[0]: tmpfs: option nonsense"
	STATUS=1 change add '[{"destination": "/mnt", "options": ["remount", "ro"]}]'
	assert_output_has "mounts[0]: options: remount: "
	STATUS=1 change add '[{"destination": "/mnt", "type": "cgroup"}]'
	assert_output_has "mounts[0]: type: cgroup: not in a running container"
	STATUS=1 change add '[{"destination": "/mnt", "type": "proc"}]'
	assert_output_has "mounts[0]: type: proc: not in a running container"
	STATUS=1 change remove '[{"destination": "/tmp", "type": "none"}]'
	assert_output_has "mounts[0]: unmount /tmp: Invalid argument"
	run -1 rtl mounts grow web "$TEST_DIR/mounts.json"
	assert_output_has "mounts grow: is neither add nor remove"
	run -1 rtl mounts add nobody "$TEST_DIR/mounts.json"
	assert_output_has "does not exist"
}

@test "mounts: a container that is not running has none to change" {
	rtl kill web KILL
	wait_status web stopped
	STATUS=1 change add "$(bind /mnt)"
	assert_output_has "container not running"
}

@test "mounts: root adds to a container with a user namespace what only root can reach" {
	require_root
	make_bundle mapped
	chown -R 100000:100000 "$BUNDLE/rootfs"
	chmod 700 "$TEST_DIR/dir"
	update_config '.root.readonly = false | .linux.namespaces += [{type: "user"}] |
		.linux.uidMappings = [{containerID: 0, hostID: 100000, size: 1000}] | .linux.gidMappings = .linux.uidMappings'
	set_args sh -c 'trap "exit 0" TERM; sleep 1000 & wait'
	start_container mapped
	mkdir "$TEST_DIR/dir/sub"
	echo content >"$TEST_DIR/dir/sub/file"
	echo '[{"destination": "/mnt", "type": "bind", "source": "'"$TEST_DIR"'/dir/sub", "options": ["bind"]},
		{"destination": "/opt", "type": "tmpfs", "source": "tmpfs"}]' >"$TEST_DIR/mounts.json"
	run -0 rtl mounts add mapped "$TEST_DIR/mounts.json"
	run -0 rtl exec mapped sh -c 'cat /mnt/file; stat -c %u:%g /opt'
	assert_output "content
0:0"
}
