#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# rtl list.
load ../support

@test "list: without containers there is only the header, an empty array, or nothing" {
	run -0 rtl list
	[[ ${lines[0]} =~ ^ID\ +PID\ +STATUS\ +BUNDLE\ +CREATED\ +OWNER$ ]]
	[ "${#lines[@]}" = 1 ]
	run -0 rtl list --format json
	assert_output "[]"
	run -0 rtl list --quiet
	assert_output ""
}

@test "list: containers are shown in the order of their IDs with PID, status and bundle" {
	local pid

	start_container web
	create_container db
	pid=$(container_pid web)
	run -0 rtl list
	[ "${#lines[@]}" = 3 ]
	[[ ${lines[1]} =~ ^db\ +[0-9]+\ +created\ +"$TEST_DIR/db"\  ]]
	[[ ${lines[2]} =~ ^web\ +"$pid"\ +running\ +"$TEST_DIR/web"\ +[0-9-]+T[0-9:.]+Z\ +"$(id -un)"$ ]]
	run -0 rtl list -q
	assert_output $'db\nweb'
}

@test "list: there may be more containers than a process may open files" {
	local id

	for id in 1 2 3 4 5 6 7 8 9 10 11 12; do
		create_container "c$id"
	done
	run -0 prlimit --nofile=16:16 "$RTL" --root "$STATE_DIR" list -q
	[ "${#lines[@]}" = 12 ]
}

@test "list: JSON has runc's members" {
	make_bundle web
	update_config '.annotations = {"org.example.key": "value"}'
	set_args sleep 1000
	start_container web
	run -0 rtl list -f json
	[ "$(jq -r length <<<"$output")" = 1 ]
	[ "$(jq -c '.[0] | keys' <<<"$output")" = \
		'["annotations","bundle","created","id","ociVersion","owner","pid","rootfs","status"]' ]
	[ "$(jq -r '.[0].id' <<<"$output")" = web ]
	[ "$(jq -r '.[0].ociVersion' <<<"$output")" = "$(jq -r .ociVersion "$BUNDLE/config.json")" ]
	[ "$(jq -r '.[0].status' <<<"$output")" = running ]
	[ "$(jq -c '.[0].annotations' <<<"$output")" = '{"org.example.key":"value"}' ]
	[ "$(jq -r '.[0].pid' <<<"$output")" = "$(container_pid web)" ]
	[ "$(jq -r '.[0].rootfs' <<<"$output")" = "$BUNDLE/rootfs" ]
	[ "$(jq -r '.[0].bundle' <<<"$output")" = "$BUNDLE" ]
	[ "$(jq -r '.[0].owner' <<<"$output")" = "$(id -un)" ]
	jq -e '.[0].created | test("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z$")' <<<"$output"
}

@test "list: a stopped container has PID 0" {
	start_container web
	rtl kill web KILL
	wait_for '[ "$(container_status web)" = stopped ]'
	run -0 rtl list
	[[ ${lines[1]} =~ ^web\ +0\ +stopped\  ]]
	[ "$(rtl list -f json | jq '.[0].pid')" = 0 ]
}

@test "list: each --root has containers of its own" {
	start_container web
	run -0 "$RTL" --root "$TEST_DIR/other" list --quiet
	assert_output ""
}

@test "list: a container whose state is damaged is told of, and the others are shown" {
	start_container web
	start_container db
	cp "$STATE_DIR/web/state.json" "$TEST_DIR/good"
	echo '{' >"$STATE_DIR/web/state.json"
	run -0 --separate-stderr rtl list --quiet
	assert_output db
	# shellcheck disable=SC2154 # set by run
	[[ $stderr == *"container web"*state.json* ]]
	cp "$TEST_DIR/good" "$STATE_DIR/web/state.json"
}
