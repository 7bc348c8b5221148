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

@test "mounts: an option that the filesystem does not know is named, with the kernel's words" {
	mount_at /mnt tmpfs tmpfs mode=700 nonsense=1 size=1m
	fails "nonsense=1"
	[ -n "${RTL_TEST_DENY-}" ] || assert_output_has "tmpfs: option nonsense=1: Invalid argument (tmpfs: Unknown parameter 'nonsense')"
	update_config '.mounts[-1].options = ["mode=700", "size=many"]'
	fails "size=many"
}

@test "mounts: options longer than the kernel reads are refused, not cut off" {
	mount_at /mnt tmpfs tmpfs
	update_config '.mounts[-1].options = [range(2000) | "size=1"]'
	fails "mount tmpfs on /mnt: options of"
}

@test "mounts: a file does not go onto a directory, nor a directory onto a file" {
	echo content >"$TEST_DIR/file"
	share "$TEST_DIR/file" /etc
	fails "bind mount on /etc: Not a directory: it is a directory, and the source $TEST_DIR/file is a file"
	mkdir "$TEST_DIR/dir"
	update_config '.mounts[-1] += {source: $dir, destination: "/etc/passwd"}' --arg dir "$TEST_DIR/dir"
	fails "bind mount on /etc/passwd: Not a directory: it is a file, and the source $TEST_DIR/dir is a directory"
}

@test "mounts: a file goes over a file of the image" {
	echo content >"$TEST_DIR/file"
	share "$TEST_DIR/file" /etc/passwd ro
	inside cat /etc/passwd
	assert_output content
	grep -q root "$BUNDLE/rootfs/etc/passwd"
}

@test "mounts: tmpfs has the mode of the directory it covers, unless one is given" {
	chmod 1751 "$BUNDLE/rootfs/home"
	mount_at /home tmpfs tmpfs size=1m
	mount_at /usr tmpfs tmpfs size=1m mode=700
	mount_at /fresh tmpfs tmpfs size=1m
	update_config '.root.readonly = false'
	inside stat -c '%n %a' /home /usr /fresh
	assert_output "/home 1751
/usr 700
/fresh 1777"
}

@test "mounts: type and options of proc, sysfs, mqueue, devpts and tmpfs reach the kernel" {
	update_config '(.mounts[] | select(.type == "proc")).options = ["nosuid", "hidepid=2"] |
		(.mounts[] | select(.type == "devpts")).options = ["newinstance", "ptmxmode=0600", "mode=0600", "noexec"] |
		(.mounts[] | select(.destination == "/dev/shm")).options = ["size=128k", "nr_inodes=7", "mode=700", "sync"]'
	inside_sh 'grep -E " (/proc|/dev/pts|/dev/shm|/dev/mqueue|/sys) " /proc/self/mountinfo'
	local line

	for line in '/proc rw,nosuid.* - proc proc .*hidepid=(2|invisible)' '/dev/pts rw,noexec.* - devpts .*mode=600,ptmxmode=600' \
		'/dev/shm rw.* - tmpfs .*rw,sync.*size=128k,nr_inodes=7,mode=700' '/dev/mqueue .* - mqueue ' \
		'/sys ro.* - sysfs '; do
		grep -qE "$line" <<<"$output" || fail "no line $line in:" "$output"
	done
}

@test "mounts: an overlay is mounted with its layers" {
	mkdir "$TEST_DIR"/{lower,upper,work}
	echo lower >"$TEST_DIR/lower/file"
	mount_at /mnt overlay overlay "lowerdir=$TEST_DIR/lower" "upperdir=$TEST_DIR/upper" "workdir=$TEST_DIR/work"
	[ "$RTL_TEST_MODE" = root ] || update_config '.mounts[-1].options += ["userxattr"]'
	inside_sh 'cat /mnt/file && echo new >/mnt/file && grep -c " /mnt .* - overlay " /proc/self/mountinfo'
	assert_output "lower
1"
	[ "$(cat "$TEST_DIR/upper/file")" = new ]
	[ "$(cat "$TEST_DIR/lower/file")" = lower ]
}

