# SPDX-License-Identifier: Apache-2.0
# kill -9 of rtl at any instant leaves nothing that `rtl delete --force` cannot remove; and a state
# whose PID belongs to somebody else by now is stopped, and nobody is signalled.
load inside

setup() {
	test_setup
	make_bundle
	set_args sh -c 'sleep 1000'
}

# blocking_hook KIND: says "up" and then waits until go
blocking_hook() {
	mkfifo "$TEST_DIR/fifo"
	update_config '.hooks[$kind] = [{path: "/bin/sh",
		args: ["sh", "-c", "echo >\($dir)/up; read line <\($dir)/fifo"]}]' \
		--arg kind "$1" --arg dir "$TEST_DIR"
}

go() {
	timeout 5 sh -c 'echo go >"$1"' sh "$TEST_DIR/fifo"
}

# killed_in_hook KIND VERB [OPTION...]: kill -9 of that rtl while the hook runs
killed_in_hook() {
	blocking_hook "$1"
	in_background rtl "${@:2}" --bundle "$BUNDLE" c </dev/null >/dev/null 2>&1
	wait_for '[ -e "$TEST_DIR/up" ]'
	kill -KILL "$(background_rtl)"
	ends_with 137
}

# all_gone: what is left after delete --force is nothing
all_gone() {
	run -0 rtl delete --force c
	assert_output ""
	assert_status c absent
	assert_no_leftovers
}

@test "crash: rtl create killed in a createRuntime hook leaves nothing that delete --force cannot remove" {
	killed_in_hook createRuntime create
	# the init ends by itself, the hook goes on
	wait_status c stopped
	go
	wait_for has_no_processes
	run -1 rtl start c
	assert_output_has "stopped"
	all_gone
}

@test "crash: rtl run killed in a createRuntime hook leaves nothing that delete --force cannot remove" {
	killed_in_hook createRuntime run
	wait_status c stopped
	go
	wait_for has_no_processes
	all_gone
}

@test "crash: rtl create killed in a prestart hook leaves nothing that delete --force cannot remove" {
	killed_in_hook prestart create
	wait_status c stopped
	go
	all_gone
}

@test "crash: rtl create killed in a createContainer hook leaves nothing that delete --force cannot remove" {
	killed_in_hook createContainer create
	# the hook is a child of the init, and in its PID namespace
	go || true
	wait_for has_no_processes
	all_gone
}

@test "crash: the ID of a killed rtl create is taken until it is deleted" {
	killed_in_hook createRuntime create
	go
	run -1 detached rtl create --bundle "$BUNDLE" c
	assert_output_has "container c already exists"
	update_config 'del(.hooks)'
	rtl delete --force c
	run -0 detached rtl create --bundle "$BUNDLE" c
	assert_status c created
}

@test "crash: a killed rtl create can be deleted without force" {
	killed_in_hook createRuntime create
	go
	wait_status c stopped
	rtl delete c
	assert_no_leftovers
}

@test "crash: a program whose rtl run was killed goes on, and can be deleted" {
	in_background rtl run --bundle "$BUNDLE" c </dev/null
	wait_status c running
	kill -KILL "$(background_rtl)"
	ends_with 137
	assert_status c running
	all_gone
}

@test "crash: rtl start killed in a poststart hook leaves a container that can be deleted" {
	blocking_hook poststart
	run -0 detached rtl create --bundle "$BUNDLE" c
	in_background rtl start c
	wait_for '[ -e "$TEST_DIR/up" ]'
	kill -KILL "$(background_rtl)"
	ends_with 137
	go
	all_gone
}

@test "crash: rtl exec killed leaves the container as it was" {
	shared_dir
	run -0 detached rtl run --detach --bundle "$BUNDLE" c
	in_background rtl exec c sh -c 'echo >/shared/up; sleep 1000'
	wait_for '[ -e "$TEST_DIR/shared/up" ]'
	kill -KILL "$(background_rtl)"
	ends_with 137
	assert_status c running
	all_gone
}

@test "crash: an init that is killed while it is made is told, and nothing is left" {
	blocking_hook createRuntime
	in_background rtl create --bundle "$BUNDLE" c </dev/null >"$TEST_DIR/log" 2>&1
	wait_for '[ -e "$TEST_DIR/up" ]'
	# its only child that is rtl, not the hook
	kill -KILL "$(pgrep -P "$(background_rtl)" rtl)"
	go
	ends_with 1
	grep -q '^rtl: create container c: ' "$TEST_DIR/log"
	assert_no_leftovers
}

# calls FILE: "NAME N" for each system call of a trace, the Nth of its name; from the one on that
# takes the ID, since before it there is nothing that could be left
calls() {
	awk '/^[a-z0-9_]+\(/ { line = $0; sub(/\(.*/, ""); n[$0]++
		if (line ~ /^mkdirat\(.*"c", 0700/) taken = 1
		if (taken && $0 != "exit_group") print $0, n[$0] }' "$1"
}

# deleted_by_force WHAT: delete --force works, at once, and leaves nothing; WHAT happened before
deleted_by_force() {
	run timeout -s KILL 10 "$RTL" --root "$STATE_DIR" delete --force c
	# what would hold up the end of this test
	[ "$status" = 0 ] || test_processes | xargs -r kill -KILL
	[ "$status" = 0 ] || fail "$1: delete --force: exit status $status, $output"
	[ -z "$(containers)" ] || fail "$1: state is left"
	wait_for has_no_cgroups 2 || fail "$1: cgroups are left"
}

