# SPDX-License-Identifier: Apache-2.0
# mounts, masked and read-only paths, devices: seen from inside.
load inside

setup() {
	test_setup
	make_bundle
}

# mount_at AT TYPE SOURCE [OPTION...]: adds it to the mounts
mount_at() {
	update_config '.mounts += [{destination: $at, type: $type, source: $source,
		options: ($options | split(" "))}]' --arg at "$1" --arg type "$2" --arg source "$3" --arg options "${*:4}"
}

# mount_options AT: what the kernel says of the topmost mount there, of $output = mountinfo
mount_options() {
	awk -v at="$1" '$5 == at { options = $6 } END { print options }' <<<"$output"
}

@test "mounts: /proc shows the container's processes only" {
	inside_sh 'ls /proc | grep -c "^[0-9]"'
	# sh, ls, grep
	[ "$output" -le 4 ]
}

@test "mounts: nothing of the host is left but what was asked for" {
	inside_sh 'cut -d" " -f5 /proc/self/mountinfo | sort -u'
	local at

	for at in "${lines[@]}"; do
		[[ $at =~ ^(/|/proc.*|/dev.*|/sys.*)$ ]]
	done
}

@test "mounts: flags become flags, the rest is for the filesystem" {
	mount_at /mnt tmpfs tmpfs nosuid nodev noexec noatime size=1m mode=700
	inside_sh 'cat /proc/self/mountinfo; stat -c %a /mnt; df -k /mnt'
	[ "$(mount_options /mnt)" = rw,nosuid,nodev,noexec,noatime ]
	assert_output_has "
700
"
	assert_output_has " 1024 "
}

@test "mounts: options of one mount do not spill over to the next" {
	mount_at /mnt tmpfs tmpfs ro noexec
	mount_at /opt tmpfs tmpfs nodev
	inside cat /proc/self/mountinfo
	[[ $(mount_options /mnt) = ro,noexec* ]]
	[[ $(mount_options /opt) = rw,nodev* ]]
}

@test "mounts: a bind is writable, and what is written reaches the host" {
	shared_dir
	inside_sh 'echo written >/shared/file'
	[ "$(cat "$TEST_DIR/shared/file")" = written ]
}

@test "mounts: a read-only bind cannot be written" {
	mkdir "$TEST_DIR/dir"
	share "$TEST_DIR/dir" /mnt ro
	inside_sh 'echo x >/mnt/file || true'
	assert_output_has "Read-only file system"
	[ -z "$(ls "$TEST_DIR/dir")" ]
}

@test "mounts: a bind of a file makes the file it goes on" {
	echo content >"$TEST_DIR/file"
	update_config '.root.readonly = false'
	share "$TEST_DIR/file" /new/deep/file ro
	inside cat /new/deep/file
	assert_output content
	[ -f "$BUNDLE/rootfs/new/deep/file" ]
}

@test "mounts: a relative source is taken from the bundle" {
	mkdir "$BUNDLE/data"
	echo content >"$BUNDLE/data/file"
	share data /mnt ro
	inside cat /mnt/file
	assert_output content
}

@test "mounts: a destination without a leading slash is taken from the root" {
	mount_at mnt/inner tmpfs tmpfs size=1m
	update_config '.root.readonly = false'
	inside grep -c ' /mnt/inner ' /proc/self/mountinfo
	assert_output 1
}

@test "mounts: later mounts lie over earlier ones" {
	mkdir "$TEST_DIR/a" "$TEST_DIR/b"
	echo a >"$TEST_DIR/a/file"
	echo b >"$TEST_DIR/b/file"
	share "$TEST_DIR/a" /mnt ro
	share "$TEST_DIR/b" /mnt ro
	inside cat /mnt/file
	assert_output b
}

@test "mounts: a symlink in the root filesystem does not lead a mount outside" {
	mkdir "$TEST_DIR/outside" "$TEST_DIR/data"
	echo content >"$TEST_DIR/data/file"
	ln -s "../../../../../../../../../$TEST_DIR/outside" "$BUNDLE/rootfs/relative"
	ln -s "$TEST_DIR/outside" "$BUNDLE/rootfs/absolute"
	update_config '.root.readonly = false'
	share "$TEST_DIR/data" /relative/made ro
	share "$TEST_DIR/data/file" /absolute/file ro
	inside_sh 'cat "$1/made/file" "$1/file"' "$TEST_DIR/outside"
	assert_output "content
content"
	[ -z "$(ls "$TEST_DIR/outside")" ]
	[ -d "$BUNDLE/rootfs$TEST_DIR/outside/made" ]
}

