# SPDX-License-Identifier: Apache-2.0
# rtl run: program, streams, exit status, what is the ID and what the bundle, what is left.
load inside

setup() {
	test_setup
	make_bundle
}

@test "run: the exit status is the program's" {
	local status

	for status in 0 1 42 255; do
		set_args sh -c "exit $status"
		run "-$status" rtl run --bundle "$BUNDLE" c
		assert_output ""
	done
	assert_no_leftovers
}

@test "run: a program killed by a signal gives 128 and the signal" {
	set_args sleep 1000
	in_background rtl run --bundle "$BUNDLE" c
	wait_status c running
	kill -KILL "$(container_pid c)"
	ends_with 137
	assert_no_containers
}

@test "run: the program is process 1 and has the arguments as they are" {
	inside sh -c 'echo $$; for a; do echo "<$a>"; done' sh "two words" "" '$HOME' "new
line"
	assert_output '1
<two words>
<>
<$HOME>
<new
line>'
}

@test "run: the program reads rtl's standard input to its end" {
	set_args wc -c
	run -0 rtl run --bundle "$BUNDLE" c < <(head -c 100000 /dev/zero)
	assert_output 100000
}

@test "run: standard output and standard error stay apart" {
	set_args sh -c 'echo out; echo err >&2'
	rtl run --bundle "$BUNDLE" c >"$TEST_DIR/out" 2>"$TEST_DIR/err"
	[ "$(cat "$TEST_DIR/out")" = out ]
	[ "$(cat "$TEST_DIR/err")" = err ]
}

@test "run: the program can open /dev/stdin, /dev/stdout and /dev/stderr when they are pipes" {
	set_args sh -c 'cat /dev/stdin >/dev/stdout; echo err >/dev/stderr'
	run -0 sh -c "echo in | \"\$1\" --root \"\$2\" run --bundle \"\$3\" c 2>&1 | cat" sh "$RTL" "$STATE_DIR" "$BUNDLE"
	assert_output "in
err"
}

@test "run: without --bundle the working directory is the bundle" {
	cd "$BUNDLE"
	set_args echo here
	run -0 rtl run c
	assert_output here
}

@test "run: an argument with a slash is the bundle" {
	set_args echo here
	run -0 rtl run "$BUNDLE"
	assert_output here
	cd "$TEST_DIR"
	run -0 rtl run bundle/
	assert_output here
	run -0 rtl run ./bundle
	assert_output here
	assert_no_leftovers
}

@test "run: . and .. are bundles" {
	set_args echo here
	cd "$BUNDLE"
	run -0 rtl run .
	assert_output here
	cd rootfs
	run -0 rtl run ..
	assert_output here
}

@test "run: an argument without a slash is an ID, also when a bundle has that name" {
	cd "$TEST_DIR"
	run -1 rtl run bundle
	assert_output_has "config.json"
	cd "$BUNDLE"
	mkdir web
	run -0 detached rtl run --keep web
	assert_status web stopped
}

@test "run: --print-id says the ID that was made up, before the program speaks" {
	set_args echo program
	run -0 detached rtl run --keep --print-id "$BUNDLE"
	[ "${lines[1]}" = program ]
	[ "$(containers)" = "${lines[0]}" ]
}

@test "run: two containers of one bundle get different IDs" {
	run -0 rtl run --print-id "$BUNDLE"
	local first=$output

	run -0 rtl run --print-id "$BUNDLE"
	[ -n "$first" ] && [ "$first" != "$output" ]
}

@test "run: --config names another configuration" {
	set_args echo other
	mv "$BUNDLE/config.json" "$TEST_DIR/other.json"
	run -0 rtl run --config "$TEST_DIR/other.json" --bundle "$BUNDLE" c
	assert_output other
}

@test "run: nothing is left of the container afterwards" {
	run -0 rtl run --bundle "$BUNDLE" c
	assert_status c absent
	assert_no_leftovers
}

@test "run: --keep leaves the stopped container until delete" {
	set_args sh -c 'exit 3'
	run -3 rtl run --keep --bundle "$BUNDLE" c
	assert_status c stopped
	rtl delete c
	assert_status c absent
}

@test "run: --detach returns while the program runs" {
	shared_dir
	set_args sh -c 'read line </shared/fifo; echo "$line" >/shared/out; sleep 1000'
	mkfifo -m 666 "$TEST_DIR/shared/fifo"
	run -0 detached rtl run --detach --bundle "$BUNDLE" c
	assert_status c running
	echo hello >"$TEST_DIR/shared/fifo"
	wait_for '[ -s "$TEST_DIR/shared/out" ]'
	[ "$(cat "$TEST_DIR/shared/out")" = hello ]
}

@test "run: --detach is told that the program cannot be executed" {
	set_args /nowhere
	run -127 detached rtl run --detach --bundle "$BUNDLE" c
	assert_output_has "/nowhere: no such file or directory"
	assert_no_leftovers
}

