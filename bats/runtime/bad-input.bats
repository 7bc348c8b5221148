# SPDX-License-Identifier: Apache-2.0
# What is wrong with a bundle, a name or a state is told in one line, and nothing is left: no state,
# process, mount or cgroup. Bad values of single members stand in the files of what they configure.
load inside

setup() {
	test_setup
	make_bundle
}

@test "bad input: a bundle that does not exist" {
	BUNDLE=$TEST_DIR/none
	fails "$TEST_DIR/none: No such file or directory"
}

@test "bad input: a bundle that is a file" {
	BUNDLE=$BUNDLE/config.json
	fails "$BUNDLE: Not a directory"
}

@test "bad input: a bundle without config.json" {
	rm "$BUNDLE/config.json"
	fails "bundle $BUNDLE"
	fails "config.json: No such file or directory"
}

@test "bad input: a config.json that cannot be read" {
	if [ "$RTL_TEST_MODE" = user ]; then
		chmod 000 "$BUNDLE/config.json"
		fails "config.json: Permission denied"
	else
		# root may read every file
		rm "$BUNDLE/config.json"
		mkdir "$BUNDLE/config.json"
		fails "config.json: Is a directory"
	fi
}

@test "bad input: a config.json that is a FIFO does not block" {
	rm "$BUNDLE/config.json"
	mkfifo "$BUNDLE/config.json"
	run -1 timeout -s KILL 3 "$RTL" --root "$STATE_DIR" run --bundle "$BUNDLE" c
	assert_output_has "config.json"
	assert_no_leftovers
}

@test "bad input: a config.json that is no JSON is told with its line" {
	printf '{\n\t"ociVersion": "1.0.0",\n\t"process": nope\n}\n' >"$BUNDLE/config.json"
	fails "config.json:3"
	: >"$BUNDLE/config.json"
	fails "config.json"
	echo '{"ociVersion": "1.0.0"' >"$BUNDLE/config.json"
	fails "config.json"
}

@test "bad input: a value of the wrong type is told with its line, path and type" {
	update_config '.process.cwd = 3'
	fails "process.cwd: expected a string, got "
	run -1 rtl run --bundle "$BUNDLE" c
	[[ $output =~ config\.json:[0-9]+:\ process\.cwd ]]
	make_spec
	update_config '.process.user.uid = "root"'
	fails "process.user.uid: expected an unsigned integer, got string"
}

@test "bad input: a missing member is named" {
	update_config 'del(.process.cwd)'
	fails "process.cwd"
	make_spec
	update_config 'del(.process)'
	fails "process: missing"
	make_spec
	update_config 'del(.root)'
	fails "root: missing"
	make_spec
	update_config 'del(.ociVersion)'
	fails "ociVersion"
}

@test "bad input: a version of the specification that is not 1.x" {
	update_config '.ociVersion = "2.0.0"'
	fails "ociVersion: 2.0.0"
}

@test "bad input: no program, or a nameless one" {
	update_config '.process.args = []'
	fails "process.args"
	update_config '.process.args = [""]'
	fails "process.args"
}

@test "bad input: a program that does not exist is 127" {
	set_args /nowhere/prog
	fails "/nowhere/prog: no such file or directory" 127
	set_args nowhere
	fails '"nowhere": executable file not found in $PATH' 127
	set_args /bin/busybox/prog
	fails "/bin/busybox/prog: no such file or directory" 127
}

@test "bad input: a program that is a dangling symlink is 127" {
	ln -s nowhere "$BUNDLE/rootfs/link"
	set_args /link
	fails "/link: no such file or directory" 127
}

@test "bad input: a program that cannot be executed is 126" {
	echo '#!/bin/sh' >"$BUNDLE/rootfs/plain"
	set_args /plain
	fails "/plain: permission denied" 126
	set_args /etc
	fails "/etc: is a directory: permission denied" 126
	# found on the way through PATH, and not executable
	mkdir "$BUNDLE/rootfs/path"
	echo '#!/bin/sh' >"$BUNDLE/rootfs/path/prog"
	update_config '.process.env = ["PATH=/path:/bin"]'
	set_args prog
	fails "prog: permission denied" 126
}

@test "bad input: a program that the program's user may not execute is 126" {
	map_ids
	printf '#!/bin/sh\n' >"$BUNDLE/rootfs/mine"
	chmod 700 "$BUNDLE/rootfs/mine"
	update_config '.process.user = {uid: 1000, gid: 1000}'
	set_args /mine
	fails "/mine: permission denied" 126
}

@test "bad input: a program that is no executable format is 126" {
	printf '\001\002\003\004' >"$BUNDLE/rootfs/garbage"
	chmod 755 "$BUNDLE/rootfs/garbage"
	set_args /garbage
	fails_with 126 "/garbage: exec format error" run
}

@test "bad input: a cwd that does not exist" {
	# writable, so that it could be made
	update_config '.process.cwd = "/nowhere" | .root.readonly = false'
	fails "process.cwd /nowhere: No such file or directory"
	[ ! -e "$BUNDLE/rootfs/nowhere" ]
}

