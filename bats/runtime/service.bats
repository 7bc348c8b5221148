#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# rtl under a service manager: NOTIFY_SOCKET, LISTEN_FDS.
load inside

setup() {
	test_setup
	make_bundle
}

# The container has /notify, and the host's C library for it; a service manager listens.
service() {
	local lib

	[ -x "$RTL_SUPPORT/notify" ] || skip "notify was not built"
	: >"$BUNDLE/rootfs/notify"
	share "$RTL_SUPPORT/notify" /notify ro
	for lib in /lib /lib64 /usr/lib; do
		[ ! -d $lib ] || {
			mkdir -p "$BUNDLE/rootfs$lib"
			share $lib $lib ro
		}
	done
	MANAGER=${1:-$TEST_DIR/manager}
	in_background "$RTL_SUPPORT/notify" receive "$MANAGER" >"$TEST_DIR/told"
	wait_for 'grep -q listening "$TEST_DIR/told"'
	shared_dir
}

# told: what the manager was told, without PIDs of senders and rtl's own barrier
told() {
	sed -n 's/^[0-9]* //p' "$TEST_DIR/told" | grep -v '^BARRIER=1$'
}

@test "notify: a detached run ends when the program is ready, and the manager knows its PID" {
	service
	set_args sh -c '[ "$NOTIFY_SOCKET" = /run/notify/notify.sock ] || exit 1
		until [ -e /shared/go ]; do sleep 0.01; done; /notify send "READY=1"; exec sleep 1000'
	NOTIFY_SOCKET=$MANAGER in_background rtl run --detach --bundle "$BUNDLE" c
	local waiter=$BACKGROUND_PID

	wait_status c running
	kill -0 "$waiter" || fail "rtl did not wait for the program"
	[ -z "$(told)" ]
	: >"$TEST_DIR/shared/go"
	BACKGROUND_PID=$waiter ends_with 0
	[ "$(told)" = "MAINPID=$(container_pid c)
READY=1" ] || fail "$(cat "$TEST_DIR/told")"
	grep -q 'BARRIER=1' "$TEST_DIR/told"
	assert_status c running
}

@test "notify: in the foreground rtl stays the main process, and says so itself" {
	service
	set_args sh -c '/notify send "READY=1
STATUS=good"; until [ -e /shared/go ]; do sleep 0.01; done; /notify send "STOPPING=1"'
	NOTIFY_SOCKET=$MANAGER in_background rtl run --bundle "$BUNDLE" c
	local shell=$BACKGROUND_PID

	wait_for 'told | grep -q STATUS=good'
	[ "$(told)" = "READY=1
STATUS=good" ]
	[ "$(sed -n 's/ READY=1//p' "$TEST_DIR/told")" = "$(pgrep -P "$shell")" ]
	: >"$TEST_DIR/shared/go"
	BACKGROUND_PID=$shell ends_with 0
	wait_for 'told | grep -q STOPPING=1'
}

@test "notify: create and start: it is the start that waits" {
	service
	set_args sh -c 'until [ -e /shared/go ]; do sleep 0.01; done; /notify send "READY=1"; exec sleep 1000'
	export NOTIFY_SOCKET=$MANAGER
	run -0 detached rtl create --bundle "$BUNDLE" c
	in_background rtl start c
	local waiter=$BACKGROUND_PID

	wait_status c running
	kill -0 "$waiter" || fail "rtl did not wait for the program"
	: >"$TEST_DIR/shared/go"
	BACKGROUND_PID=$waiter ends_with 0
	[ "$(told)" = "MAINPID=$(container_pid c)
READY=1" ] || fail "$(cat "$TEST_DIR/told")"
}

@test "notify: a start that waits hinders nobody from deleting the container, and ends with it" {
	service
	set_args sleep 1000
	export NOTIFY_SOCKET=$MANAGER
	run -0 detached rtl create --bundle "$BUNDLE" c
	in_background rtl start c
	local waiter=$BACKGROUND_PID

	wait_status c running
	run -0 timeout 20 "$RTL" --root "$STATE_DIR" delete --force c
	BACKGROUND_PID=$waiter ends_with 0
	[ -z "$(told)" ]
}

@test "notify: an address in the abstract namespace is reached" {
	service "@rtl-test-$TEST_MARK"
	set_args /notify send READY=1
	NOTIFY_SOCKET=$MANAGER run -0 rtl run --bundle "$BUNDLE" c
	wait_for 'told | grep -q READY=1'
}

@test "notify: a container cannot name the main process, nor pass what it likes" {
	service
	set_args sh -c '/notify send "MAINPID=1
FDSTORE=1
EVIL=1
READY=0
STATUS=x"; /notify send "READY=1"'
	NOTIFY_SOCKET=$MANAGER run -0 rtl run --bundle "$BUNDLE" c
	wait_for 'told | grep -q READY=1'
	[ "$(told)" = "READY=0
STATUS=x
READY=1" ] || fail "$(told)"
}

@test "notify: a user that is not root in the container can tell as well" {
	service
	map_ids
	update_config '.process.user = {uid: 1000, gid: 1000}'
	set_args /notify send READY=1
	NOTIFY_SOCKET=$MANAGER run -0 rtl run --bundle "$BUNDLE" c
	wait_for 'told | grep -q READY=1'
}

@test "notify: a config that mounts at /run/notify itself is left alone" {
	service
	mkdir "$TEST_DIR/own"
	share "$TEST_DIR/own" /run/notify
	set_args sh -c 'echo "${NOTIFY_SOCKET-none}"; ls -A /run/notify'
	NOTIFY_SOCKET=$MANAGER run -0 rtl run --bundle "$BUNDLE" c
	assert_output none
}

@test "notify: without NOTIFY_SOCKET there is no socket" {
	inside_sh 'echo "${NOTIFY_SOCKET-none}"; ls -d /run/notify 2>/dev/null || echo nothing'
	assert_output "none
nothing"
}

@test "notify: an address that is none, and one where nobody listens, are errors" {
	NOTIFY_SOCKET=nowhere fails_with 1 "NOTIFY_SOCKET=nowhere: is no address of a socket" run
	NOTIFY_SOCKET=$TEST_DIR/nowhere fails_with 1 "NOTIFY_SOCKET=$TEST_DIR/nowhere: connect: No such file or directory" run
}

# with_fds ASSIGNMENTS COMMAND...: descriptors 3, 4 and 5 are open on files called so
with_fds() {
	local fd

	for fd in 3 4 5; do
		echo "content of $fd" >"$TEST_DIR/fd$fd"
	done
	env $1 sh -c 'dir=$1; shift; exec "$@" 3<"$dir/fd3" 4<"$dir/fd4" 5<"$dir/fd5"' sh "$TEST_DIR" \
		"$RTL" --root "$STATE_DIR" "${@:2}" --bundle "$BUNDLE" c
}

show_fds='cat <&3; cat <&4; [ ! -e /proc/self/fd/5 ] || echo 5 is open
	echo "$LISTEN_FDS $LISTEN_PID $$ ${LISTEN_FDNAMES-none}"'

@test "listen: descriptors are passed and announced to the program's own PID" {
	set_args sh -c "$show_fds"
	run -0 with_fds LISTEN_FDS=2 run
	assert_output "content of 3
content of 4
2 1 1 none"
	run -0 with_fds "LISTEN_FDS=2 LISTEN_FDNAMES=http:https" run
	[ "${lines[2]}" = "2 1 1 http:https" ]
}

@test "listen: without a PID namespace it is the PID outside" {
	update_config 'del(.linux.namespaces[] | select(.type == "pid"))'
	set_args sh -c '[ "$LISTEN_PID" = $$ ] && [ $$ != 1 ] && echo same'
	run -0 with_fds LISTEN_FDS=2 run
	assert_output same
}

@test "listen: what the config says of these variables is replaced" {
	update_config '.process.env += ["LISTEN_FDS=9", "LISTEN_PID=77"]'
	set_args sh -c 'env | grep ^LISTEN_ | sort'
	run -0 with_fds LISTEN_FDS=1 run
	assert_output "LISTEN_FDS=1
LISTEN_PID=1"
}

@test "listen: --preserve-fds counts from behind them" {
	set_args sh -c 'cat <&5; echo "$LISTEN_FDS"'
	run -0 with_fds LISTEN_FDS=2 run --preserve-fds 1
	assert_output "content of 5
2"
}

@test "listen: descriptors that are for another process stay with the caller" {
	set_args sh -c 'echo "${LISTEN_FDS-none}"; [ ! -e /proc/self/fd/3 ] && echo closed'
	run -0 with_fds "LISTEN_FDS=2 LISTEN_PID=1" run
	assert_output "none
closed"
}

@test "listen: a created container keeps them for its start" {
	set_args sh -c "($show_fds) >/shared/seen"
	shared_dir
	run -0 detached with_fds LISTEN_FDS=2 create
	rtl start c
	wait_status c stopped
	[ "$(cat "$TEST_DIR/shared/seen")" = "content of 3
content of 4
2 1 1 none" ] || fail "$(cat "$TEST_DIR/shared/seen")"
}

@test "listen: numbers that are none, and descriptors that are not open, are errors" {
	run -1 with_fds LISTEN_FDS=two run
	assert_output_has "LISTEN_FDS=two: is no number up to 1024"
	run -1 with_fds LISTEN_FDS=900 run
	assert_output_has "Bad file descriptor"
	assert_no_leftovers
}