@test "mounts: .. in a destination does not lead outside" {
	mkdir "$TEST_DIR/data"
	echo content >"$TEST_DIR/data/file"
	update_config '.root.readonly = false'
	share "$TEST_DIR/data" /../../../../escaped ro
	inside cat /escaped/file
	assert_output content
	[ -d "$BUNDLE/rootfs/escaped" ]
}

@test "mounts: proc over a symlink is refused" {
	rmdir "$BUNDLE/rootfs/proc"
	mkdir "$BUNDLE/rootfs/elsewhere"
	ln -s elsewhere "$BUNDLE/rootfs/proc"
	fails "/proc is a symlink"
}

@test "mounts: a source that does not exist is named" {
	share "$TEST_DIR/none" /mnt
	fails "open bind source $TEST_DIR/none for /mnt"
}

@test "mounts: the failing mount is named by its place" {
	mount_at /mnt tmpfs tmpfs nonsense=1
	fails "mounts[$(jq '.mounts | length - 1' "$BUNDLE/config.json")]"
	mount_at /opt nosuchfs none rw
	update_config 'del(.mounts[-2])'
	fails nosuchfs
}

@test "mounts: an unknown option of a bind is refused" {
	mkdir "$TEST_DIR/dir"
	share "$TEST_DIR/dir" /mnt noexce
	fails "unknown option noexce"
}

@test "mounts: bind shows one mount, rbind also those below it, and rro reaches all of them" {
	require_root
	mkdir "$TEST_DIR/dir"
	update_config '.mounts += [
		{destination: "/mnt", source: $dir, type: "bind", options: ["bind"]},
		{destination: "/opt", source: $dir, type: "bind", options: ["rbind"]},
		{destination: "/srv", source: $dir, type: "bind", options: ["rbind", "rro"]}] |
		.root.readonly = false' --arg dir "$TEST_DIR/dir"
	set_args sh -c 'ls /mnt/sub /opt/sub /srv/sub; echo >/opt/sub/new; echo >/srv/sub/new'
	run -1 unshare --mount --propagation private sh -c '
		mkdir "$1/sub" && mount -t tmpfs none "$1/sub" && : >"$1/sub/file" && shift && exec "$@"' sh \
		"$TEST_DIR/dir" "$RTL" --root "$STATE_DIR" run --bundle "$BUNDLE" c
	assert_output_has "/mnt/sub:

/opt/sub:
file

/srv/sub:
file
"
	[ "$(grep -c "can't create" <<<"$output")" = 1 ]
	assert_output_has "can't create /srv/sub/new: Read-only file system"
}