@test "bad input: a cwd that is a file, or relative" {
	update_config '.process.cwd = "/etc/passwd"'
	fails "process.cwd /etc/passwd: Not a directory"
	update_config '.process.cwd = "etc"'
	fails "process.cwd: etc is not absolute"
}

@test "bad input: a rootfs that does not exist" {
	update_config '.root.path = "none"'
	fails "root filesystem $BUNDLE/none: No such file or directory"
}

@test "bad input: a rootfs that is a file" {
	echo >"$BUNDLE/file"
	update_config '.root.path = "file"'
	fails "root filesystem $BUNDLE/file is not a directory"
}

@test "bad input: a rootfs that is a symlink" {
	mv "$BUNDLE/rootfs" "$BUNDLE/real"
	ln -s real "$BUNDLE/rootfs"
	fails "root filesystem $BUNDLE/rootfs is a symlink"
}

@test "bad input: an ID in use, whatever its container is doing" {
	create_container web
	run -1 rtl run --bundle "$BUNDLE" web
	assert_output_has "container web already exists"
	assert_status web created
	rtl start web
	run -1 detached rtl create --bundle "$BUNDLE" web
	assert_output_has "container web already exists"
	assert_status web running
	rtl kill web KILL
	wait_status web stopped
	run -1 rtl run --bundle "$BUNDLE" web
	assert_output_has "container web already exists"
	assert_status web stopped
}

@test "bad input: of ten that want one ID at the same time one gets it" {
	local i pids=() won=0

	set_args sh -c 'sleep 1000'
	for i in {1..10}; do
		rtl run --detach --bundle "$BUNDLE" c </dev/null >/dev/null 2>&1 &
		pids+=($!)
	done
	for i in "${pids[@]}"; do
		wait "$i" && won=$((won + 1)) || true
	done
	[ $won = 1 ]
	assert_status c running
	[ "$(pgrep -c -f "^sleep 1000$" -P "$(container_pid c)")" = 1 ] || [ "$(tr '\0' ' ' <"/proc/$(container_pid c)/cmdline")" = "sleep 1000 " ]
}

@test "bad input: a malformed ID" {
	local id

	for id in "a b" "-x" "a:b" $'a\nb' "é" "" ".hidden" "a*" "$(printf 'x%.0s' {1..256})"; do
		run -1 detached rtl create --bundle "$BUNDLE" -- "$id"
		assert_output_has "rtl: "
		assert_output_has "container ID"
	done
	for id in "a b" "a:b" ".hidden" "$(printf 'x%.0s' {1..256})"; do
		run -1 rtl run --bundle "$BUNDLE" -- "$id"
		assert_output_has "container ID"
		for verb in state start kill delete; do
			run -1 rtl $verb -- "$id"
			assert_output_has "container ID"
		done
	done
	assert_no_leftovers
}

@test "bad input: an ID of 255 characters is one" {
	local id

	id=$(printf 'x%.0s' {1..255})
	run -0 rtl run --bundle "$BUNDLE" "$id"
}

@test "bad input: a second start" {
	create_container web
	rtl start web
	run -1 rtl start web
	assert_output "rtl: cannot start container web: it is running, not created"
	assert_status web running
}

@test "bad input: kill of a stopped container" {
	run -0 detached rtl run --keep --bundle "$BUNDLE" c
	run -1 rtl kill c KILL
	assert_output "rtl: kill container c: container not running"
	assert_status c stopped
}

@test "bad input: a state directory that cannot be made" {
	echo >"$TEST_DIR/file"
	run -1 "$RTL" --root "$TEST_DIR/file/state" run --bundle "$BUNDLE" c
	assert_output_has "$TEST_DIR/file/state"
}

@test "bad input: an error is one line on stderr, and in the log that --log names" {
	set_args /nowhere
	"$RTL" --root "$STATE_DIR" --log "$TEST_DIR/log" --log-format json run --bundle "$BUNDLE" c \
		>"$TEST_DIR/out" 2>"$TEST_DIR/err" || [ $? = 127 ]
	[ ! -s "$TEST_DIR/out" ]
	[ "$(wc -l <"$TEST_DIR/err")" = 1 ]
	[ "$(jq -r .level "$TEST_DIR/log")" = error ]
	[[ $(jq -r .msg "$TEST_DIR/log") = *"/nowhere: no such file or directory"* ]]
}

@test "bad input: a limit that cannot be applied is a warning for a user, with --strict-cgroups an error" {
	require_user
	[ -z "$(find /sys/fs/cgroup -maxdepth 3 -name cgroup.procs -writable 2>/dev/null)" ] ||
		skip "a cgroup is delegated to this user"
	update_config '.linux.resources = {memory: {limit: 104857600}}'
	inside echo ran
	[ "${#lines[@]}" = 2 ]
	assert_output_has "memory"
	assert_output_has "
ran"
	run -1 "$RTL" --root "$STATE_DIR" --strict-cgroups run --bundle "$BUNDLE" c
	assert_output_has "memory"
	assert_no_leftovers
}
