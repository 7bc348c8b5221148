# SPDX-License-Identifier: Apache-2.0
# SCMP_ACT_NOTIFY: an agent answers the calls that a rule traps, also those that rtl itself makes
# between the filter and the program.
load inside

setup() {
	test_setup
	make_bundle
	[ -x "$RTL_SUPPORT/seccomp_agent" ] || skip "seccomp_agent was not built"
	agent_dir=$TEST_DIR/agent
	mkdir "$agent_dir"
}

# agent [MODE...]: an agent at $agent_dir/socket
agent() {
	# by relative paths: it is not one of the processes that a failure leaves behind
	in_background env -C "$agent_dir" "$RTL_SUPPORT/seccomp_agent" socket . "$@"
	wait_for '[ -e "$agent_dir/ready.0" ]'
}

# notify NAME...: a filter that asks the agent about these
notify() {
	update_config '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", listenerPath: $path,
		listenerMetadata: "what the agent knows it by",
		syscalls: [{names: ($names | split(" ")), action: "SCMP_ACT_NOTIFY"}]}' \
		--arg path "$agent_dir/socket" --arg names "$*"
}

# number of a call by its name
nr() {
	awk -v name="__NR_$1" '$2 == name { print $3 }' /usr/include/*/asm/unistd_64.h /dev/null
}

# trapped N NAME: the listener of connection N had that call
trapped() {
	wait_for "grep -qx '$(nr "$2")' '$agent_dir/calls.$1'" 5
}

sent() {
	wait_for "[ -e '$agent_dir/state.$1' ]"
	jq -r "$2" "$agent_dir/state.$1"
}

needs_numbers() {
	[ -n "$(nr read)" ] || skip "no asm/unistd_64.h"
}

@test "seccomp: the agent gets the listener and the state of the process; its answer is the call's" {
	needs_numbers
	agent errno "$(nr mkdir)" 95
	notify mkdir
	update_config '.annotations = {"org.example": "value"}'
	set_args sh -c 'mkdir /dev/shm/new; echo $$; rmdir /dev/shm/none'
	run -1 rtl run --bundle "$BUNDLE" c
	assert_output_has "/dev/shm/new': Operation not supported"
	assert_output_has "/dev/shm/none': No such file"
	[ "$(cat "$agent_dir/fds.1")" = 1 ]
	[ "$(sent 1 '.fds | join(",")')" = seccompFd ]
	[ "$(sent 1 .metadata)" = "what the agent knows it by" ]
	[ "$(sent 1 .ociVersion)" = "$(jq -r .ociVersion "$BUNDLE/config.json")" ]
	[ "$(sent 1 .state.id)" = c ]
	[ "$(sent 1 .state.status)" = creating ]
	[ "$(sent 1 .state.bundle)" = "$BUNDLE" ]
	[ "$(sent 1 '.state.annotations["org.example"]')" = value ]
	[ "$(sent 1 .pid)" = "$(sent 1 .state.pid)" ]
	[ "$(cat "$agent_dir/calls.1")" = "$(nr mkdir)" ]
}

@test "seccomp: the process that the agent is told of is the container's" {
	agent
	notify mkdir
	set_args sleep 1000
	run -0 detached rtl run --detach --bundle "$BUNDLE" c
	[ "$(sent 1 .pid)" = "$(container_pid c)" ]
	grep -q '^Seccomp:.*2$' "/proc/$(container_pid c)/status"
	rtl delete --force c
}

@test "seccomp: a rule may trap any call that rtl makes behind the filter" {
	local names

	needs_numbers
	agent
	for names in write read sendmsg "close close_range dup dup3 fcntl" execve \
		"read write close sendmsg sendto recvmsg execve exit_group poll ppoll futex kill fcntl"; do
		# shellcheck disable=SC2086 # a list
		notify $names
		inside echo hello
		assert_output hello
	done
	trapped 1 write
	trapped 2 read
	trapped 5 execve
}

@test "seccomp: create and start with a filter that traps what they need" {
	agent
	notify read write execve close
	set_args echo hello
	run -0 detached rtl create --bundle "$BUNDLE" c
	assert_status c created
	run -0 rtl start c
	assert_output ""
	wait_status c stopped
	rtl delete c
}

@test "seccomp: a waiting init holds no listener that the container could take" {
	agent
	notify mkdir
	set_args true
	run -0 detached rtl create --bundle "$BUNDLE" c
	[ -n "$(sent 1 .pid)" ]
	require_root
	run -0 ls -l "/proc/$(container_pid c)/fd"
	[[ $output != *seccomp* ]]
	run -0 bash -c 'cat /proc/'"$(container_pid c)"'/status'
	[ "$(status_field Seccomp)" = 2 ]
	rtl delete --force c
}

@test "seccomp: a process of exec has a listener of its own" {
	needs_numbers
	agent errno "$(nr mkdir)" 95
	notify mkdir write
	set_args sleep 1000
	run -0 detached rtl run --detach --bundle "$BUNDLE" c
	run -1 rtl exec c mkdir /dev/shm/new
	assert_output_has "Operation not supported"
	[ "$(sent 2 .state.status)" = running ]
	[ "$(sent 2 .state.pid)" = "$(container_pid c)" ]
	[ "$(sent 2 .pid)" != "$(container_pid c)" ]
	[ "$(sent 2 .metadata)" = "what the agent knows it by" ]
	trapped 2 mkdir
	rtl delete --force c
}

@test "seccomp: other namespaces do not come between the agent and the process" {
	agent
	notify mkdir write
	map_ids
	update_config '.process.user = {uid: 1000, gid: 1000} | .process.noNewPrivileges = true'
	inside_sh 'mkdir /dev/shm/new && id -u'
	assert_output 1000
	update_config '.process.noNewPrivileges = false'
	inside_sh 'mkdir /dev/shm/new && id -u'
	assert_output 1000
	update_config '.linux.namespaces |= map(select(.type != "pid"))'
	inside_sh 'mkdir /dev/shm/new && id -u'
	assert_output 1000
}

@test "seccomp: an agent that is not there is an error" {
	notify mkdir
	fails "linux.seccomp.listenerPath: find the agent's socket $agent_dir/socket: No such file or directory"
	: >"$agent_dir/socket"
	fails "linux.seccomp.listenerPath $agent_dir/socket: is not a socket"
	rm "$agent_dir/socket"
	agent
	kill -KILL "$BACKGROUND_PID"
	wait "$BACKGROUND_PID" || true
	fails "linux.seccomp: connect to the agent at $agent_dir/socket: Connection refused"
}

@test "seccomp: an agent that gives up the listener is an error where rtl needs an answer" {
	agent close
	notify write
	fails "the agent of linux.seccomp has denied it a system call"
	notify mkdir
	inside_sh 'mkdir /dev/shm/new || true'
	assert_output_has "Function not implemented"
}

@test "seccomp: an agent that refuses rtl's own calls is an error" {
	needs_numbers
	agent errno "$(nr write)" 13
	notify write
	fails "the agent of linux.seccomp has denied it a system call"
}

@test "seccomp: an agent that does not answer is waited for 10 seconds" {
	agent hang
	notify write
	fails_with 1 "the agent has not answered a system call of the container's init for 10 s" run
}

@test "seccomp: a signal ends the wait for an agent" {
	agent hang
	notify execve
	in_background rtl run --bundle "$BUNDLE" c
	[ -n "$(sent 1 .pid)" ]
	wait_for '[ "$(container_status c 2>/dev/null)" = created ] || [ "$(container_status c 2>/dev/null)" = running ]'
	kill -TERM "$(background_rtl)"
	ends_with 1
	assert_status c absent
}

@test "seccomp: SCMP_ACT_NOTIFY needs an agent, and is no default" {
	notify mkdir
	update_config 'del(.linux.seccomp.listenerPath)'
	fails "linux.seccomp.listenerPath: SCMP_ACT_NOTIFY needs the socket of an agent"
	update_config '.linux.seccomp.listenerPath = "agent"'
	fails "linux.seccomp.listenerPath agent: is not an absolute path"
	update_config '.linux.seccomp = {defaultAction: "SCMP_ACT_NOTIFY", listenerPath: "/agent"}'
	fails "linux.seccomp.defaultAction: SCMP_ACT_NOTIFY cannot be the default"
}

@test "seccomp: a listenerPath that no rule needs is not looked at" {
	notify mkdir
	update_config '.linux.seccomp.syscalls[0].action = "SCMP_ACT_ERRNO"'
	inside true
}

@test "seccomp: the socket of crun's annotation or variable does as well" {
	agent
	notify mkdir
	update_config 'del(.linux.seccomp.listenerPath) | .annotations = {"run.oci.seccomp.receiver": $path}' \
		--arg path "$agent_dir/socket"
	inside mkdir /dev/shm/new
	[ "$(sent 1 .state.id)" = c ]
	update_config 'del(.annotations)'
	RUN_OCI_SECCOMP_RECEIVER=$agent_dir/socket inside mkdir /dev/shm/new
	[ "$(sent 2 .state.id)" = c ]
}

@test "seccomp: an init that is killed before its filter leaves nothing" {
	agent
	notify mkdir
	# a hook on the host's side: from inside, the first process of a PID namespace cannot be killed
	update_config '.hooks.createRuntime = [{path: "/bin/sh",
		args: ["sh", "-c", "kill -KILL $(sed \"s/.*\\\"pid\\\": *//; s/[^0-9].*//\")"]}]'
	fails "the container's init ended while it was set up"
}

