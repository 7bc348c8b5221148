# SPDX-License-Identifier: Apache-2.0
# Known attacks on container runtimes, tried for real.
load inside

setup() {
	test_setup
	make_bundle
	shared_dir
	update_config 'del(.process.rlimits)'
}

# own_rtl: a copy of the binary that this user may write, so that root of the container may, and what
# it needs to run inside the container
own_rtl() {
	local library

	mkdir "$TEST_DIR/own"
	cp "$RTL" "$TEST_DIR/own/rtl"
	cp "$RTL" "$TEST_DIR/own/original"
	for library in $(ldd "$RTL" | grep -o '/[^ ]*'); do
		mkdir -p "$BUNDLE/rootfs$(dirname "$library")"
		cp -L "$library" "$BUNDLE/rootfs$library"
	done
	OTHER_RTL=$RTL
	RTL=$TEST_DIR/own/rtl
}

# CVE-2019-5736: the process that exec makes is still the runtime when it executes /proc/self/exe, so
# that the runtime's file runs inside. There it waits at a FIFO for its log, which gives another
# process the time to take hold of the file. When it has ended, nothing says "text file busy".
# The arguments are the command in the container, which must open the log.
overwrite() {
	set_args sleep 1000
	run -0 detached rtl run --detach --bundle "$BUNDLE" c
	run -0 detached rtl exec --detach c "$@"
	# by another file, or ours would be busy
	# shellcheck disable=SC2016 # for the shell in the container
	run -0 timeout 20 "$OTHER_RTL" --root "$STATE_DIR" exec c sh -c '
		for p in /proc/[0-9]*; do
			grep -q /shared/fifo "$p/cmdline" && [ "$p" != "/proc/$$" ] && break
		done
		exec 3<"$p/exe" || exit
		timeout 10 cat /shared/fifo >/dev/null || exit
		tries=10000
		while grep -qs "^State:.*[^Z] (" "$p/status" && [ $((tries -= 1)) -gt 0 ]; do :; done
		if (: >/proc/self/fd/3) 2>/dev/null; then echo written; else echo refused; fi'
	[ "$output" = refused ]
	cmp "$TEST_DIR/own/rtl" "$TEST_DIR/own/original"
}

@test "attack: /proc/self/exe gives the container no way to the runtime's file" {
	own_rtl
	mkfifo -m 666 "$TEST_DIR/shared/fifo"
	overwrite /proc/self/exe --root /shared/none --log /shared/fifo list
}

@test "attack: neither does a script that begins with it" {
	own_rtl
	mkfifo -m 666 "$TEST_DIR/shared/fifo"
	printf '#!/proc/self/exe --log=/shared/fifo\n' >"$BUNDLE/rootfs/script"
	chmod 755 "$BUNDLE/rootfs/script"
	overwrite /script
}
