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

@test "attack: CVE-2019-5736: /proc/self/exe gives the container no way to the runtime's file" {
	own_rtl
	mkfifo -m 666 "$TEST_DIR/shared/fifo"
	overwrite /proc/self/exe --root /shared/none --log /shared/fifo list
}

@test "attack: CVE-2019-5736: neither does a script that begins with it" {
	own_rtl
	mkfifo -m 666 "$TEST_DIR/shared/fifo"
	printf '#!/proc/self/exe --log=/shared/fifo\n' >"$BUNDLE/rootfs/script"
	chmod 755 "$BUNDLE/rootfs/script"
	overwrite /script
}

# hostile_library: what the dynamic linker would load, and a dynamic linker: each says that it was
# run, and turns into a shell that writes to the file it finds in /proc/self/exe
hostile_library() {
	require_tool cc
	cat >"$TEST_DIR/hostile.c" <<-'END'
		#include <fcntl.h>
		#include <unistd.h>

		__attribute__((constructor)) void _start(void)
		{
			char *args[] = {"sh", "-c", "echo >/shared/ran; exec 4<>/proc/self/fd/3; echo >>/proc/self/fd/3", 0};
			char *env[] = {"PATH=/bin", 0};

			dup2(open("/proc/self/exe", O_RDONLY), 3);
			execve("/bin/sh", args, env);
			_exit(1);
		}
	END
	cc -shared -fPIC -o "$TEST_DIR/evil.so" "$TEST_DIR/hostile.c" || skip "cc makes no shared library here"
	install -m 755 "$TEST_DIR/evil.so" "$BUNDLE/rootfs/evil.so"
}

# each_library: rtl's own file is executed by exec and by run where all of the container's
# libraries are hostile
each_library() {
	update_config '.process.env += ["LD_PRELOAD=/evil.so", "LD_AUDIT=/evil.so", "LD_LIBRARY_PATH=/"]'
	set_args /proc/self/exe --version
	run rtl run --bundle "$BUNDLE" c
	set_args sleep 1000
	run -0 detached rtl run --detach --bundle "$BUNDLE" c
	run rtl exec --env LD_PRELOAD=/evil.so c /proc/self/exe --version
	wait_for '! pgrep -f "^/proc/self/exe" >/dev/null'
	cmp "$TEST_DIR/own/rtl" "$TEST_DIR/own/original"
}

@test "attack: CVE-2019-5736: nor do hostile libraries and a hostile dynamic linker of the container" {
	local loader

	own_rtl
	hostile_library
	for loader in /lib64/ld-linux-x86-64.so.2 /lib/ld-linux-aarch64.so.1 /lib/ld-musl-x86_64.so.1; do
		mkdir -p "$BUNDLE/rootfs${loader%/*}"
		install -m 755 "$TEST_DIR/evil.so" "$BUNDLE/rootfs$loader"
	done
	echo /evil.so >"$BUNDLE/rootfs/etc/ld.so.preload"
	each_library
	# a static rtl needs nothing of the container
	if ! ldd "$OTHER_RTL" 2>/dev/null | grep -q "=>"; then [ ! -e "$TEST_DIR/shared/ran" ]; fi
}
