# SPDX-License-Identifier: Apache-2.0
# rtl delete: what it removes, what it refuses to remove, what --force does.
load inside

@test "delete: a stopped container is gone, its bundle as it was" {
	local before

	make_bundle
	run -0 detached rtl run --keep --bundle "$BUNDLE" c
	before=$(find "$BUNDLE" ! -path '*/bin/*' | sort; cat "$BUNDLE/config.json")
	run -0 rtl delete c
	assert_output ""
	assert_status c absent
	[ "$(find "$BUNDLE" ! -path '*/bin/*' | sort; cat "$BUNDLE/config.json")" = "$before" ]
}

@test "delete: the ID can be used again at once" {
	make_bundle
	for _ in 1 2 3; do
		run -0 detached rtl run --keep --bundle "$BUNDLE" c
		rtl delete c
	done
}

@test "delete: a running container is refused and goes on" {
	start_container web
	run -1 rtl delete web
	assert_output_has "rtl: "
	assert_output_has "web"
	assert_output_has "running"
	assert_status web running
	kill -0 "$(container_pid web)"
}

@test "delete: a container that does not exist is an error" {
	run -1 rtl delete nobody
	assert_output_has "nobody"
	assert_output_has "does not exist"
}

@test "delete: --force of a container that does not exist is none" {
	run -0 rtl delete --force nobody
	assert_output ""
	# also when there is no state directory at all, and then none is made for it
	[ ! -d "$STATE_DIR/nobody" ]
}

@test "delete: --force kills a running container and all its processes first" {
	make_bundle
	set_args sh -c 'trap "" TERM; setsid sleep 1000 & sleep 1000 & wait'
	run -0 detached rtl run --detach --bundle "$BUNDLE" c
	run -0 rtl delete --force c
	assert_output ""
	assert_status c absent
	assert_no_leftovers
}

@test "delete: --force removes a created container that was never started" {
	create_container web
	rtl delete --force web
	assert_status web absent
	assert_no_leftovers
}

@test "delete: a container that was never started needs no force" {
	create_container web
	rtl delete web
	assert_status web absent
	assert_no_leftovers
}

@test "delete: --force removes a stopped container" {
	make_bundle
	run -0 detached rtl run --keep --bundle "$BUNDLE" c
	rtl delete --force c
	assert_status c absent
}

@test "delete: two at the same time leave nothing, and neither hangs" {
	local first second

	start_container web
	rtl delete --force web 2>/dev/null &
	first=$!
	rtl delete --force web 2>/dev/null &
	second=$!
	wait $first
	wait $second
	assert_status web absent
	assert_no_leftovers
}

@test "delete: a container outlives its bundle's directory" {
	start_container web
	mv "$BUNDLE" "$TEST_DIR/moved"
	assert_status web running
	rtl delete --force web
	assert_no_leftovers
}

@test "delete: the other containers go on" {
	start_container one
	start_container two
	rtl delete --force one
	assert_status two running
	kill -0 "$(container_pid two)"
}

@test "delete: an ID that is a path reaches nothing outside the state directory" {
	mkdir -p "$TEST_DIR/victim" "$STATE_DIR"
	run -1 rtl delete --force ../victim
	assert_output_has "malformed container ID"
	run -1 rtl delete --force ..
	[ -d "$TEST_DIR/victim" ]
}

@test "delete: --regex removes every container whose ID matches" {
	make_bundle
	for name in aa1 aa2 bb1; do
		run -0 detached rtl run --keep --bundle "$BUNDLE" $name
	done
	start_container cc1
	run -0 rtl delete --regex 'a+[0-9]'
	run -0 rtl list -q
	assert_output "bb1
cc1"
	# one that runs is the error, the others are removed
	run -1 rtl delete --regex .
	assert_output_has "container cc1 is running"
	run -0 rtl list -q
	assert_output cc1
	run -0 rtl delete --force --regex '^cc'
	run -0 rtl delete --regex 'none at all'
	run -1 rtl delete --regex 'a['
	assert_output_has "rtl: --regex a[: "
}
