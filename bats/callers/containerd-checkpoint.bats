# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2016,SC2154
# checkpoint and restore as containerd does them, with rtl as its runtime.
load containerd

setup_file() {
	caller_setup_file
	[ "$(id -u)" = 0 ] || caller_cannot "for root only"
	caller_needs criu
	[ -n "$CALLER_REASON" ] || criu check >/dev/null 2>&1 || caller_cannot "criu check: it does not work here"
	containerd_setup_file
}

teardown_file() {
	caller_teardown_file
}

setup() {
	caller_setup
	mkdir "$TEST_DIR/shared"
}

teardown() {
	[ -n "$CALLER_REASON" ] || { remove_containers && test_teardown; }
}

# start_counter ID: counts into a bound directory, and on its standard output
start_counter() {
	ctr_run --detach --mount "type=bind,src=$TEST_DIR/shared,dst=/shared,options=rbind:rw" -- "$1" \
		sh -c 'i=0; while :; do i=$((i + 1)); echo "count $i"; echo "$i" >>/shared/count; sleep 0.2; done' \
		</dev/null >"$TEST_DIR/out"
	wait_for '[ "$(counted)" -ge 3 ]' 20
}

counted() {
	tail -n 1 "$TEST_DIR/shared/count" 2>/dev/null || echo 0
}

@test "containerd: ctr task checkpoint --exit writes images, and ends the task" {
	start_counter counter
	run -0 ctr task checkpoint --exit --image-path "$TEST_DIR/images" --work-path "$TEST_DIR/work" counter
	[ -s "$TEST_DIR/images/inventory.img" ] && [ -s "$TEST_DIR/work/dump.log" ]
	retry task_is counter STOPPED
	before=$(counted)
	run -0 ctr task rm counter
	[ "$(counted)" = "$before" ]
}

@test "containerd: a checkpointed task goes on, and so does a container that is restored from it" {
	start_counter counter
	run -0 ctr container checkpoint --task --image counter rtl.test/checkpoint:1
	before=$(counted)
	wait_for "[ \"\$(counted)\" -gt $((before + 2)) ]" 20
	run -0 ctr task rm --force counter
	run -0 ctr container rm counter
	mv "$TEST_DIR/shared/count" "$TEST_DIR/before"
	ctr container restore --live counter2 rtl.test/checkpoint:1 </dev/null >"$TEST_DIR/out2" 2>&1 ||
		fail "$(cat "$TEST_DIR/out2")"
	retry task_is counter2 RUNNING
	wait_for '[ "$(wc -l <"$TEST_DIR/shared/count")" -ge 5 ]' 20
	# from where it was, which is not the beginning, number by number
	first=$(head -n 1 "$TEST_DIR/shared/count")
	[ "$first" -gt 3 ] && [ "$first" -le "$((before + 1))" ]
	run -0 head -n 5 "$TEST_DIR/shared/count"
	assert_output "$(seq "$first" $((first + 4)))"
	# and it is a container of ours
	in_daemon "$RTL" --root "/run/containerd/runc/$CALLER_MARK" state counter2 >"$TEST_DIR/state"
	run -0 jq -r .status "$TEST_DIR/state"
	assert_output running
	run -0 cat "/proc/$(jq .pid "$TEST_DIR/state")/cgroup"
	assert_output_has "/$CALLER_MARK/counter"
}