@test "mounts: remount changes what an earlier mount has put there" {
	mkdir "$TEST_DIR/dir"
	share "$TEST_DIR/dir" /mnt
	mount_at /mnt none none remount bind ro nodev
	inside cat /proc/self/mountinfo
	[[ $(mount_options /mnt) = ro,*nodev* ]]
	[ -w "$TEST_DIR/dir" ]
}

@test "mounts: remount does not reach the filesystem behind a mount, nor what is none" {
	mkdir "$TEST_DIR/dir"
	share "$TEST_DIR/dir" /mnt
	mount_at /mnt none none remount size=1
	fails "options: size=1: remount changes flags of the mount only"
	update_config '.mounts[-1] += {options: ["remount", "ro"], destination: "/etc"}'
	fails "set mount options of /etc"
}

# atime_flags: a user namespace may not change what the host has set
atime_flags() {
	[ "$RTL_TEST_MODE" = user ] || echo noatime nodiratime relatime strictatime
}

# has_flag AT FLAG; strictatime is the absence of the others
has_flag() {
	case $2 in
	strictatime) [[ $(mount_options "$1") = rw* && ,$(mount_options "$1"), != *,@(no|rel)atime,* ]] ;;
	*) [[ ,$(mount_options "$1"), = *,$2,* ]] ;;
	esac || fail "$1 is not $2: $(mount_options "$1")"
}

@test "mounts: every flag that has a name is what the kernel shows" {
	local flag

	mkdir "$TEST_DIR/dir"
	update_config '.root.readonly = false'
	for flag in ro nosuid nodev noexec nosymfollow $(atime_flags); do
		share "$TEST_DIR/dir" "/flag/$flag" "$flag"
	done
	share "$TEST_DIR/dir" /flag/none rw suid dev exec async loud defaults silent
	inside cat /proc/self/mountinfo
	for flag in ro nosuid nodev noexec nosymfollow $(atime_flags); do
		has_flag "/flag/$flag" "$flag"
	done
	[[ $(mount_options /flag/none) = rw* ]]
}

# with_submount ARG...: runs rtl ARG... where TEST_DIR/dir/sub is a tmpfs with flags to be cleared
with_submount() {
	local -a user=()

	[ "$RTL_TEST_MODE" = root ] || user=(--map-root-user)
	[ "$RTL_TEST_MODE" = root ] ||
		update_config '.linux.uidMappings[0].hostID = 0 | .linux.gidMappings[0].hostID = 0'
	run -0 unshare --mount "${user[@]}" --propagation private sh -c '
		mkdir -p "$1/sub" && mount -t tmpfs -o "$2" none "$1/sub" && shift 2 && exec "$@"' sh \
		"$TEST_DIR/dir" "${SUB_OPTIONS:-rw}" "$RTL" --root "$STATE_DIR" "$@"
}

@test "mounts: every recursive option that sets a flag reaches the mounts below" {
	local flag

	mkdir "$TEST_DIR/dir"
	update_config '.root.readonly = false'
	for flag in ro nosuid nodev noexec nosymfollow $(atime_flags); do
		share "$TEST_DIR/dir" "/flag/$flag" "r$flag"
	done
	share "$TEST_DIR/dir" /flag/plain ro
	set_args cat /proc/self/mountinfo
	with_submount run --bundle "$BUNDLE" c
	for flag in ro nosuid nodev noexec nosymfollow $(atime_flags); do
		has_flag "/flag/$flag" "$flag"
		has_flag "/flag/$flag/sub" "$flag"
	done
	[[ $(mount_options /flag/plain) = ro* ]]
	[[ $(mount_options /flag/plain/sub) = rw* ]]
}

