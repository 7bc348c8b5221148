# SPDX-License-Identifier: Apache-2.0
# The six kinds of hooks: when, where, with what they run, and what a failing one does.
load inside

setup() {
	test_setup
	make_bundle
	shared_dir
}

# hook KIND SCRIPT: adds one; in a startContainer hook TEST_DIR/shared is /shared
hook() {
	update_config '.hooks[$kind] += [{path: "/bin/sh", args: ["sh", "-c", $script, "sh", $kind],
		env: ["PATH=/usr/bin:/bin", "HOOK=" + $kind]}]' --arg kind "$1" --arg script "$2"
}

log() {
	cat "$TEST_DIR/shared/log"
}

kinds=(prestart createRuntime createContainer startContainer poststart poststop)

# log_all: each kind writes its name into the log
log_all() {
	local kind dir=$TEST_DIR/shared

	for kind in "${kinds[@]}"; do
		[ $kind = startContainer ] && dir=/shared || dir=$TEST_DIR/shared
		hook $kind "echo \$1 >>$dir/log"
	done
}

@test "hooks: all six kinds run, in the order of the specification" {
	log_all
	set_args sh -c 'sleep 1000'
	run -0 detached rtl create --bundle "$BUNDLE" c
	[ "$(log)" = "prestart
createRuntime
createContainer" ]
	rtl start c
	[ "$(log)" = "prestart
createRuntime
createContainer
startContainer
poststart" ]
	rtl kill c KILL
	wait_status c stopped
	rtl delete c
	[ "$(log)" = "$(printf '%s\n' "${kinds[@]}")" ]
}

@test "hooks: rtl run runs them all, and startContainer before the program" {
	log_all
	set_args sh -c 'cp /shared/log /shared/seen'
	run -0 rtl run --bundle "$BUNDLE" c
	[ "$(log)" = "$(printf '%s\n' "${kinds[@]}")" ]
	[[ $(cat "$TEST_DIR/shared/seen") = *startContainer* ]]
}

@test "hooks: those of one kind run in their order" {
	hook createRuntime "echo 1 >>$TEST_DIR/shared/log"
	hook createRuntime "echo 2 >>$TEST_DIR/shared/log"
	hook createRuntime "echo 3 >>$TEST_DIR/shared/log"
	run -0 rtl run --bundle "$BUNDLE" c
	[ "$(log)" = "1
2
3" ]
}

@test "hooks: each reads the state from its standard input" {
	local kind dir

	for kind in "${kinds[@]}"; do
		[ $kind = startContainer ] && dir=/shared || dir=$TEST_DIR/shared
		hook $kind "cat >$dir/\$1.json"
	done
	set_args sleep 1000
	run -0 detached rtl run --detach --bundle "$BUNDLE" c
	local pid

	pid=$(container_pid c)
	rtl delete --force c
	for kind in "${kinds[@]}"; do
		[ "$(jq -r .id "$TEST_DIR/shared/$kind.json")" = c ]
		[ "$(jq -r .bundle "$TEST_DIR/shared/$kind.json")" = "$BUNDLE" ]
		[ "$(jq -r .ociVersion "$TEST_DIR/shared/$kind.json")" != null ]
	done
	for kind in prestart createRuntime createContainer poststart; do
		[ "$(jq -r .pid "$TEST_DIR/shared/$kind.json")" = "$pid" ]
	done
	[ "$(jq -r .status "$TEST_DIR/shared/createRuntime.json")" = creating ]
	[ "$(jq -r .status "$TEST_DIR/shared/startContainer.json")" = created ]
	[ "$(jq -r .status "$TEST_DIR/shared/poststart.json")" = running ]
	[ "$(jq -r .status "$TEST_DIR/shared/poststop.json")" = stopped ]
}

@test "hooks: their environment is the configured one and nothing else" {
	update_config '.hooks.createRuntime = [
		{path: "/bin/sh", args: ["sh", "-c", "tr \"\\\\0\" \"\\n\" </proc/$$/environ >\($dir)/env"], env: ["A=1", "B=two words"]},
		{path: "/bin/sh", args: ["sh", "-c", "tr \"\\\\0\" \"\\n\" </proc/$$/environ >\($dir)/none"]}]' \
		--arg dir "$TEST_DIR/shared"
	SECRET=host run -0 rtl run --bundle "$BUNDLE" c
	[ "$(cat "$TEST_DIR/shared/env")" = "A=1
B=two words" ]
	[ ! -s "$TEST_DIR/shared/none" ]
}

@test "hooks: createRuntime is in the caller's namespaces, the container's exist" {
	hook createRuntime "readlink /proc/self/ns/mnt /proc/self/ns/pid >$TEST_DIR/shared/own
		grep ^NSpid: /proc/\$(sed 's/.*\"pid\": *\\([0-9]*\\).*/\\1/')/status >$TEST_DIR/shared/container"
	run -0 rtl run --bundle "$BUNDLE" c
	[ "$(cat "$TEST_DIR/shared/own")" = "$(readlink /proc/self/ns/mnt /proc/self/ns/pid)" ]
	# process 1 of a namespace of its own
	[ "$(awk '{ print NF, $NF }' "$TEST_DIR/shared/container")" = "3 1" ]
}

@test "hooks: createContainer is in the container's namespaces, before the change of root" {
	hook createContainer "hostname >$TEST_DIR/shared/name; readlink /proc/self/ns/mnt >$TEST_DIR/shared/mnt
		grep -c ' $BUNDLE/rootfs' /proc/self/mountinfo >$TEST_DIR/shared/mounts"
	update_config '.hostname = "inside"'
	run -0 rtl run --bundle "$BUNDLE" c
	[ "$(cat "$TEST_DIR/shared/name")" = inside ]
	[ "$(cat "$TEST_DIR/shared/mnt")" != "$(readlink /proc/self/ns/mnt)" ]
}

@test "hooks: what createContainer mounts in the root filesystem is there for the program" {
	mkdir "$TEST_DIR/data"
	echo hooked >"$TEST_DIR/data/file"
	hook createContainer "PATH=/usr/sbin:/usr/bin:/sbin:/bin; mount --bind $TEST_DIR/data $BUNDLE/rootfs/var"
	inside cat /var/file
	assert_output hooked
	[ -z "$(ls "$BUNDLE/rootfs/var")" ]
}

@test "hooks: startContainer is in the container as the program will be" {
	map_ids
	update_config '.process.user = {uid: 1000, gid: 1000}'
	hook startContainer 'id -u >/shared/user; readlink /proc/self/ns/mnt >/shared/mnt; ls / >/shared/root'
	inside readlink /proc/self/ns/mnt
	[ "$output" = "$(cat "$TEST_DIR/shared/mnt")" ]
	[ "$(cat "$TEST_DIR/shared/user")" = 1000 ]
	grep -qx shared "$TEST_DIR/shared/root"
}

# refused KIND: create fails, tells which hook, runs poststop, leaves nothing
refused() {
	hook "$1" "echo the reason >&2; exit 7"
	hook poststop "echo poststop >>$TEST_DIR/shared/log"
	fails "hooks.$1[0]: /bin/sh: exit status 7: the reason"
	# twice: run and create
	[ "$(log)" = "poststop
poststop" ]
}

@test "hooks: a failing prestart leaves nothing" {
	refused prestart
}

@test "hooks: a failing createRuntime leaves nothing" {
	refused createRuntime
}

@test "hooks: a failing createContainer leaves nothing" {
	refused createContainer
}

@test "hooks: the one after a failing one does not run" {
	hook createRuntime "exit 1"
	hook createRuntime "echo second >>$TEST_DIR/shared/log"
	fails "hooks.createRuntime[0]"
	[ ! -e "$TEST_DIR/shared/log" ]
}

@test "hooks: a failing startContainer fails the start, and the program does not run" {
	hook startContainer "echo the reason >&2; exit 7"
	set_args sh -c 'echo ran >/shared/log'
	run -0 detached rtl create --bundle "$BUNDLE" c
	run -1 rtl start c
	assert_output_has "hooks.startContainer[0]: /bin/sh: exit status 7: the reason"
	wait_status c stopped
	rtl delete c
	[ ! -e "$TEST_DIR/shared/log" ]
	fails_with 1 "hooks.startContainer[0]" run
	[ ! -e "$TEST_DIR/shared/log" ]
}

@test "hooks: a failing poststart fails the start, and the container is stopped" {
	hook poststart "exit 7"
	set_args sleep 1000
	run -0 detached rtl create --bundle "$BUNDLE" c
	run -1 rtl start c
	assert_output_has "hooks.poststart[0]: /bin/sh: exit status 7"
	wait_status c stopped
	rtl delete c
	fails_with 1 "hooks.poststart[0]" run
}

@test "hooks: a failing poststop is told and hinders nothing" {
	hook poststop "exit 7"
	hook poststop "echo second >>$TEST_DIR/shared/log"
	run -0 rtl run --bundle "$BUNDLE" c
	assert_output_has "hooks.poststop[0]: /bin/sh: exit status 7"
	[ "$(log)" = second ]
	assert_no_leftovers
}

@test "hooks: one that does not exist is named" {
	update_config '.hooks.createRuntime = [{path: "/nowhere/hook"}]'
	fails "hooks.createRuntime[0]: /nowhere/hook"
}

@test "hooks: one that takes longer than its timeout is killed" {
	update_config '.hooks.createRuntime = [{path: "/bin/sleep", args: ["sleep", "1000"], timeout: 1}]'
	fails_with 1 "hooks.createRuntime[0]: /bin/sleep: killed after 1000 ms" create
}

@test "hooks: no descriptor of rtl is open in them" {
	local script

	script="for n in 3 4 5 6 7 8 9 10 11 12 13 14 15; do
		[ ! -e /proc/self/fd/\$n ] || echo \$1 \$n >>$TEST_DIR/shared/log
	done; echo \$1 >>$TEST_DIR/shared/log"
	hook createRuntime "$script"
	hook createContainer "$script"
	hook poststop "$script"
	rtl run --bundle "$BUNDLE" c </dev/null 5>&- 6>&- 7>&- 8>&- 9>&- 10>&- 11>&- 12>&- 13>&- 14>&- 15>&-
	[ "$(log)" = "createRuntime
createContainer
poststop" ] || fail "$(log)"
}
