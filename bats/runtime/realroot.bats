# SPDX-License-Identifier: Apache-2.0
# A real distribution: a Debian root file system with its own /dev, /etc, setuid files and symlinks.
# As root it is made by tests/support/make-debian-rootfs.sh into a cache (RTL_DEBIAN_CACHE, else
# /var/cache/rtl-tests), from which both modes take it; as a user it is unpacked with the owners that
# subordinate IDs stand for.
load inside

setup_file() {
	local support

	export DEBIAN=$BATS_FILE_TMPDIR/debian CACHE=${RTL_DEBIAN_CACHE:-/var/cache/rtl-tests} REASON=
	support=$(dirname "$RTL")/tests/support
	[ ! -d "${RTL_SUPPORT-}" ] || support=$RTL_SUPPORT
	mkdir "$DEBIAN"
	chmod 711 "$BATS_FILE_TMPDIR" "$(dirname "$BATS_FILE_TMPDIR")" "$DEBIAN"
	if [ "$(id -u)" = 0 ]; then
		make_as_root "$support/make-debian-rootfs.sh" || true
	else
		unpack_as_user || true
	fi
}

# A copy, since the tests write into it.
make_as_root() {
	local rootfs

	command -v mmdebstrap >/dev/null || { REASON="mmdebstrap is not installed"; return 1; }
	[ -x "$1" ] || { REASON="$1 is missing"; return 1; }
	rootfs=$("$1" "$CACHE" 2>"$BATS_FILE_TMPDIR/log") || {
		REASON="no Debian root file system: $(tail -n 1 "$BATS_FILE_TMPDIR/log")"
		return 1
	}
	cp -a "$rootfs" "$DEBIAN/rootfs"
}

unpack_as_user() {
	[ -r "$CACHE/rootfs.tar" ] || { REASON="no $CACHE/rootfs.tar: root makes it (tests/support/make-debian-rootfs.sh)"; return 1; }
	unshare --map-root-user --map-auto true 2>/dev/null || { REASON="no subordinate IDs"; return 1; }
	# a user can make no devices: /dev comes empty
	unshare --map-root-user --map-auto sh -c 'mkdir "$1/rootfs" && tar -C "$1/rootfs" -xpf "$2" \
		--exclude="./dev/*" && chmod 755 "$1/rootfs"' sh "$DEBIAN" "$CACHE/rootfs.tar" \
		2>"$BATS_FILE_TMPDIR/log" || { REASON=$(tail -n 1 "$BATS_FILE_TMPDIR/log"); return 1; }
}

teardown_file() {
	if [ "$(id -u)" = 0 ]; then
		rm -rf "$DEBIAN"
	else
		unshare --map-root-user --map-auto rm -rf "$DEBIAN/rootfs" 2>/dev/null || true
	fi
}

# A bundle of Docker's kind around it: its capabilities, writable, all IDs.
setup() {
	test_setup
	[ -z "$REASON" ] && [ -x "$DEBIAN/rootfs/usr/bin/perl" ] || skip "${REASON:-no Debian root file system}"
	make_bundle
	rm -rf "$BUNDLE/rootfs"
	map_ids
	update_config '.root = {path: $dir, readonly: false} | .process.noNewPrivileges = false |
		.process.env += ["DEBIAN_FRONTEND=noninteractive", "LC_ALL=C"] |
		.process.capabilities = {bounding: $caps, effective: $caps, permitted: $caps}' \
		--arg dir "$DEBIAN/rootfs" --argjson caps '["CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FSETID",
			"CAP_FOWNER", "CAP_MKNOD", "CAP_NET_RAW", "CAP_SETGID", "CAP_SETUID", "CAP_SETFCAP",
			"CAP_SETPCAP", "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT", "CAP_KILL", "CAP_AUDIT_WRITE"]'
}

@test "Debian: apt lists what is installed" {
	inside apt list --installed
	assert_output_has "base-files/"
	assert_output_has "[installed"
	[ "$(grep -c installed <<<"$output")" -gt 50 ]
}

@test "Debian: perl computes" {
	inside perl -e 'print join(",", map { $_ ** 2 } 1 .. 5), "\n"'
	assert_output "1,4,9,16,25"
}

@test "Debian: the whole tree can be listed" {
	inside_sh 'ls -lR / >/tmp/list 2>/tmp/errors; wc -l </tmp/list; grep -v -e /proc/ -e /sys/ /tmp/errors; true'
	[ "${lines[0]}" -gt 5000 ]
	[ "${#lines[@]}" = 1 ]
}