@test "mounts: every recursive option that clears a flag reaches the mounts below" {
	require_root
	local flag

	mkdir "$TEST_DIR/dir"
	update_config '.root.readonly = false'
	for flag in rw suid dev exec diratime symfollow atime; do
		share "$TEST_DIR/dir" "/flag/$flag" "r$flag"
	done
	share "$TEST_DIR/dir" /flag/none
	set_args cat /proc/self/mountinfo
	SUB_OPTIONS=ro,nosuid,nodev,noexec,noatime,nodiratime,nosymfollow with_submount run --bundle "$BUNDLE" c
	[ "$(mount_options /flag/none/sub)" = ro,nosuid,nodev,noexec,noatime,nodiratime,nosymfollow ]
	[[ $(mount_options /flag/rw/sub) = rw* ]]
	for flag in suid dev exec diratime symfollow; do
		[[ ,$(mount_options "/flag/$flag/sub"), != *,no$flag,* ]] || fail "no$flag: $(mount_options "/flag/$flag/sub")"
	done
	[[ ,$(mount_options /flag/atime/sub), != *,noatime,* ]]
}

@test "mounts: recursive options hold for a new filesystem too" {
	mount_at /mnt tmpfs tmpfs rro rnosuid rnodev
	inside cat /proc/self/mountinfo
	[[ $(mount_options /mnt) = ro,nosuid,nodev* ]]
}

@test "mounts: tmpcopyup fills the tmpfs with what it covers" {
	local dir=$BUNDLE/rootfs/data

	mkdir -p "$dir/sub/deeper"
	echo content >"$dir/sub/deeper/file"
	chmod 640 "$dir/sub/deeper/file"
	chmod 711 "$dir/sub"
	chmod 555 "$dir/sub/deeper"
	ln -s /nowhere/else "$dir/link"
	mkfifo -m 620 "$dir/pipe"
	touch -d '2001-02-03 04:05:06 UTC' "$dir/sub/deeper/file" "$dir/sub/deeper"
	head -c 3000000 /dev/urandom >"$dir/large"
	mount_at /data tmpfs tmpfs tmpcopyup
	inside_sh 'cd /data; cat sub/deeper/file; stat -c "%a %n" sub sub/deeper sub/deeper/file pipe; readlink link
		stat -c %Y sub/deeper sub/deeper/file; md5sum <large; echo changed >sub/deeper/file; echo new >new
		grep " /data " /proc/self/mountinfo | grep -c " - tmpfs "'
	assert_output "content
711 sub
555 sub/deeper
640 sub/deeper/file
620 pipe
/nowhere/else
981173106
981173106
$(md5sum <"$dir/large")
1"
	[ "$(cat "$dir/sub/deeper/file")" = content ]
	[ ! -e "$dir/new" ]
	chmod 755 "$dir/sub/deeper"
}

@test "mounts: tmpcopyup keeps owners, attributes and devices where it may" {
	require_root
	require_tool setfattr getfattr
	local dir=$BUNDLE/rootfs/data

	mkdir "$dir"
	echo content >"$dir/file"
	chown 7:8 "$dir" "$dir/file"
	chmod 4755 "$dir/file"
	setfattr -n user.note -v value "$dir/file" || skip "no user attributes on this filesystem"
	setfattr -n security.capability -v 0sAQAAAgAEAAAAAAAAAAAAAAAAAAA= "$dir/file"
	mknod "$dir/null" c 1 3
	ln -s x "$dir/link"
	chown -h 9:10 "$dir/link"
	mount_at /data tmpfs tmpfs tmpcopyup
	set_args cat
	mkfifo "$TEST_DIR/wait"
	run -0 detached rtl run --detach --bundle "$BUNDLE" c
	run -0 rtl exec c stat -c '%n %a %u:%g %t:%T' /data /data/file /data/null /data/link
	assert_output "/data 755 7:8 0:0
/data/file 4755 7:8 0:0
/data/null 644 0:0 1:3
/data/link 777 9:10 0:0"
}

@test "mounts: a copy whose owner cannot be kept is set-ID for nobody" {
	require_root
	mkdir "$BUNDLE/rootfs/data"
	echo program >"$BUNDLE/rootfs/data/program"
	chown -R 1000:1000 "$BUNDLE/rootfs"
	chown 5000:5000 "$BUNDLE/rootfs/data/program"
	chmod 6755 "$BUNDLE/rootfs/data/program"
	update_config '.linux.namespaces += [{type: "user"}] |
		.linux.uidMappings = [{containerID: 0, hostID: 1000, size: 10}] | .linux.gidMappings = .linux.uidMappings'
	mount_at /data tmpfs tmpfs tmpcopyup
	inside stat -c '%a %u:%g' /data/program
	assert_output "755 0:0"
}