# killed_at_calls STEP CMD...: kills CMD at every STEPth of its system calls, and deletes then
killed_at_calls() {
	local step=$1 name n

	shift
	require_tool strace
	strace -o "$TEST_DIR/trace" true 2>/dev/null || skip "strace does not work here"
	# the leak checker of a build with sanitizers cannot work beside strace
	local -x ASAN_OPTIONS=${ASAN_OPTIONS-}:detect_leaks=0
	strace -o "$TEST_DIR/trace" "$RTL" --root "$STATE_DIR" "$@" </dev/null >/dev/null 2>&1
	rtl delete --force c
	calls "$TEST_DIR/trace" | awk -v step="$step" 'NR % step == 1' >"$TEST_DIR/calls"
	[ "$(wc -l <"$TEST_DIR/calls")" -ge 5 ]
	while read -r name n; do
		strace -o /dev/null -e "trace=$name" -e "inject=$name:signal=KILL:when=$n" \
			"$RTL" --root "$STATE_DIR" "$@" </dev/null >/dev/null 2>&1 3>&- 4>&- || true
		deleted_by_force "killed at $name, number $n"
	done <"$TEST_DIR/calls"
	wait_for has_no_processes
}

@test "crash: rtl create may be killed at any of its system calls" {
	killed_at_calls 4 create --bundle "$BUNDLE" c
}

@test "crash: rtl run may be killed at any of its system calls" {
	set_args true
	killed_at_calls 5 run --bundle "$BUNDLE" c
}

@test "crash: rtl delete may be killed at any of its system calls" {
	local name n

	require_tool strace
	strace -o "$TEST_DIR/trace" true 2>/dev/null || skip "strace does not work here"
	set_args true
	for name in unlinkat rmdir flock openat pidfd_open kill write; do
		for n in 1 2 3; do
			rtl delete --force c
			rtl run --keep --bundle "$BUNDLE" c </dev/null
			strace -o /dev/null -e "trace=$name" -e "inject=$name:signal=KILL:when=$n" \
				"$RTL" --root "$STATE_DIR" delete c >/dev/null 2>&1 3>&- 4>&- || true
			deleted_by_force "killed at $name, number $n"
		done
	done
}

# forge FILTER [JQ-ARG...]: changes the state of the container c
forge() {
	jq -c "${@:2}" "$1" "$STATE_DIR/c/state.json" >"$TEST_DIR/forged"
	cp "$TEST_DIR/forged" "$STATE_DIR/c/state.json"
}

# stopped_and_harmless: the container is stopped, and whoever has its PID now is not signalled
stopped_and_harmless() {
	assert_status c stopped
	[ "$(rtl state c | jq '.pid // 0')" = 0 ]
	run -1 rtl kill c KILL
	assert_output_has "container not running"
	run -1 rtl kill c TERM
	run -1 rtl exec c true
	assert_output_has "container not running"
	run -1 rtl start c
	run -0 rtl delete --force c
	kill -0 "$VICTIM"
	[ ! -e "$TEST_DIR/signalled" ]
}

# A process that has nothing to do with the container, and notes each signal.
start_victim() {
	# what it sleeps by is a FIFO that nobody writes: it has no child that could outlive it
	mkfifo "$TEST_DIR/never"
	in_background sh -c 'trap "echo >\"$1/signalled\"" TERM HUP INT; exec 5<>"$1/never"; echo >"$1/victim"; while :; do read -r x <&5; done' sh "$TEST_DIR"
	VICTIM=$BACKGROUND_PID
	wait_for '[ -e "$TEST_DIR/victim" ]'
}

start_time() {
	sed 's/.*) //' "/proc/$1/stat" | cut -d' ' -f20
}

# A stopped container whose PID is now the victim's; all else is as it was.
reuse_pid() {
	run -0 detached rtl run --detach --bundle "$BUNDLE" c
	cp "$STATE_DIR/c/state.json" "$TEST_DIR/real"
	kill -KILL "$(container_pid c)"
	wait_status c stopped
	start_victim
	forge '.pid = $pid' --argjson pid "$VICTIM"
}

@test "state: a PID that another process has by now is stopped, and nobody is signalled" {
	reuse_pid
	stopped_and_harmless
}

@test "state: neither does it help that process to have the same start time" {
	require_pidfd_open
	reuse_pid
	[ "$(jq .pidfdInode "$TEST_DIR/real")" != 0 ] || skip "this kernel's pidfds have no inodes of their own"
	forge '.startTime = $time' --argjson time "$(start_time "$VICTIM")"
	stopped_and_harmless
}

@test "state: a container of another boot is stopped, whatever PID and start time say" {
	run -0 detached rtl run --detach --bundle "$BUNDLE" c
	VICTIM=$(container_pid c)
	forge '.bootId = "00000000-0000-0000-0000-000000000000"'
	assert_status c stopped
	run -1 rtl kill c KILL
	assert_output_has "container not running"
	kill -0 "$VICTIM"
	forge '.bootId = $id' --arg id "$(cat /proc/sys/kernel/random/boot_id)"
	assert_status c running
}

@test "state: a start time that differs is another process" {
	run -0 detached rtl run --detach --bundle "$BUNDLE" c
	forge '.startTime += 1'
	assert_status c stopped
	run -1 rtl kill c KILL
	forge '.startTime -= 1'
	assert_status c running
}

@test "state: a pidfd inode that differs is another process" {
	require_pidfd_open
	run -0 detached rtl run --detach --bundle "$BUNDLE" c
	[ "$(jq .pidfdInode "$STATE_DIR/c/state.json")" != 0 ] || skip "this kernel's pidfds have no inodes of their own"
	forge '.pidfdInode += 1'
	assert_status c stopped
	run -1 rtl kill c KILL
	forge '.pidfdInode -= 1'
	assert_status c running
}