@test "mounts: rro reaches mounts at any depth, whatever they are called" {
	require_root
	mkdir "$TEST_DIR/dir"
	share "$TEST_DIR/dir" /srv rro
	update_config '.root.readonly = false'
	set_args sh -c 'ls /srv/a*/c/d*; for f in /srv/a*/new /srv/a*/c/d*/new; do echo >"$f"; done; true'
	run -0 unshare --mount --propagation private sh -c 'set -e
		mkdir "$1/a b"
		mount -t tmpfs none "$1/a b"
		mkdir -p "$1/a b/c/d\\e"
		mount -t tmpfs none "$1/a b/c/d\\e"
		: >"$1/a b/c/d\\e/file"
		: >"$1/a b/c/d\\e/new"
		: >"$1/a b/new"
		shift
		exec "$@"' sh "$TEST_DIR/dir" "$RTL" --root "$STATE_DIR" run --bundle "$BUNDLE" c
	[ "${lines[0]}" = file ]
	[ "$(grep -c "can't create .*/new: Read-only file system" <<<"$output")" = 2 ]
}

@test "mounts: propagation of a mount is as asked for" {
	mkdir "$TEST_DIR/dir"
	share "$TEST_DIR/dir" /mnt rprivate
	share "$TEST_DIR/dir" /opt rshared
	update_config '.root.readonly = false'
	inside cat /proc/self/mountinfo
	run -0 awk '$5 == "/mnt" || $5 == "/opt" { print $5, $7 ~ /^shared:/ ? "shared" : $7 ~ /^master:/ ? "slave" : "private" }' \
		<<<"$output"
	assert_output "/mnt private
/opt shared"
}

@test "mounts: the root filesystem is read-only when asked for, and stays writable on the host" {
	update_config '.root.readonly = true'
	inside_sh 'echo >/file || true'
	assert_output_has "Read-only file system"
	update_config '.root.readonly = false'
	inside_sh 'echo written >/file'
	[ "$(cat "$BUNDLE/rootfs/file")" = written ]
}

@test "masks: a masked file is empty, a masked directory too, and both stay closed" {
	mkdir "$BUNDLE/rootfs/secret" "$BUNDLE/rootfs/more"
	echo hidden >"$BUNDLE/rootfs/secret/file"
	echo hidden >"$BUNDLE/rootfs/more/file"
	echo hidden >"$BUNDLE/rootfs/etc/key"
	update_config '.linux.maskedPaths += ["/secret", "/more", "/etc/key", "/nowhere"] | .root.readonly = false'
	inside_sh 'cat /etc/key; ls -A /secret; ls -A /more; echo >/secret/new; echo >/more/new; true'
	[ "$(grep -c "can't create .*/new: Read-only file system" <<<"$output")" = 2 ]
	[ "${#lines[@]}" = 2 ]
	[ ! -e "$BUNDLE/rootfs/nowhere" ]
}

@test "masks: what the default config masks tells nothing" {
	inside_sh 'cat /proc/kcore /proc/keys /proc/timer_list 2>/dev/null | wc -c; ls -A /sys/firmware /proc/scsi /proc/acpi 2>/dev/null | grep -v -e : -e "^$" | wc -l'
	assert_output "0
0"
}

@test "masks: a mask cannot be led outside by a symlink" {
	mkdir "$TEST_DIR/outside"
	ln -s "$TEST_DIR/outside" "$BUNDLE/rootfs/link"
	update_config '.linux.maskedPaths += ["/link"]'
	inside true
	[ -z "$(ls -A "$TEST_DIR/outside")" ]
}

@test "masks: read-only paths cannot be written" {
	mkdir "$BUNDLE/rootfs/config"
	update_config '.linux.readonlyPaths += ["/config", "/nowhere"] | .root.readonly = false'
	inside_sh 'echo >/config/file; echo 1 >/proc/sys/kernel/panic; true'
	[ "$(grep -c "can't create .*: Read-only file system" <<<"$output")" = 2 ]
	[ ! -e "$BUNDLE/rootfs/nowhere" ]
}

@test "devices: the default ones are there and are the real ones" {
	inside_sh 'cd /dev; stat -c "%n %F %t:%T %a" null zero full random urandom tty
		echo x >null && head -c 3 zero | wc -c && head -c 3 urandom | wc -c; echo x >full || true'
	assert_output_has "null character special file 1:3 666
zero character special file 1:5 666
full character special file 1:7 666
random character special file 1:8 666
urandom character special file 1:9 666
tty character special file 5:0 666
3
3
"
	assert_output_has "No space left on device"
}

@test "devices: the usual links are there" {
	inside_sh 'cd /dev; for l in fd stdin stdout stderr ptmx; do readlink $l; done'
	assert_output "/proc/self/fd
/proc/self/fd/0
/proc/self/fd/1
/proc/self/fd/2
pts/ptmx"
}

@test "devices: those of the config are made, as root with mode and owner" {
	require_root
	update_config '.linux.devices = [
		{path: "/dev/deep/mine", type: "c", major: 1, minor: 3, fileMode: 384, uid: 7, gid: 8},
		{path: "/dev/pipe", type: "p", fileMode: 438}] |
		.linux.resources.devices += [{allow: true, type: "c", major: 1, minor: 3, access: "rwm"}]'
	inside stat -c '%n %F %t:%T %a %u:%g' /dev/deep/mine /dev/pipe
	assert_output "/dev/deep/mine character special file 1:3 600 7:8
/dev/pipe fifo 0:0 666 0:0"
}

@test "devices: a user is given the host's, if it is the same" {
	require_user
	update_config '.linux.devices = [{path: "/dev/zero", type: "c", major: 1, minor: 5}]'
	inside_sh 'head -c 3 /dev/zero | wc -c'
	assert_output 3
	update_config '.linux.devices = [{path: "/dev/zero", type: "c", major: 1, minor: 3}]'
	fails "linux.devices[0]: /dev/zero"
}

@test "devices: a file of the image in the way is not a device" {
	require_root
	update_config 'del(.mounts[] | select(.destination | startswith("/dev")))'
	echo fake >"$BUNDLE/rootfs/dev/null"
	update_config '.root.readonly = false'
	fails "/dev/null"
	[ "$(cat "$BUNDLE/rootfs/dev/null")" = fake ]
}

@test "devices: a /dev that is bound from the host is left alone" {
	mkdir "$TEST_DIR/dev"
	update_config 'del(.mounts[] | select(.destination | startswith("/dev")))'
	share "$TEST_DIR/dev" /dev
	inside true
	[ -z "$(ls -A "$TEST_DIR/dev")" ]
}
