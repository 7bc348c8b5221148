# SPDX-License-Identifier: Apache-2.0
# rtl state, and where state is kept. What it says of a PID that was used again is in crash.bats.
load inside

@test "state: it is the OCI document of the container" {
	make_bundle web
	update_config '.annotations = {"org.example.key": "value"}'
	set_args sleep 1000
	start_container web
	rtl state web >"$TEST_DIR/state.json"
	[ "$(jq -r '.ociVersion' "$TEST_DIR/state.json")" = "$(jq -r .ociVersion "$BUNDLE/config.json")" ]
	[ "$(jq -r '.id' "$TEST_DIR/state.json")" = web ]
	[ "$(jq -r '.status' "$TEST_DIR/state.json")" = running ]
	[ "$(jq -r '.bundle' "$TEST_DIR/state.json")" = "$BUNDLE" ]
	[ "$(jq -r '.annotations["org.example.key"]' "$TEST_DIR/state.json")" = value ]
	local pid

	pid=$(jq -r '.pid' "$TEST_DIR/state.json")
	[ "$(tr '\0' ' ' <"/proc/$pid/cmdline")" = "sleep 1000 " ]
}

@test "state: the bundle is an absolute path, however it was given" {
	make_bundle
	set_args sleep 1000
	cd "$TEST_DIR"
	run -0 detached rtl run --detach --bundle ./bundle/../bundle c
	[ "$(rtl state c | jq -r .bundle)" = "$BUNDLE" ]
}

@test "state: a container is created, running, then stopped and without PID" {
	create_container web
	[ "$(container_status web)" = created ]
	[ "$(container_pid web)" -gt 0 ]
	rtl start web
	[ "$(container_status web)" = running ]
	rtl kill web KILL
	wait_status web stopped
	[ "$(rtl state web | jq '.pid // 0')" = 0 ]
}

@test "state: a container that is being made is creating" {
	make_bundle
	mkfifo "$TEST_DIR/fifo"
	update_config '.hooks.createRuntime = [{path: "/bin/sh", args: ["sh", "-c", "read line <\($fifo)"]}]' \
		--arg fifo "$TEST_DIR/fifo"
	in_background rtl create --bundle "$BUNDLE" c
	wait_status c creating
	# nobody else may act on it meanwhile
	echo go >"$TEST_DIR/fifo"
	ends_with 0
	assert_status c created
}

@test "state: a container that does not exist is an error" {
	run -1 rtl state nobody
	assert_output "rtl: container does not exist: nobody"
}

@test "state: a damaged state file is named, with its container" {
	start_container web
	cp "$STATE_DIR/web/state.json" "$TEST_DIR/good"
	echo '{"id": ' >"$STATE_DIR/web/state.json"
	run -1 rtl state web
	assert_output_has "container web"
	assert_output_has "state.json"
	cp "$TEST_DIR/good" "$STATE_DIR/web/state.json"
	assert_status web running
}

@test "state: of a create that was killed before it wrote anything there is the ID, and it is stopped" {
	mkdir -p "$STATE_DIR/c"
	[ "$(rtl state c | jq -c '[.id, .status, .pid // 0, .bundle]')" = '["c","stopped",0,""]' ]
	run -0 rtl list
	[[ ${lines[1]} =~ ^c\ +0\ +stopped ]]
	run -0 rtl delete --force c
	assert_status c absent
}

@test "state: a zombie is stopped" {
	# its parent, the shell below, does not wait for it
	make_bundle
	set_args sleep 1000
	in_background sh -c '"$1" --root "$2" create --bundle "$3" c </dev/null && kill -STOP $$' sh \
		"$RTL" "$STATE_DIR" "$BUNDLE"
	wait_status c created
	rtl start c
	rtl kill c KILL
	wait_status c stopped
}


@test "state: a user's state is in XDG_RUNTIME_DIR when that is his and closed to others" {
	require_user
	make_bundle
	set_args sleep 1000
	mkdir -m 700 "$TEST_DIR/xdg"
	XDG_RUNTIME_DIR=$TEST_DIR/xdg run -0 detached "$RTL" run --detach --bundle "$BUNDLE" c
	STATE_DIR=$TEST_DIR/xdg/rtl
	[ -d "$STATE_DIR/c" ]
	[ "$(stat -c %a "$STATE_DIR")" = 700 ]
	assert_status c running
}

