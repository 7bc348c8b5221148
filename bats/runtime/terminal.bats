# SPDX-License-Identifier: Apache-2.0
# process.terminal: over --console-socket, and on the caller's own terminal (a pseudoterminal that
# script(1) or tmux makes).
load inside

setup() {
	test_setup
	make_bundle
	update_config '.process.terminal = true'
	receiver=$RTL_SUPPORT/console_receiver
}

teardown() {
	[ ! -S "$TEST_DIR/tmux" ] || tmux -S "$TEST_DIR/tmux" kill-server 2>/dev/null || true
	test_teardown
}

require_receiver() {
	[ -x "$receiver" ] || skip "console_receiver is not built (make check-bats builds it)"
}

# receive: in the background; what the terminal shows goes to TEST_DIR/shown
receive() {
	require_receiver
	rm -f "$TEST_DIR/typed"
	mkfifo "$TEST_DIR/typed"
	# opened for both ways, so that its end does not come
	in_background sh -c 'exec "$1" "$2" <>"$3" >"$4" 2>&1' sh \
		"$receiver" "$TEST_DIR/socket" "$TEST_DIR/typed" "$TEST_DIR/shown"
	wait_for '[ -S "$TEST_DIR/socket" ]'
}

# type_in TEXT: into that terminal
type_in() {
	printf '%b' "$1" >"$TEST_DIR/typed"
}

shown() {
	tr -d '\r' <"$TEST_DIR/shown"
}

create() {
	run -0 detached rtl create --console-socket "$TEST_DIR/socket" --bundle "$BUNDLE" c
}