@test "Debian: owners and setuid bits are those of the distribution" {
	inside stat -c '%a %U:%G' /usr/bin/passwd /etc/shadow /var/mail /tmp
	assert_output "4755 root:root
640 root:shadow
2775 root:mail
1777 root:root"
}

@test "Debian: a setuid program gives an ordinary user its rights, without no_new_privs only" {
	update_config '.process.user = {uid: 1000, gid: 1000}'
	# su without a terminal asks for a password as root, which it can read by its setuid bit
	inside_sh 'cp /usr/bin/id /tmp/id 2>/dev/null; ls -l /usr/bin/su | cut -c1-10; passwd -S 2>&1 || true; grep -c . /etc/shadow 2>&1 || true'
	[ "${lines[0]}" = -rwsr-xr-x ]
	assert_output_has "Permission denied"
	# effective IDs, told by the kernel
	update_config '.process.user = {uid: 0, gid: 0}'
	inside_sh 'cp /usr/bin/perl /tmp/setuid-perl && chmod 4755 /tmp/setuid-perl && cp /usr/bin/cat /tmp/setuid-cat && chmod 4755 /tmp/setuid-cat'
	update_config '.process.user = {uid: 1000, gid: 1000}'
	inside_sh '/tmp/setuid-cat /proc/self/status | grep ^Uid'
	[ "$(status_field Uid)" = "1000 0 0 0" ]
	update_config '.process.noNewPrivileges = true'
	inside_sh '/tmp/setuid-cat /proc/self/status | grep ^Uid'
	[ "$(status_field Uid)" = "1000 1000 1000 1000" ]
}

@test "Debian: its symlinks lead where they should" {
	inside_sh 'readlink /bin /lib /etc/os-release /var/run; cat /etc/os-release | grep ^ID=; ls /var/lock/ >/dev/null && echo lock'
	assert_output "usr/bin
usr/lib
../usr/lib/os-release
/run
ID=debian
lock"
}

@test "Debian: a mount on a symlink of the image goes where that leads" {
	mkdir "$TEST_DIR/data"
	echo content >"$TEST_DIR/data/file"
	chmod -R a+rX "$TEST_DIR/data"
	share "$TEST_DIR/data" /var/run/data ro
	share "$TEST_DIR/data/file" /bin/data-file ro
	inside_sh 'cat /run/data/file /usr/bin/data-file'
	assert_output "content
content"
}

@test "Debian: its own /dev does as well as a new one" {
	require_root
	update_config 'del(.mounts[] | select(.destination | startswith("/dev")))'
	inside_sh 'stat -c %F:%t:%T /dev/null /dev/zero; echo x >/dev/null && head -c 3 /dev/zero | wc -c; readlink /dev/fd'
	assert_output "character special file:1:3
character special file:1:5
3
/proc/self/fd"
}

@test "Debian: packages can be unpacked and users made" {
	inside_sh 'groupadd -g 4000 team && useradd -u 4000 -g team -m someone && id someone && stat -c %U:%G /home/someone &&
		dpkg-query -W -f "\${Status}\n" perl-base'
	assert_output "uid=4000(someone) gid=4000(team) groups=4000(team)
someone:team
install ok installed"
	inside userdel -r someone
}

@test "Debian: a shell session on a terminal" {
	require_tool tmux
	update_config '.process.terminal = true | .process.env += ["PS1=inside> "]'
	set_args bash --norc --noprofile
	tmux -S "$TEST_DIR/tmux" -f /dev/null new-session -d -s t -x 100 -y 30 \
		"$(printf '%q ' "$RTL" --root "$STATE_DIR" run --bundle "$BUNDLE" c); exec sleep 1000"
	on_screen '^inside>'
	typed 'tty; stty size'
	on_screen '^30 100'
	typed 'perl -e "print qq(perl \$\$\\n)"'
	on_screen '^perl [0-9]'
	# job control
	typed 'sleep 1000 & jobs'
	on_screen 'Running .*sleep 1000'
	typed 'kill %1; wait %1; echo status $?'
	on_screen '^status 143'
	typed exit
	wait_for '[ -z "$(containers)" ]'
}

typed() {
	tmux -S "$TEST_DIR/tmux" send-keys -t t -l "$1"
	tmux -S "$TEST_DIR/tmux" send-keys -t t Enter
}

on_screen() {
	wait_for "tmux -S '$TEST_DIR/tmux' capture-pane -p -t t | grep -q -- '$1'"
}

teardown() {
	[ ! -S "$TEST_DIR/tmux" ] || tmux -S "$TEST_DIR/tmux" kill-server 2>/dev/null || true
	test_teardown
}