@test "state: a user's state is elsewhere when XDG_RUNTIME_DIR is open to others" {
	require_user
	[ ! -d "/run/user/$(id -u)" ] || skip "/run/user/$(id -u) exists"
	make_bundle
	set_args sleep 1000
	mkdir -m 750 "$TEST_DIR/xdg"
	TMPDIR=$TEST_DIR XDG_RUNTIME_DIR=$TEST_DIR/xdg run -0 detached "$RTL" run --detach --bundle "$BUNDLE" c
	STATE_DIR=$TEST_DIR/rtl-$(id -u)
	[ -d "$STATE_DIR/c" ]
	[ ! -e "$TEST_DIR/xdg/rtl" ]
	[ "$(stat -c %a "$STATE_DIR")" = 700 ]
}

@test "state: a user's directory below TMPDIR is refused when it is open to others or a symlink" {
	require_user
	[ ! -d "/run/user/$(id -u)" ] || skip "/run/user/$(id -u) exists"
	local dir

	make_bundle
	dir=$TEST_DIR/rtl-$(id -u)
	mkdir -m 755 "$dir"
	TMPDIR=$TEST_DIR XDG_RUNTIME_DIR='' run -1 "$RTL" run --bundle "$BUNDLE" c
	assert_output_has "$dir"
	assert_output_has "mode 755"
	rmdir "$dir"
	mkdir -m 700 "$TEST_DIR/target"
	ln -s target "$dir"
	TMPDIR=$TEST_DIR XDG_RUNTIME_DIR='' run -1 "$RTL" run --bundle "$BUNDLE" c
	assert_output_has "$dir"
	[ -z "$(ls "$TEST_DIR/target")" ]
}

@test "state: a user's state is elsewhere when XDG_RUNTIME_DIR is another's" {
	require_user
	[ ! -d "/run/user/$(id -u)" ] || skip "/run/user/$(id -u) exists"
	[ "$(stat -c %u:%a /root)" = 0:700 ] || skip "/root is not closed"
	TMPDIR=$TEST_DIR XDG_RUNTIME_DIR=/root run -0 "$RTL" list --quiet
	[ -d "$TEST_DIR/rtl-$(id -u)" ]
}

@test "state: without XDG_RUNTIME_DIR a user's state is in /run/user/UID when that is closed to others" {
	require_user
	# the user's ID is 0 there, and /run is one of his own
	run -0 unshare --map-root-user --mount sh -c 'unset XDG_RUNTIME_DIR
		export TMPDIR="$1"
		mount -t tmpfs none /run && mkdir -p /run/user/0 && chmod 700 /run/user/0 &&
		"$2" list --quiet && ls -A /run/user/0 && rmdir /run/user/0/rtl && ls -A "$1" &&
		chmod 750 /run/user/0 && "$2" list --quiet && ls -A /run/user/0 && ls -A "$1"' sh "$TEST_DIR" "$RTL"
	assert_output "rtl
rtl-0"
}

@test "state: a user's directory below TMPDIR is refused when it is another's" {
	require_user
	require_subids
	# by one who may read it all the same: the root of his own user namespace
	run unshare --map-root-user --map-auto sh -c 'mkdir -m 700 "$1/rtl-0" && chown 1 "$1/rtl-0"
		TMPDIR=$1 XDG_RUNTIME_DIR="" "$2" list; status=$?; rm -r "$1/rtl-0"; exit $status' sh "$TEST_DIR" "$RTL"
	[ "$status" = 1 ]
	assert_output_has "$TEST_DIR/rtl-0 belongs to user 1"
}

@test "state: root's is in /run/rtl, whatever the environment says" {
	require_root
	make_bundle
	mkdir -m 700 "$TEST_DIR/xdg"
	# in a mount namespace, so that the host's /run is not touched
	run -0 unshare --mount --propagation private sh -c 'mount -t tmpfs none /run &&
		XDG_RUNTIME_DIR=$1/xdg TMPDIR=$1 "$2" run --keep --bundle "$3" c </dev/null &&
		ls /run/rtl && stat -c %a /run/rtl && "$2" delete c && ls "$1/xdg"' sh "$TEST_DIR" "$RTL" "$BUNDLE"
	assert_output "c
700"
}

@test "state: it has runc's members, in its order" {
	make_bundle web
	update_config '.annotations = {"a.b": "c"}'
	start_container web
	run -0 rtl state web
	[ "$(jq -c keys_unsorted <<<"$output")" = \
		'["ociVersion","id","pid","status","bundle","rootfs","created","annotations","owner"]' ]
	[ "$(jq -r .rootfs <<<"$output")" = "$BUNDLE/rootfs" ]
	[ "$(jq -r .owner <<<"$output")" = "$(id -un)" ]
	[ "$(jq -c .annotations <<<"$output")" = '{"a.b":"c"}' ]
	# RFC 3339, of now
	[ "$(($(date +%s) - $(date -d "$(jq -r .created <<<"$output")" +%s)))" -lt 60 ]
}