@test "mounts: tmpcopyup can be read-only, and a copied tmpfs has its size" {
	mkdir "$BUNDLE/rootfs/data"
	echo content >"$BUNDLE/rootfs/data/file"
	mount_at /data tmpfs tmpfs tmpcopyup ro size=64k
	inside_sh 'cat /data/file; echo x >/data/file || true'
	assert_output_has content
	assert_output_has "Read-only file system"
	head -c 100000 /dev/zero >"$BUNDLE/rootfs/data/large"
	fails "tmpcopyup of /data: copy large: No space left on device"
}

@test "mounts: tmpcopyup does not follow links, and does not go down for ever" {
	local dir=$BUNDLE/rootfs/data i

	mkdir "$dir" "$TEST_DIR/outside"
	echo secret >"$TEST_DIR/outside/file"
	ln -s "$TEST_DIR/outside" "$dir/away"
	ln -s "$TEST_DIR/outside/file" "$dir/file"
	mount_at /data tmpfs tmpfs tmpcopyup
	inside_sh 'readlink /data/away; readlink /data/file; ls /data/away/ 2>&1 | grep -c secret; true'
	assert_output "$TEST_DIR/outside
$TEST_DIR/outside/file
0"
	mkdir -p "$dir/$(printf 'd/%.0s' {1..200})"
	fails "tmpcopyup of /data: more than 128 levels"
}

@test "mounts: tmpcopyup is for a tmpfs only, the link options for binds only" {
	mkdir "$TEST_DIR/dir"
	share "$TEST_DIR/dir" /mnt tmpcopyup
	fails "options: tmpcopyup: is for a tmpfs only"
	update_config 'del(.mounts[-1])'
	mount_at /mnt tmpfs tmpfs copy-symlink
	for option in copy-symlink src-nofollow dest-nofollow idmap; do
		update_config '.mounts[-1].options = [$option]' --arg option $option
		fails "options: $option: is for bind mounts only"
	done
}

@test "mounts: copy-symlink makes a source that is a link again" {
	ln -s ../some/where "$TEST_DIR/link"
	update_config '.root.readonly = false'
	share "$TEST_DIR/link" /new/deep/link copy-symlink
	inside_sh 'readlink /new/deep/link; grep -c /new /proc/self/mountinfo || true'
	assert_output "../some/where
0"
	# what is there already and says the same will do
	inside readlink /new/deep/link
	ln -sfn elsewhere "$BUNDLE/rootfs/new/deep/link"
	fails "make link /new/deep/link to ../some/where: something else is there"
}

@test "mounts: copy-symlink binds what is no link" {
	echo content >"$TEST_DIR/file"
	share "$TEST_DIR/file" /mnt/file copy-symlink
	update_config '.root.readonly = false'
	inside cat /mnt/file
	assert_output content
}

@test "mounts: src-nofollow and dest-nofollow bind a link onto a link" {
	ln -s source-target "$TEST_DIR/link"
	ln -s point-to-nowhere "$BUNDLE/rootfs/target"
	share "$TEST_DIR/link" /target src-nofollow dest-nofollow
	inside readlink /target
	assert_output source-target
	[ "$(readlink "$BUNDLE/rootfs/target")" = point-to-nowhere ]
	[ ! -e "$BUNDLE/rootfs/point-to-nowhere" ]
}

@test "mounts: dest-nofollow mounts on the link, not where it leads" {
	echo content >"$TEST_DIR/file"
	ln -s etc/passwd "$BUNDLE/rootfs/target"
	share "$TEST_DIR/file" /target dest-nofollow
	inside_sh 'cat /target; head -n 1 /etc/passwd'
	assert_output "content
root:x:0:0:root:/root:/bin/sh"
	[ ! -e "$BUNDLE/rootfs/nowhere" ]
}

