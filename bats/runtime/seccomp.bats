# SPDX-License-Identifier: Apache-2.0
# linux.seccomp: what is forbidden fails, and a filter may forbid what rtl itself has needed.
load inside

setup() {
	test_setup
	make_bundle
}

# forbid NAME...: a filter that answers these with errno 95 (not supported)
forbid() {
	update_config '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [
		{names: ($names | split(" ")), action: "SCMP_ACT_ERRNO", errnoRet: 95}]}' --arg names "$*"
}

@test "seccomp: a forbidden call fails with the errno that was asked for" {
	forbid mkdir mkdirat
	inside_sh 'grep Seccomp: /proc/self/status; mkdir /dev/shm/new || true'
	[ "$(status_field Seccomp)" = 2 ]
	assert_output_has "/dev/shm/new': Operation not supported"
}

@test "seccomp: without errnoRet it is EPERM" {
	forbid mkdir mkdirat
	update_config 'del(.linux.seccomp.syscalls[0].errnoRet)'
	inside_sh 'mkdir /dev/shm/new || true'
	assert_output_has "/dev/shm/new': Operation not permitted"
}

@test "seccomp: without a filter there is none" {
	# as many as rtl itself was started under
	inside grep Seccomp_filters: /proc/self/status
	assert_output "$(grep Seccomp_filters: /proc/self/status)"
}

@test "seccomp: a default that forbids lets pass only what is named" {
	# what is left out here must be what busybox's "true" and the execve do not need
	update_config '.linux.seccomp = {defaultAction: "SCMP_ACT_ERRNO", defaultErrnoRet: 1, syscalls: [
		{action: "SCMP_ACT_ALLOW", names: ["read", "write", "execve", "exit", "exit_group", "brk",
			"arch_prctl", "set_tid_address", "set_robust_list", "rseq", "prlimit64", "mprotect",
			"uname", "readlink", "readlinkat", "getrandom", "getuid", "geteuid", "prctl",
			"newfstatat", "fstat", "ioctl", "getcwd", "writev", "mmap", "munmap",
			"rt_sigaction", "rt_sigprocmask", "setuid", "setgid", "getgid"]}]}'
	inside echo hello
	assert_output hello
	set_args mkdir /dev/shm/new
	run -1 rtl run --bundle "$BUNDLE" c
	assert_output_has "Operation not permitted"
}

@test "seccomp: a call that kills does" {
	update_config '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [
		{names: ["mkdir", "mkdirat"], action: "SCMP_ACT_KILL_PROCESS"}]}'
	inside_sh 'mkdir /dev/shm/new; echo "status $?"'
	# 128 + SIGSYS
	assert_output_has "status 159"
}

@test "seccomp: arguments are compared" {
	# kill(pid, 0) is allowed, kill(pid, SIGUSR1) is not
	update_config '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [
		{names: ["kill"], action: "SCMP_ACT_ERRNO", errnoRet: 95,
			args: [{index: 1, value: 10, op: "SCMP_CMP_EQ"}]}]}'
	inside_sh 'sleep 100 & kill -0 $! && echo allowed; kill -USR1 $! || true'
	[ "${lines[0]}" = allowed ]
	assert_output_has "Operation not supported"
}

@test "seccomp: a name that no kernel knows is left out" {
	forbid mkdir mkdirat no_such_call
	inside_sh 'mkdir /dev/shm/new || true'
	assert_output_has "Operation not supported"
}

@test "seccomp: an unknown action is refused, not ignored" {
	update_config '.linux.seccomp = {defaultAction: "SCMP_ACT_NOPE"}'
	fails "linux.seccomp.defaultAction"
}

@test "seccomp: a flag is passed on, an unknown one refused" {
	update_config '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", flags: ["SECCOMP_FILTER_FLAG_LOG"]}'
	inside grep Seccomp: /proc/self/status
	[ "$(status_field Seccomp)" = 2 ]
	update_config '.linux.seccomp.flags = ["SECCOMP_FILTER_FLAG_NOPE"]'
	fails "linux.seccomp.flags"
}

# Filters that forbid what the way to the program takes.
filters=(
	"setuid setgid setreuid setregid setresuid setresgid setgroups setfsuid setfsgid"
	"capset capget prctl"
	"sendmsg sendto sendmmsg recvmsg recvfrom"
	"socket socketpair connect bind"
	"seccomp chdir fchdir openat2 close_range setrlimit"
)

# forbidden_to_rtl IS_NNP UID: a program runs behind each of them
forbidden_to_rtl() {
	local names

	[ "$2" = 0 ] || map_ids
	update_config '.process.noNewPrivileges = $nnp | .process.user = {uid: $uid, gid: $uid}' \
		--argjson nnp "$1" --argjson uid "$2"
	for names in "${filters[@]}"; do
		# shellcheck disable=SC2086 # a list
		forbid $names
		set_args "$program" -E '^(Uid|NoNewPrivs|Seccomp):' /proc/self/status
		run -0 rtl run --bundle "$BUNDLE" c
		[ "$(status_field Uid)" = "$2 $2 $2 $2" ]
		[ "$(status_field NoNewPrivs)" = "$([ "$1" = true ] && echo 1 || echo 0)" ]
		[ "$(status_field Seccomp)" = 2 ]
		run -0 detached rtl create --bundle "$BUNDLE" c
		run -0 rtl start c
		assert_output ""
		wait_status c stopped
		rtl delete c
	done
}

program="grep"

@test "seccomp: a filter may forbid set*id, capset, sendmsg, socket; root, no_new_privs" {
	forbidden_to_rtl true 0
}

@test "seccomp: a filter may forbid set*id, capset, sendmsg, socket; root, no no_new_privs" {
	forbidden_to_rtl false 0
}

@test "seccomp: a filter may forbid set*id, capset, sendmsg, socket; user, no_new_privs" {
	forbidden_to_rtl true 1000
}

@test "seccomp: a filter may forbid set*id, capset, sendmsg, socket; user, no no_new_privs" {
	forbidden_to_rtl false 1000
}

@test "seccomp: a filter may forbid set*id, capset, sendmsg, socket to what exec starts" {
	local nnp names

	map_ids
	set_args sleep 1000
	for nnp in true false; do
		update_config '.process.noNewPrivileges = $nnp' --argjson nnp $nnp
		for names in "${filters[@]}"; do
			# shellcheck disable=SC2086 # a list
			forbid $names
			run -0 detached rtl run --detach --bundle "$BUNDLE" c
			run -0 rtl exec --user 1000:1000 c "$program" -E '^(Uid|NoNewPrivs|Seccomp):' /proc/self/status
			[ "$(status_field Uid)" = "1000 1000 1000 1000" ]
			[ "$(status_field NoNewPrivs)" = "$([ $nnp = true ] && echo 1 || echo 0)" ]
			[ "$(status_field Seccomp)" = 2 ]
			rtl delete --force c
		done
	done
}

@test "seccomp: startContainer hooks are behind the filter" {
	shared_dir
	forbid mkdir mkdirat
	update_config '.hooks.startContainer = [{path: "/bin/sh", args: ["sh", "-c", "mkdir /dev/shm/new 2>/shared/said; true"]}]'
	inside true
	[[ $(cat "$TEST_DIR/shared/said") == *"Operation not supported"* ]]
}