@test "seccomp: WAIT_KILLABLE_RECV is passed to a filter that notifies" {
	"$RTL" features | jq -e '.linux.seccomp.supportedFlags | index("SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV")' ||
		skip "this kernel has no SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"
	require_tool strace
	agent
	notify mkdir
	update_config '.linux.seccomp.flags = ["SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"]'
	set_args mkdir /dev/shm/new
	# LeakSanitizer, where rtl has it, does not work beside strace
	ASAN_OPTIONS=${ASAN_OPTIONS-}:detect_leaks=0 run -0 strace -f -o "$TEST_DIR/trace" -e trace=seccomp "$RTL" --root "$STATE_DIR" run --bundle "$BUNDLE" c
	# the two flags: 0x8 for the listener, 0x20
	grep -Eq 'seccomp\(SECCOMP_SET_MODE_FILTER, (.*NEW_LISTENER\|(.*WAIT_KILLABLE_RECV|0x20)|0x28)' "$TEST_DIR/trace"
}

@test "seccomp: a filter of crun's annotation may notify as well" {
	[ "$(uname -m)" = x86_64 ] || skip "numbers of x86_64"
	agent errno 83 95
	# ld [0]; jne 83, 1; ret USER_NOTIF; ret ALLOW
	update_config 'del(.linux.seccomp) | .annotations = {
		"run.oci.seccomp_bpf_data": $program, "run.oci.seccomp.receiver": $path}' \
		--arg path "$agent_dir/socket" \
		--arg program "$(printf '\40\0\0\0\0\0\0\0\25\0\0\1\123\0\0\0\6\0\0\0\0\0\300\177\6\0\0\0\0\0\377\177' | base64 -w0)"
	inside_sh 'mkdir /dev/shm/new || true'
	assert_output_has "Operation not supported"
	[ "$(sent 1 .state.id)" = c ]
	[ "$(cat "$agent_dir/calls.1")" = 83 ]
	update_config 'del(.annotations["run.oci.seccomp.receiver"])'
	fails "linux.seccomp.listenerPath: SCMP_ACT_NOTIFY needs the socket of an agent"
}