@test "mounts: without them both links are followed, the destination's inside the root" {
	echo content >"$TEST_DIR/file"
	ln -s file "$TEST_DIR/link"
	ln -s /etc/made "$BUNDLE/rootfs/target"
	update_config '.root.readonly = false'
	share "$TEST_DIR/link" /target
	inside_sh 'cat /etc/made; readlink /target'
	assert_output "content
/etc/made"
}

@test "mounts: a source that only the caller can reach is opened by the caller, as root" {
	require_root
	mkdir -p "$TEST_DIR/closed/dir"
	echo content >"$TEST_DIR/closed/dir/file"
	chown 4242:4242 "$TEST_DIR/closed"
	chmod 700 "$TEST_DIR/closed"
	chown -R 100000:100000 "$BUNDLE/rootfs"
	update_config '.linux.namespaces += [{type: "user"}] |
		.linux.uidMappings = [{containerID: 0, hostID: 100000, size: 1000}] | .linux.gidMappings = .linux.uidMappings'
	share "$TEST_DIR/closed/dir" /mnt ro
	share "$TEST_DIR/closed/dir/file" /etc/file ro
	update_config '.root.readonly = false'
	inside_sh 'cat /mnt/file /etc/file; stat -c %u /mnt; grep " /mnt " /proc/self/mountinfo | cut -d" " -f6'
	assert_output "content
content
65534
ro,relatime"
	share "$TEST_DIR/closed/none" /srv
	fails "open bind source $TEST_DIR/closed/none for /srv: No such file or directory"
}

@test "mounts: a source that only the caller can reach is opened by the caller, as a user" {
	require_user
	require_subids
	mkdir -p "$TEST_DIR/closed/dir"
	echo content >"$TEST_DIR/closed/dir/file"
	chmod 755 "$TEST_DIR/closed/dir"
	chmod 700 "$TEST_DIR/closed"
	# the caller is not root in there: IDs of podman's keep-id
	update_config '.linux.uidMappings = [
			{containerID: 0, hostID: $subuid, size: 1000},
			{containerID: 1000, hostID: $uid, size: 1}] |
		.linux.gidMappings = [
			{containerID: 0, hostID: $subgid, size: 1000},
			{containerID: 1000, hostID: $gid, size: 1}]' \
		--argjson uid "$(id -u)" --argjson gid "$(id -g)" \
		--argjson subuid "$(first_subid /etc/subuid)" --argjson subgid "$(first_subid /etc/subgid)"
	share "$TEST_DIR/closed/dir" /mnt ro
	inside_sh 'cat /mnt/file; stat -c %u /mnt/file'
	assert_output "content
1000"
}

@test "mounts: a source that the caller cannot reach either is refused" {
	require_user
	require_subids
	mkdir -p "$TEST_DIR/closed/dir"
	chmod 000 "$TEST_DIR/closed"
	update_config '.linux.uidMappings = [{containerID: 0, hostID: $subuid, size: 1000}] |
		.linux.gidMappings = [{containerID: 0, hostID: $subgid, size: 1000}]' \
		--argjson subuid "$(first_subid /etc/subuid)" --argjson subgid "$(first_subid /etc/subgid)"
	share "$TEST_DIR/closed/dir" /mnt
	fails "open bind source $TEST_DIR/closed/dir for /mnt: Permission denied"
	chmod 700 "$TEST_DIR/closed"
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
		{path: "/dev/pipe", type: "p", fileMode: 438},
		{path: "/dev/tape", type: "u", major: 1, minor: 5},
		{path: "/dev/disk", type: "b", major: 7, minor: 3, fileMode: 25008, gid: 6}] |
		.linux.resources.devices += [{allow: true, type: "c", major: 1, minor: 3, access: "rwm"}]'
	inside stat -c '%n %F %t:%T %a %u:%g' /dev/deep/mine /dev/pipe /dev/tape /dev/disk
	assert_output "/dev/deep/mine character special file 1:3 600 7:8
/dev/pipe fifo 0:0 666 0:0
/dev/tape character special file 1:5 666 0:0
/dev/disk block special file 7:3 660 0:6"
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