# typed COMMAND: runs it, a line for sh, on a terminal; output is in $output without carriage returns
typed() {
	mkfifo "$TEST_DIR/nothing" 2>/dev/null || true
	run -"${2:-0}" script -qec "$1" /dev/null <>"$TEST_DIR/nothing"
	output=${output//$'\r'/}
}

rtl_line() {
	printf '%q ' "$RTL" --root "$STATE_DIR" "$@"
}

@test "terminal: --console-socket receives the master, and the program is on the other end" {
	receive
	set_args sh -c 'test -t 0 && test -t 1 && test -t 2 && tty; echo hello'
	create
	rtl start c
	ends_with 0
	[ "$(shown)" = "/dev/pts/0
hello" ] || [ "$(shown)" = "/dev/console
hello" ]
}

@test "terminal: what is typed reaches the program" {
	receive
	set_args sh -c 'stty -echo; read line; echo "got <$line>"'
	create
	rtl start c
	type_in 'some words\n'
	ends_with 0
	[[ $(shown) = *"got <some words>"* ]]
}

@test "terminal: ^C is an interrupt" {
	receive
	set_args sh -c 'trap "echo interrupted; exit 4" INT; echo ready; while :; do sleep 1000; done'
	create
	rtl start c
	wait_for 'grep -q ready "$TEST_DIR/shown"'
	type_in '\003'
	ends_with 0
	[[ $(shown) = *interrupted ]]
}

@test "terminal: ^D is the end of input" {
	receive
	set_args sh -c 'cat; echo end'
	create
	rtl start c
	type_in 'line\n\004'
	ends_with 0
	[ "$(shown)" = "line
line
end" ]
}

@test "terminal: its size is consoleSize" {
	receive
	update_config '.process.consoleSize = {width: 123, height: 45}'
	set_args stty size
	create
	rtl start c
	ends_with 0
	[ "$(shown)" = "45 123" ]
}

@test "terminal: it is the controlling one, and /dev/console and /dev/tty are it" {
	receive
	set_args sh -c 'echo to-tty >/dev/tty; echo to-console >/dev/console; ps -o tty,comm 2>/dev/null | grep -c pts'
	create
	rtl start c
	ends_with 0
	[[ $(shown) = "to-tty
to-console
"* ]]
}

@test "terminal: it belongs to the program's user" {
	map_ids
	receive
	update_config '.process.user = {uid: 1000, gid: 1000}'
	set_args sh -c 'stat -L -c %u /proc/self/fd/0; echo again >/dev/stdout'
	create
	rtl start c
	ends_with 0
	[ "$(shown)" = "1000
again" ]
}

@test "terminal: it is of the container's own devpts" {
	receive
	set_args sh -c 'ls -1 /dev/pts; stat -c "%d" /dev/pts/0; stat -L -c %d /proc/self/fd/0'
	create
	rtl start c
	ends_with 0
	[ "$(shown | sed -n 1,2p)" = "0
ptmx" ]
	[ "$(shown | sed -n 3p)" = "$(shown | sed -n 4p)" ]
}

@test "terminal: a container without one has no controlling terminal of the caller" {
	update_config '.process.terminal = false'
	set_args sh -c 'echo x >/dev/tty || true'
	typed "$(rtl_line run --bundle "$BUNDLE" c)"
	assert_output_has "/dev/tty"
	[[ $output != x ]]
}

@test "terminal: create without --console-socket is refused" {
	fails_with 1 "needs --console-socket" create
}

@test "terminal: run --detach without --console-socket is refused" {
	run -1 detached rtl run --detach --bundle "$BUNDLE" c
	assert_output_has "needs --console-socket"
	assert_no_leftovers
}

@test "terminal: --console-socket without a terminal is refused" {
	update_config '.process.terminal = false'
	receive
	run -1 detached rtl create --console-socket "$TEST_DIR/socket" --bundle "$BUNDLE" c
	assert_output_has "--console-socket: the process has no terminal"
	assert_no_containers
}

@test "terminal: a socket on which nobody listens is named, and nothing is left" {
	run -1 detached rtl create --console-socket "$TEST_DIR/none" --bundle "$BUNDLE" c
	assert_output_has "--console-socket $TEST_DIR/none"
	assert_no_leftovers
}

@test "terminal: run on the caller's terminal shows what the program shows" {
	set_args sh -c 'test -t 0 && test -t 1 && tty; exit 3'
	typed "$(rtl_line run --bundle "$BUNDLE" c)" 3
	assert_output /dev/pts/0
	assert_no_leftovers
}

@test "terminal: run puts the caller's terminal back as it was" {
	set_args true
	typed "stty -g; $(rtl_line run --bundle "$BUNDLE" c); stty -g"
	[ "$(sed -n 1p <<<"$output")" = "$(sed -n 2p <<<"$output")" ]
	# also when it ends with an error
	set_args /nowhere
	typed "stty -g; $(rtl_line run --bundle "$BUNDLE" c); stty -g"
	[ "$(sed -n 1p <<<"$output")" = "$(sed -n '$p' <<<"$output")" ]
}

@test "terminal: the program's terminal has the size of the caller's" {
	set_args stty size
	typed "stty rows 33 cols 111; $(rtl_line run --bundle "$BUNDLE" c)"
	assert_output "33 111"
}

@test "terminal: much output comes out whole before rtl ends" {
	set_args sh -c 'seq 1 5000; echo end'
	typed "$(rtl_line run --bundle "$BUNDLE" c)"
	[ "$(wc -l <<<"$output")" = 5001 ]
	[ "$(tail -n 1 <<<"$output")" = end ]
}

@test "terminal: exec --tty gives a terminal, exec without it none" {
	start_plain
	typed "$(rtl_line exec --tty web sh -c 'test -t 0 && test -t 1 && tty; stty size; exit 5')" 5
	[[ $output = /dev/pts/* ]]
	run -0 rtl exec web sh -c 'test -t 0 || echo none' </dev/null
	assert_output none
}

# start_plain: the container "web", without a terminal
start_plain() {
	local keep=$BUNDLE

	start_container web
	BUNDLE=$keep
}

@test "terminal: exec --tty --console-socket sends the master" {
	start_plain
	receive
	run -0 detached rtl exec --detach --tty --console-socket "$TEST_DIR/socket" web sh -c 'tty; echo hello'
	ends_with 0
	[[ $(shown) = "/dev/pts/"*"
hello" ]]
}

# in_tmux COMMAND: a session of 80 columns and 24 rows in which it runs
in_tmux() {
	require_tool tmux
	tmux -S "$TEST_DIR/tmux" -f /dev/null new-session -d -s t -x 80 -y 24 "$1; exec sleep 1000"
}

on_screen() {
	wait_for "tmux -S '$TEST_DIR/tmux' capture-pane -p -t t | grep -q -- '$1'"
}

@test "terminal: a shell session, typed and read like a person's, and the window changes its size" {
	set_args sh
	update_config '.process.env += ["PS1=inside> "]'
	in_tmux "$(rtl_line run --bundle "$BUNDLE" c)"
	on_screen '^inside>'
	tmux -S "$TEST_DIR/tmux" send-keys -t t 'echo $((6 * 7)) words' Enter
	on_screen '^42 words'
	# line editing and job control need a controlling terminal
	tmux -S "$TEST_DIR/tmux" send-keys -t t 'echo wrong' BSpace BSpace BSpace BSpace BSpace 'better' Enter
	on_screen '^better'
	tmux -S "$TEST_DIR/tmux" send-keys -t t 'sleep 1000' Enter
	wait_for 'pgrep -f "^sleep 1000$" >/dev/null'
	tmux -S "$TEST_DIR/tmux" send-keys -t t C-c
	tmux -S "$TEST_DIR/tmux" send-keys -t t 'echo status $?' Enter
	on_screen '^status 130'
	tmux -S "$TEST_DIR/tmux" resize-window -t t -x 100 -y 30
	tmux -S "$TEST_DIR/tmux" send-keys -t t 'stty size' Enter
	on_screen '^30 100'
	tmux -S "$TEST_DIR/tmux" send-keys -t t 'exit 9' Enter
	wait_for '[ -z "$(containers)" ]'
}
