# SPDX-License-Identifier: Apache-2.0
# rtl create and rtl start: a container that waits, and the one start it gets.
load inside

setup() {
	test_setup
	make_bundle
	shared_dir
	set_args sh -c 'echo started >>/shared/out; sleep 1000 & wait'
}

create() {
	run -0 detached rtl create --bundle "$BUNDLE" "$@" c
}

# executable_file NAME TEXT: makes a file of the root file system
executable_file() {
	printf '%s' "$2" >"$BUNDLE/rootfs/$1"
	chmod 755 "$BUNDLE/rootfs/$1"
}

@test "create: the container waits, and its program does not run" {
	create
	assert_output ""
	assert_status c created
	kill -0 "$(container_pid c)"
	# the init is still rtl: the program is not executed
	[[ $(tr '\0' ' ' <"/proc/$(container_pid c)/cmdline") != *"echo started"* ]]
	[ ! -e "$TEST_DIR/shared/out" ]
}

@test "create: --pid-file holds the PID of the waiting init" {
	create --pid-file "$TEST_DIR/pid"
	[ "$(cat "$TEST_DIR/pid")" = "$(container_pid c)" ]
	[ "$(awk '/^NSpid:/ { print NF, $NF }' "/proc/$(cat "$TEST_DIR/pid")/status")" = "3 1" ]
}

@test "create: --preserve-fds passes descriptors through to the started program" {
	echo three >"$TEST_DIR/3"
	set_args sh -c 'cat <&3 >/shared/out; [ -e /proc/self/fd/4 ] || echo none >>/shared/out'
	"$RTL" --root "$STATE_DIR" create --preserve-fds 1 --bundle "$BUNDLE" c \
		3<"$TEST_DIR/3" 4</etc/passwd </dev/null >"$TEST_DIR/log" 2>&1
	rtl start c
	wait_status c stopped
	[ "$(cat "$TEST_DIR/shared/out")" = "three
none" ]
}

@test "create: the configuration of that moment counts, not what the file says later" {
	create
	set_args sh -c 'echo changed >>/shared/out'
	rtl start c
	wait_for '[ -s "$TEST_DIR/shared/out" ]'
	[ "$(cat "$TEST_DIR/shared/out")" = started ]
}

@test "create: a bundle is not an ID" {
	run -1 rtl create "$BUNDLE"
	assert_output_has "create needs an ID"
	assert_no_leftovers
}

@test "create: the init cannot be traced or read by the container's processes" {
	create
	# undumpable: what /proc shows of it belongs to the host's root
	[ "$(stat -c %u "/proc/$(container_pid c)/environ")" = 0 ]
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