@test "run: --pid-file holds the PID of process 1, as the caller sees it" {
	set_args sleep 1000
	run -0 detached rtl run --detach --pid-file "$TEST_DIR/pid" --bundle "$BUNDLE" c
	local pid

	pid=$(cat "$TEST_DIR/pid")
	[[ $pid =~ ^[0-9]+$ ]]
	[ "$pid" = "$(container_pid c)" ]
	[ "$(awk '/^NSpid:/ { print $NF }' "/proc/$pid/status")" = 1 ]
	[ "$(tr '\0' ' ' <"/proc/$pid/cmdline")" = "sleep 1000 " ]
}

@test "run: a PID file that cannot be written leaves no container" {
	run -1 rtl run --pid-file "$TEST_DIR/none/pid" --bundle "$BUNDLE" c
	assert_output_has "$TEST_DIR/none/pid"
	assert_no_leftovers
}

@test "run: descriptors above 2 are not the program's" {
	set_args sh -c 'ls /proc/self/fd | sort -n | tr "\n" " "'
	# ls has one more open: the directory
	run -0 rtl run --bundle "$BUNDLE" c 5</etc/passwd 9</etc/passwd
	assert_output "0 1 2 3 "
}

@test "run: --preserve-fds passes that many, and no more" {
	echo three >"$TEST_DIR/3"
	echo four >"$TEST_DIR/4"
	set_args sh -c 'cat <&3; cat <&4; [ ! -e /proc/self/fd/5 ] && echo none'
	"$RTL" --root "$STATE_DIR" run --preserve-fds 2 --bundle "$BUNDLE" c \
		3<"$TEST_DIR/3" 4<"$TEST_DIR/4" 5</etc/passwd >"$TEST_DIR/out"
	[ "$(cat "$TEST_DIR/out")" = "three
four
none" ]
}

@test "run: signals are passed on to the program" {
	local name

	shared_dir
	set_args sh -c 'for s in HUP INT QUIT USR1 USR2 TERM WINCH CONT; do
			trap "echo $s >>/shared/got" $s
		done
		trap "exit 5" ALRM
		echo ready >/shared/got
		while :; do sleep 1000 & wait; done'
	in_background rtl run --bundle "$BUNDLE" c
	wait_for 'grep -q ready "$TEST_DIR/shared/got"'
	for name in HUP INT QUIT USR1 USR2 TERM WINCH CONT; do
		kill "-$name" "$(background_rtl)"
		wait_for "grep -qx $name '$TEST_DIR/shared/got'"
	done
	kill -ALRM "$(background_rtl)"
	ends_with 5
}

@test "run: a signal that ends the program ends rtl with 128 and the signal" {
	# the shell is process 1, which has no default actions: its child takes the signal
	shared_dir
	set_args sh -c 'trap "kill -TERM \$child" TERM; sleep 1000 & child=$!; : >/shared/up; wait $child; wait $child; exit $?'
	in_background rtl run --bundle "$BUNDLE" c
	wait_for '[ -e "$TEST_DIR/shared/up" ]'
	kill -TERM "$(background_rtl)"
	ends_with 143
}

@test "run: signals blocked or ignored by the caller are not so for the program" {
	set_args grep -E '^Sig(Blk|Ign):' /proc/self/status
	run -0 env --ignore-signal=TERM --ignore-signal=INT --block-signal=USR1 \
		"$RTL" --root "$STATE_DIR" run --bundle "$BUNDLE" c
	assert_output "SigBlk:	0000000000000000
SigIgn:	0000000000000000"
}

@test "run: the processes a program leaves behind end with it" {
	shared_dir
	inside_sh 'sleep 1000 & echo done'
	assert_output "done"
	assert_no_leftovers
}

@test "run: the rootfs may be anywhere when its path is absolute" {
	mv "$BUNDLE/rootfs" "$TEST_DIR/elsewhere"
	update_config '.root.path = $dir' --arg dir "$TEST_DIR/elsewhere"
	inside echo found
	assert_output found
}

@test "run: a bundle may be reached by a symlink and hold one in its path" {
	mkdir "$TEST_DIR/far"
	mv "$BUNDLE" "$TEST_DIR/far/bundle"
	ln -s "$TEST_DIR/far" "$TEST_DIR/near"
	BUNDLE=$TEST_DIR/near/bundle
	inside echo found
	assert_output found
}

@test "run: 20 containers of one bundle run at the same time" {
	local i status pids=()

	set_args sh -c 'cat >/dev/null; exit 7'
	# each gets the cgroup of its ID
	update_config 'del(.linux.cgroupsPath)'
	for i in {1..20}; do
		rtl run --bundle "$BUNDLE" "$TEST_MARK-$i" </dev/null &
		pids+=($!)
	done
	for i in "${pids[@]}"; do
		wait "$i" && status=0 || status=$?
		[ $status = 7 ]
	done
}
