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

# only_host, only_inside: a program at that path exists on one side alone
only_host() {
	mkdir -p "$TEST_DIR/only"
	printf '#!/bin/sh\necho "$0 $*" >>%s/shared/log\n' "$TEST_DIR" >"$TEST_DIR/only/host"
	chmod -R a+rx "$TEST_DIR/only"
}

only_inside() {
	mkdir "$BUNDLE/rootfs/only"
	printf '#!/bin/sh\necho "$0 $*" >>/shared/log\n' >"$BUNDLE/rootfs/only/inside"
	chmod -R a+rx "$BUNDLE/rootfs/only"
}

@test "hooks: paths are resolved on the host, but for startContainer's in the container" {
	local kind

	only_host
	only_inside
	for kind in prestart createRuntime createContainer poststart poststop; do
		update_config '.hooks[$kind] = [{path: $path, args: ["zero", $kind]}]' \
			--arg kind $kind --arg path "$TEST_DIR/only/host"
	done
	update_config '.hooks.startContainer = [{path: "/only/inside", args: ["zero", "startContainer"]}]'
	run -0 rtl run --bundle "$BUNDLE" c
	[ "$(log)" = "$TEST_DIR/only/host prestart
$TEST_DIR/only/host createRuntime
$TEST_DIR/only/host createContainer
/only/inside startContainer
$TEST_DIR/only/host poststart
$TEST_DIR/only/host poststop" ] || fail "$(log)"
}

@test "hooks: a program of the other side does not exist for them" {
	local kind

	only_host
	only_inside
	for kind in prestart createRuntime createContainer poststart; do
		update_config '.hooks = {($kind): [{path: "/only/inside"}]}' --arg kind $kind
		fails_with 1 "hooks.${kind}[0]: /only/inside: exit status 127: execute: No such file or directory" run
	done
	update_config '.hooks = {startContainer: [{path: $path}]}' --arg path "$TEST_DIR/only/host"
	fails_with 1 "hooks.startContainer[0]: $TEST_DIR/only/host: exit status 127: execute: No such file or directory" run
	[ ! -e "$TEST_DIR/shared/log" ]
}

# namespaces in which each kind of hook runs, a line each, in the order of log_namespaces' loop
@test "hooks: each runs in the namespaces that are its own" {
	local kind dir own inside

	for kind in "${kinds[@]}"; do
		[ $kind = startContainer ] && dir=/shared || dir=$TEST_DIR/shared
		hook $kind "for ns in mnt uts ipc pid; do readlink /proc/self/ns/\$ns; done >$dir/ns-\$1"
	done
	set_args sh -c 'for ns in mnt uts ipc pid; do readlink /proc/self/ns/$ns; done >/shared/ns-program'
	run -0 rtl run --bundle "$BUNDLE" c
	own=$(for ns in mnt uts ipc pid; do readlink /proc/self/ns/$ns; done)
	inside=$(cat "$TEST_DIR/shared/ns-program")
	for kind in prestart createRuntime poststart poststop; do
		[ "$(cat "$TEST_DIR/shared/ns-$kind")" = "$own" ] || fail "$kind is not in the caller's namespaces"
	done
	for kind in createContainer startContainer; do
		[ "$(cat "$TEST_DIR/shared/ns-$kind")" = "$inside" ] || fail "$kind is not in the container's namespaces"
	done
	[ "$own" != "$inside" ]
}

@test "hooks: a path that is not absolute is refused" {
	update_config '.hooks.poststop = [{path: "/bin/true"}, {path: "bin/true"}]'
	fails "hooks.poststop[1].path: bin/true is not absolute"
}

@test "hooks: timeouts of nothing and less are refused" {
	update_config '.hooks.createRuntime = [{path: "/bin/true", timeout: 0}]'
	fails "hooks.createRuntime[0].timeout"
	update_config '.hooks.createRuntime = [{path: "/bin/true", timeout: -1}]'
	fails "hooks.createRuntime[0].timeout"
	update_config '.hooks.createRuntime = [{path: "/bin/true", timeout: "1"}]'
	fails "hooks.createRuntime[0].timeout"
}

@test "hooks: without args a program has its path as the first" {
	only_host
	update_config '.hooks.createRuntime = [{path: $path}]' --arg path "$TEST_DIR/only/host"
	run -0 rtl run --bundle "$BUNDLE" c
	[ "$(log)" = "$TEST_DIR/only/host " ]
}

@test "hooks: one that floods its output neither hangs nor fills an error" {
	hook createRuntime "head -c 20000000 /dev/zero | tr '\\0' 'x'; head -c 20000000 /dev/zero >&2"
	run -0 rtl run --bundle "$BUNDLE" c
	assert_output ""
	hook createRuntime "head -c 20000000 /dev/zero | tr '\\0' 'x'; exit 5"
	run -1 rtl run --bundle "$BUNDLE" c
	assert_output_has "hooks.createRuntime[1]: /bin/sh: exit status 5: xxx"
	[ "${#lines[@]}" = 1 ]
	[ "${#output}" -lt 600 ]
	assert_no_leftovers
}

@test "hooks: what one leaves running in the background holds nobody up" {
	hook createRuntime "sleep 1000 & echo \$! >$TEST_DIR/shared/pid"
	run -0 timeout 20 "$RTL" --root "$STATE_DIR" run --bundle "$BUNDLE" c
	kill "$(cat "$TEST_DIR/shared/pid")"
}

@test "hooks: one that hangs is killed at its timeout, at every stage" {
	local kind

	set_args sleep 1000
	for kind in prestart createContainer startContainer poststart; do
		update_config '.hooks = {($kind): [{path: "/bin/sleep", args: ["sleep", "1000"], timeout: 1}]}' --arg kind $kind
		fails_with 1 "hooks.${kind}[0]: /bin/sleep: killed after 1000 ms" run
	done
	set_args true
	update_config '.hooks = {poststop: [{path: "/bin/sleep", args: ["sleep", "1000"], timeout: 1}]}'
	run -0 rtl run --bundle "$BUNDLE" c
	assert_output_has "hooks.poststop[0]: /bin/sleep: killed after 1000 ms"
}

@test "hooks: a failing poststart stops all that the container has begun" {
	require_root
	hook poststart "exit 7"
	update_config 'del(.linux.namespaces[] | select(.type == "pid"))'
	set_args sh -c 'sleep 1001 & sleep 1002 & wait'
	run -0 detached rtl create --bundle "$BUNDLE" c
	run -1 rtl start c
	wait_status c stopped
	wait_for has_no_processes 5
	rtl delete c
}

@test "hooks: a failing poststart of run ends the container and runs poststop" {
	hook poststart "echo poststart >>$TEST_DIR/shared/log; exit 7"
	hook poststop "echo poststop >>$TEST_DIR/shared/log"
	set_args sleep 1000
	fails_with 1 "hooks.poststart[0]: /bin/sh: exit status 7" run
	[ "$(log)" = "poststart
poststop" ]
	run -1 detached rtl run --detach --bundle "$BUNDLE" c
	assert_no_leftovers
}
