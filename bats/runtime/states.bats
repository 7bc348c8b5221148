# SPDX-License-Identifier: Apache-2.0
# Each verb in each state of a container: what is refused is one clear line and status 1.
load inside

# refused TEXT ARG...: rtl ARG... says "rtl: TEXT" and nothing else, with status 1
refused() {
	run -1 detached rtl "${@:2}"
	assert_output "rtl: $1"
}

@test "states: a created container is not paused, resumed or created again" {
	create_container web
	refused "container web already exists" create --bundle "$BUNDLE" web
	refused "container web already exists" run --bundle "$BUNDLE" web
	refused "resume container web: container not paused" resume web
	assert_status web created
	# its namespaces are there: exec works before the start
	run -0 rtl exec web true
	run -0 rtl delete --force web
}

@test "states: a running container is not started, resumed, deleted or created again" {
	start_container web
	refused "cannot start container web: it is running, not created" start web
	refused "resume container web: container not paused" resume web
	refused "container web is running: stop it first, or rtl delete --force web" delete web
	refused "container web already exists" create --bundle "$BUNDLE" web
	assert_status web running
}

@test "states: a paused container is not started, paused, deleted or entered" {
	start_container web
	rtl pause web
	refused "cannot start container web: it is paused, not created" start web
	refused "container web is paused: stop it first, or rtl delete --force web" delete web
	refused "exec in container web: it is paused (--ignore-paused enters it all the same)" exec web true
	refused "pause container web: container not running" pause web
	assert_status web paused
	run -0 rtl delete --force web
}

@test "states: a stopped container is not started, paused, resumed, signalled, entered or created again" {
	make_bundle
	run -0 detached rtl run --keep --bundle "$BUNDLE" c
	assert_status c stopped
	refused "cannot start container c: it is stopped, not created" start c
	refused "pause container c: container not running" pause c
	refused "resume container c: container not paused" resume c
	refused "kill container c: container not running" kill c
	refused "exec in container c: container not running" exec c true
	refused "exec in container c: container not running" exec --ignore-paused c true
	refused "container c already exists" create --bundle "$BUNDLE" c
	run -0 rtl kill --all c
	run -0 rtl delete c
}

@test "states: a container without a cgroup does what needs none" {
	make_bundle
	set_args sh -c 'sleep 1000'
	run -0 detached rtl --cgroup-manager disabled run --detach --bundle "$BUNDLE" c
	run -0 rtl exec c true
	run -0 rtl state c
	run -0 rtl kill --all c KILL
	wait_status c stopped
	run -0 rtl delete c
}

@test "exec: --ignore-paused enters a frozen container, and waits until it is resumed" {
	require_root
	start_container web
	rtl pause web
	in_background "$RTL" --root "$STATE_DIR" exec --ignore-paused web sh -c 'echo ran; exit 7' >"$TEST_DIR/out"
	# its process is there, and has said nothing
	wait_for '[ "$(pgrep -fc -- "--root $STATE_DIR exec")" -ge 2 ]'
	[ ! -s "$TEST_DIR/out" ]
	assert_status web paused
	rtl resume web
	ends_with 7
	[ "$(cat "$TEST_DIR/out")" = ran ]
}

@test "exec: --ignore-paused gives up on a signal, and nothing runs after the container is resumed" {
	require_root
	start_container web
	rtl pause web
	in_background "$RTL" --root "$STATE_DIR" exec --ignore-paused web sh -c 'echo ran' >"$TEST_DIR/out" 2>&1
	wait_for '[ "$(pgrep -fc -- "--root $STATE_DIR exec")" -ge 2 ]'
	kill -TERM "$BACKGROUND_PID"
	ends_with 1
	[ "$(cat "$TEST_DIR/out")" = "rtl: exec in container web: stopped by signal 15 before the start" ]
	rtl resume web
	wait_for '[ "$(pgrep -fc -- "--root $STATE_DIR exec")" = 0 ]'
	[ "$(wc -l <"$TEST_DIR/out")" = 1 ]
	run -0 rtl exec web true
}
