# SPDX-License-Identifier: Apache-2.0
# rtl start: the one start that a waiting container gets.
load inside

setup() {
	test_setup
	make_bundle
	shared_dir
	set_args sh -c 'echo started >>/shared/out; sleep 1000 & wait'
}

create() {
	run -0 detached rtl create --bundle "$BUNDLE" c
}

# executable_file NAME TEXT: makes a file of the root file system
executable_file() {
	printf '%s' "$2" >"$BUNDLE/rootfs/$1"
	chmod 755 "$BUNDLE/rootfs/$1"
}

@test "start: the program runs, and start says nothing" {
	create
	run -0 rtl start c
	assert_output ""
	assert_status c running
	wait_for 'grep -qx started "$TEST_DIR/shared/out"'
}

@test "start: the PID stays the one of create" {
	create
	local pid

	pid=$(container_pid c)
	rtl start c
	[ "$(container_pid c)" = "$pid" ]
	# its arguments are there when the kernel has finished the execve that start saw begin
	wait_for "tr '\0' ' ' </proc/$pid/cmdline | grep -q 'echo started'"
}

@test "start: a second start is refused and disturbs nothing" {
	create
	rtl start c
	run -1 rtl start c
	assert_output_has "rtl: "
	assert_output_has "running"
	assert_status c running
	[ "$(cat "$TEST_DIR/shared/out")" = started ]
}

@test "start: of two starts at the same time one succeeds" {
	local first second

	for _ in 1 2 3 4 5; do
		rm -f "$TEST_DIR/shared/out"
		create
		rtl start c 2>/dev/null &
		first=$!
		rtl start c 2>/dev/null &
		second=$!
		wait $first && first=ok || first=failed
		wait $second && second=ok || second=failed
		[ "$first" != "$second" ]
		wait_for '[ -s "$TEST_DIR/shared/out" ]'
		[ "$(cat "$TEST_DIR/shared/out")" = started ]
		rtl delete --force c
	done
}

@test "start: a stopped container is not started again" {
	set_args true
	create
	rtl start c
	wait_status c stopped
	run -1 rtl start c
	assert_output_has "stopped"
	assert_status c stopped
}

@test "start: a container whose waiting init was killed is refused" {
	create
	kill -KILL "$(container_pid c)"
	wait_status c stopped
	run -1 rtl start c
	assert_output_has "stopped"
}

@test "start: a container that does not exist is refused" {
	run -1 rtl start nobody
	assert_output_has "nobody"
	assert_output_has "does not exist"
}

@test "start: a file that is no program is told, with exit status 126" {
	executable_file garbage $'\x01\x02\x03\x04'
	set_args /garbage
	create
	run -126 rtl start c
	assert_output_has "/garbage: exec format error"
	wait_status c stopped
}

@test "start: a script whose interpreter is missing is told, with exit status 127" {
	executable_file script $'#!/nowhere\n'
	set_args /script
	create
	run -127 rtl start c
	assert_output_has "/script: no such file or directory"
	wait_status c stopped
}

@test "start: a program that is removed after create is told, with exit status 127" {
	executable_file script $'#!/bin/sh\n'
	set_args /script
	create
	rm "$BUNDLE/rootfs/script"
	run -127 rtl start c
	assert_output_has "/script: no such file or directory"
}
