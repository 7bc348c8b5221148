# SPDX-License-Identifier: Apache-2.0
# rtl kill: the signal that was named reaches the process, and nobody else.
load inside

setup() {
	test_setup
	make_bundle
	shared_dir
}

# Starts a container that writes the name of each signal of NAME... that it gets into /shared/got.
start_listener() {
	set_args sh -c 'for s; do trap "echo $s >>/shared/got" "$s"; done
		echo ready >/shared/got
		while :; do sleep 1000 & wait; done' sh "$@"
	run -0 detached rtl run --detach --bundle "$BUNDLE" c
	wait_for 'grep -qs ready "$TEST_DIR/shared/got"'
}

got() {
	wait_for "grep -qx $1 '$TEST_DIR/shared/got'"
}

@test "kill: TERM is sent when no signal is named" {
	start_listener TERM
	run -0 rtl kill c
	assert_output ""
	got TERM
	assert_status c running
}

@test "kill: a signal is a name with or without SIG, in any case, or a number" {
	start_listener HUP USR1 USR2 INT WINCH
	rtl kill c HUP
	got HUP
	rtl kill c SIGUSR1
	got USR1
	rtl kill c sigusr2
	got USR2
	rtl kill c int
	got INT
	rtl kill c 28
	got WINCH
	[ "$(wc -l <"$TEST_DIR/shared/got")" = 6 ]
}

@test "kill: real-time signals can be named" {
	set_args sh -c 'trap "echo got >>/shared/got" 35; echo ready >/shared/got; while :; do sleep 1000 & wait; done'
	run -0 detached rtl run --detach --bundle "$BUNDLE" c
	wait_for 'grep -qs ready "$TEST_DIR/shared/got"'
	rtl kill c RTMIN+1
	got got
}

@test "kill: KILL ends the container, which is then stopped" {
	start_listener TERM
	rtl kill c KILL
	wait_status c stopped
	wait_for has_no_processes
}

@test "kill: an unknown signal is refused and the container keeps running" {
	start_listener TERM
	run -1 rtl kill c SIGNOPE
	assert_output "rtl: unknown signal SIGNOPE"
	run -1 rtl kill c 65
	assert_output "rtl: unknown signal 65"
	run -1 rtl kill c -- -1
	assert_output "rtl: unknown signal -1"
	assert_status c running
	[ "$(cat "$TEST_DIR/shared/got")" = ready ]
}

@test "kill: a container that is created can be killed" {
	create_container web
	rtl kill web KILL
	wait_status web stopped
}

@test "kill: a stopped container is refused" {
	run -0 detached rtl run --keep --bundle "$BUNDLE" c
	run -1 rtl kill c KILL
	assert_output_has "rtl: "
	assert_output_has "container not running"
}

@test "kill: a container that does not exist is refused" {
	run -1 rtl kill nobody
	assert_output_has "nobody"
	assert_output_has "does not exist"
}

@test "kill: only process 1 gets the signal, with --all every process" {
	set_args sh -c 'sh -c "trap \"echo child >>/shared/got\" USR1; echo up >>/shared/got; while :; do sleep 1000 & wait; done" &
		trap "echo init >>/shared/got" USR1
		echo up >>/shared/got
		while :; do wait; done'
	run -0 detached rtl run --detach --bundle "$BUNDLE" c
	wait_for '[ "$(grep -cs up "$TEST_DIR/shared/got")" = 2 ]'
	rtl kill c USR1
	got init
	run -1 grep -x child "$TEST_DIR/shared/got"
	# the sleeping grandchild, which has no trap, dies of it: the loop starts another
	rtl kill --all c USR1
	got child
	wait_for '[ "$(grep -cx init "$TEST_DIR/shared/got")" = 2 ]'
}

@test "kill: --all ends also what has a process group and session of its own" {
	set_args sh -c 'setsid sleep 1000 & setsid sleep 2000 & echo ready >/shared/got; sleep 3000'
	run -0 detached rtl run --detach --bundle "$BUNDLE" c
	wait_for 'grep -qs ready "$TEST_DIR/shared/got"'
	rtl kill --all c KILL
	wait_for has_no_processes
	wait_status c stopped
}

@test "kill: --all is refused where a container has neither a cgroup nor a PID namespace of its own" {
	update_config 'del(.linux.namespaces[] | select(.type == "pid"))'
	set_args sleep 1000
	run -0 detached rtl --cgroup-manager disabled run --detach --bundle "$BUNDLE" c
	# a signal that nobody minds, should it be sent to all
	run -1 rtl kill --all c URG
	assert_output_has "container c has neither a cgroup nor a PID namespace of its own"
	assert_status c running
}

@test "kill: --regex signals every container whose ID matches" {
	start_container aa1
	start_container aa2
	start_container bb1
	run -0 rtl kill --regex '^aa[0-9]$' KILL
	wait_status aa1 stopped
	wait_status aa2 stopped
	assert_status bb1 running
	run -0 rtl kill --regex nothing-like-it KILL
	run -1 rtl kill --regex '(' KILL
	assert_output_has "rtl: --regex (: "
	# the first that cannot be signalled is the error, the rest are still tried
	run -1 rtl kill --regex . KILL
	assert_output_has "container not running"
	wait_status bb1 stopped
}

@test "kill: --all of a stopped container is no error, as with runc" {
	make_bundle
	run -0 detached rtl run --keep --bundle "$BUNDLE" c
	assert_status c stopped
	run -0 rtl kill --all c KILL
	run -1 rtl kill c KILL
	assert_output "rtl: kill container c: container not running"
}
