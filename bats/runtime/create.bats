# SPDX-License-Identifier: Apache-2.0
# rtl create: a container that waits.
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

@test "create: the waiting init shows the container nothing of the host" {
	# exec is the only way to be beside it; what it has open, and what rtl's caller had in his environment
	export RTL_SECRET=of-the-host
	create
	run -0 rtl exec c sh -c 'ls -l /proc/1/fd; tr "\0" "\n" </proc/1/environ; ls /proc/1/cwd/ /proc/1/root/'
	[[ $output != *of-the-host* ]]
	[[ $output != *"$BUNDLE"* ]]
	# standard streams, the channel, the two FIFOs
	[ "$(grep -c -- ' -> ' <<<"$output")" = 6 ]
}

@test "create: the namespaces of the waiting init can be opened by who made it" {
	create
	for kind in mnt net pid ipc uts; do
		: <"/proc/$(container_pid c)/ns/$kind"
	done
}

@test "create: HUP, INT, QUIT and TERM while a hook of the init hangs leave nothing" {
	local signal

	mkfifo "$TEST_DIR/fifo"
	update_config '.hooks.createContainer = [{path: "/bin/sh", args: ["sh", "-c", $script]}]' \
		--arg script "echo in >$TEST_DIR/fifo; read x <$TEST_DIR/fifo"
	for signal in HUP INT QUIT TERM; do
		# in the background a shell has INT and QUIT ignored
		in_background env --default-signal "$RTL" --root "$STATE_DIR" create --bundle "$BUNDLE" c
		read -r _ <"$TEST_DIR/fifo"
		kill -s "$signal" "$BACKGROUND_PID"
		ends_with 1
		[ -z "$(containers)" ]
		wait_for has_no_processes
	done
}
