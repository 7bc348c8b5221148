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

@test "seccomp: a name that no kernel knows is left out, with a warning" {
	forbid mkdir mkdirat no_such_call nor_this
	inside_sh 'mkdir /dev/shm/new || true'
	assert_output_has "Operation not supported"
	[ "$(grep -c "unknown system calls are left out: no_such_call nor_this" <<<"$output")" = 1 ]
}

@test "seccomp: crun's annotation makes a name that no kernel knows an error" {
	forbid mkdir no_such_call
	update_config '.annotations = {"run.oci.seccomp_fail_unknown_syscall": "1"}'
	fails "linux.seccomp.syscalls: unknown system calls: no_such_call"
	update_config '.annotations = {"run.oci.seccomp_fail_unknown_syscall": "0"}'
	inside true
}

@test "seccomp: an unknown architecture or operator is refused, by its place" {
	forbid mkdir
	update_config '.linux.seccomp.architectures = ["SCMP_ARCH_NOPE"]'
	fails "linux.seccomp.architectures[0]"
	update_config '.linux.seccomp.architectures = ["SCMP_ARCH_S390X"]'
	[ "$(uname -m)" = s390x ] ||
		fails "linux.seccomp.architectures[0]: SCMP_ARCH_S390X has not the byte order of this machine"
	update_config 'del(.linux.seccomp.architectures) |
		.linux.seccomp.syscalls[0].args = [{index: 0, value: 1, op: "SCMP_CMP_NOPE"}]'
	fails "linux.seccomp.syscalls[0].args[0].op"
	update_config '.linux.seccomp.syscalls[0].args = [{index: 6, value: 1, op: "SCMP_CMP_EQ"}]'
	fails "linux.seccomp.syscalls[0].args[0].index: 6 is not between 0 and 5"
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

# --- What filters answer to calls that no C library makes ---

# raw_calls: the container has /raw_call, and the host's C library for it
raw_calls() {
	[ -x "$RTL_SUPPORT/raw_call" ] || skip "raw_call was not built"
	ln -s usr/lib "$BUNDLE/rootfs/lib"
	[ ! -d /lib64 ] || ln -s usr/lib64 "$BUNDLE/rootfs/lib64"
	share /usr /usr ro
	: >"$BUNDLE/rootfs/raw_call"
	share "$RTL_SUPPORT/raw_call" /raw_call ro
}

# default_profile [FILTER]: of the size of the engines' own; the names that only it needs are added
default_profile() {
	update_config '.linux.seccomp = {defaultAction: "SCMP_ACT_ERRNO", syscalls: [
		{action: "SCMP_ACT_ALLOW", names: ($names | split("\n") | map(select(test("^[a-z0-9_]+$"))))}]}' \
		--rawfile names "$(allowed_names)"
	[ $# -eq 0 ] || update_config "$1"
}

# allowed_names: file of the names that such a profile allows
allowed_names() {
	local file=$TEST_DIR/names

	printf '%s\n' read write execve exit exit_group brk arch_prctl set_tid_address set_robust_list \
		rseq prlimit64 mprotect uname readlink readlinkat getrandom getuid geteuid prctl newfstatat \
		fstat ioctl getcwd writev mmap munmap rt_sigaction rt_sigprocmask setuid setgid getgid getegid \
		access faccessat faccessat2 openat open close pread64 lseek futex statx fcntl wait4 clone \
		fork vfork dup2 poll getpid getppid statfs rt_sigreturn >"$file"
	echo "$file"
}

@test "seccomp: calls newer than all that the profile names answer ENOSYS, older ones its errno" {
	[ "$(uname -m)" = x86_64 ] || skip "numbers of x86_64"
	raw_calls
	! grep -q __asan_init "$RTL_SUPPORT/raw_call" || skip "sanitizers need more calls than the profile allows"
	default_profile
	# faccessat2 (439) is the newest that is named; 83 is mkdir
	inside_sh '/raw_call 83; /raw_call 440; /raw_call 450; /raw_call 100000; /raw_call 438'
	assert_output $'-1\n-38\n-38\n-38\n-1'
	default_profile '.linux.seccomp.syscalls += [{names: ["epoll_pwait2"], action: "SCMP_ACT_ERRNO"}]'
	inside_sh '/raw_call 440; /raw_call 441; /raw_call 442'
	assert_output $'-1\n-1\n-38'
}

@test "seccomp: a default that lets calls through answers nothing in the kernel's place" {
	[ "$(uname -m)" = x86_64 ] || skip "numbers of x86_64"
	raw_calls
	forbid mkdir
	inside_sh '/raw_call 83; /raw_call 438 -1 -1 0; /raw_call 100000'
	assert_output $'-95\n-9\n-38'
}

@test "seccomp: every architecture that is listed has the rules under its own numbers" {
	[ "$(uname -m)" = x86_64 ] || skip "numbers of x86"
	raw_calls
	forbid mkdir
	update_config '.linux.seccomp.architectures = ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"]'
	inside_sh '/raw_call 83; /raw_call x86:39; /raw_call x32:83; /raw_call x32:84'
	# 39 and 83 are mkdir; where the kernel has no x32, a call that passes is ENOSYS
	[ "${lines[*]:0:3}" = "-95 -95 -95" ]
	[ "${lines[3]}" != -95 ]
}

@test "seccomp: an architecture that is not listed is killed" {
	[ "$(uname -m)" = x86_64 ] || skip "numbers of x86"
	raw_calls
	forbid mkdir
	inside_sh '/raw_call x86:20; echo $?; /raw_call x32:39; echo $?; /raw_call 83'
	# 128 + SIGSYS
	[ "$(grep -cx 159 <<<"$output")" = 2 ]
	[ "${lines[-1]}" = -95 ]
}

# rule ACTION [MEMBERS]: a filter whose only rule, on dup (32 on x86_64), has that action
rule() {
	update_config '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW",
		syscalls: [{names: ["dup"], action: $action} + $members]}' \
		--arg action "$1" --argjson members "${2:-{\}}"
}

# says [ARGUMENT...]: what dup answers in the container, or its exit status if it is killed
says() {
	inside_sh '/raw_call 32 "$@" || echo "status $?"' "$@"
}

@test "seccomp: each action does what it is called" {
	[ "$(uname -m)" = x86_64 ] || skip "numbers of x86_64"
	raw_calls
	rule SCMP_ACT_ERRNO '{"errnoRet": 4095}'
	says 1000
	assert_output -4095
	# 128 + SIGSYS
	for action in SCMP_ACT_KILL SCMP_ACT_KILL_THREAD SCMP_ACT_KILL_PROCESS SCMP_ACT_TRAP; do
		rule $action
		says 1000
		assert_output_has "status 159"
	done
	# ENOSYS where nobody traces
	rule SCMP_ACT_TRACE '{"errnoRet": 7}'
	says 1000
	assert_output -38
	# these reach the kernel's dup, which has no such descriptor
	for action in SCMP_ACT_ALLOW SCMP_ACT_LOG; do
		rule $action
		says 1000
		assert_output -9
	done
}

@test "seccomp: each operator compares all 64 bits" {
	local op value two holds fails each

	[ "$(uname -m)" = x86_64 ] || skip "numbers of x86_64"
	raw_calls
	while read -r op value two holds fails; do
		rule SCMP_ACT_ERRNO "{\"errnoRet\": 95, \"args\": [{\"index\": 0, \"op\": \"SCMP_CMP_$op\",
			\"value\": $value, \"valueTwo\": $two}]}"
		for each in ${holds//,/ }; do
			says "$each"
			[ "$output" = -95 ] || fail "$op $value: $each: $output"
		done
		for each in ${fails//,/ }; do
			says "$each"
			[ "$output" = -9 ] || fail "$op $value: $each: $output"
		done
	done <<-'END'
		EQ 4294968295 0 4294968295 1000000,4294968294
		NE 1000 0 4294968296,1001 1000
		LT 4294968295 0 1000,4294968294 4294968295,8589935592
		LE 4294968295 0 1000,4294968295 4294968296
		GT 4294968295 0 4294968296,18446744073709551615 4294968295,1000
		GE 4294968295 0 4294968295,8589935592 4294968294
		MASKED_EQ 4294967296 4294967296 4294968296,12884901888 1000,8589935592
	END
}

@test "seccomp: rules on several arguments must hold together, on one argument either" {
	[ "$(uname -m)" = x86_64 ] || skip "numbers of x86_64"
	raw_calls
	rule SCMP_ACT_ERRNO '{"errnoRet": 95, "args": [{"index": 0, "value": 1000, "op": "SCMP_CMP_EQ"},
		{"index": 5, "value": 7, "op": "SCMP_CMP_EQ"}]}'
	inside_sh '/raw_call 32 1000 0 0 0 0 7; /raw_call 32 1000; /raw_call 32 1001 0 0 0 0 7'
	assert_output $'-95\n-9\n-9'
	rule SCMP_ACT_ERRNO '{"errnoRet": 95, "args": [{"index": 0, "value": 1000, "op": "SCMP_CMP_EQ"},
		{"index": 0, "value": 1001, "op": "SCMP_CMP_EQ"}]}'
	inside_sh '/raw_call 32 1000; /raw_call 32 1001; /raw_call 32 1002'
	assert_output $'-95\n-95\n-9'
}

@test "seccomp: flags are those that are asked for, without any it is SPEC_ALLOW" {
	require_tool strace
	forbid mkdir
	while read -r flags value; do
		update_config '.linux.seccomp += $flags' --argjson flags "$flags"
		set_args true
		# LeakSanitizer, where rtl has it, does not work beside strace
		ASAN_OPTIONS=${ASAN_OPTIONS-}:detect_leaks=0 run -0 strace -f -X raw -o "$TEST_DIR/trace" -e trace=seccomp "$RTL" --root "$STATE_DIR" \
			run --bundle "$BUNDLE" c
		grep -q "seccomp(0x1, $value, {.*) = 0" "$TEST_DIR/trace" || fail "$(cat "$TEST_DIR/trace")"
	done <<-'END'
		{} 0x4
		{"flags":[]} 0
		{"flags":["SECCOMP_FILTER_FLAG_TSYNC"]} 0x1
		{"flags":["SECCOMP_FILTER_FLAG_LOG"]} 0x2
		{"flags":["SECCOMP_FILTER_FLAG_SPEC_ALLOW","SECCOMP_FILTER_FLAG_LOG","SECCOMP_FILTER_FLAG_TSYNC"]} 0x7
	END
}

# --- Filters that were compiled before ---

# large_forbid ERRNO: a filter that is worth keeping
large_forbid() {
	update_config '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [
		{action: "SCMP_ACT_ERRNO", errnoRet: $errno, names: ["mkdir", "mkdirat", "mount", "umount2",
			"reboot", "swapon", "swapoff", "acct", "bpf", "kexec_load", "init_module",
			"delete_module", "finit_module", "settimeofday", "clock_settime", "iopl", "ioperm",
			"ptrace"]}]}' --argjson errno "$1"
}

entries() {
	find "$STATE_DIR/.seccomp" -type f -printf '%f %m\n'
}

@test "seccomp: a compiled filter is kept, and holds when it is taken from there" {
	large_forbid 95
	for _ in 1 2; do
		inside_sh 'mkdir /dev/shm/new || true'
		assert_output_has "Operation not supported"
		[[ $(entries) =~ ^[0-9a-f]{64}\ 600$ ]]
	done
	# another section is another entry
	large_forbid 13
	inside_sh 'mkdir /dev/shm/new || true'
	assert_output_has "Permission denied"
	[ "$(entries | wc -l)" = 2 ]
	run -0 rtl list --quiet
	assert_output ""
}

@test "seccomp: exec and create use the kept filter as well" {
	large_forbid 95
	set_args sleep 1000
	run -0 detached rtl create --bundle "$BUNDLE" c
	[ "$(entries | wc -l)" = 1 ]
	rtl start c
	run -1 rtl exec c mkdir /dev/shm/new
	assert_output_has "Operation not supported"
	[ "$(entries | wc -l)" = 1 ]
	rtl delete --force c
}

@test "seccomp: a kept filter that is damaged, open to others or no file is made again" {
	local file

	large_forbid 95
	inside true
	file=$STATE_DIR/.seccomp/$(entries | cut -d ' ' -f 1)
	cp -p "$file" "$TEST_DIR/good"
	for damage in 'truncate -s 100 "$file"' ': >"$file"' 'chmod 666 "$file"' \
		'rm "$file"; ln -s "$TEST_DIR/good" "$file"' \
		'head -c 150 "$TEST_DIR/good" >"$file"; head -c 1000 /dev/zero >>"$file"'; do
		eval "$damage"
		inside_sh 'mkdir /dev/shm/new || true'
		assert_output_has "Operation not supported"
		cmp "$file" "$TEST_DIR/good"
		[ "$(stat -c '%F %a' "$file")" = "regular file 600" ]
	done
}

@test "seccomp: without a place to keep filters all works" {
	large_forbid 95
	inside true
	rm -r "$STATE_DIR/.seccomp"
	: >"$STATE_DIR/.seccomp"
	inside_sh 'mkdir /dev/shm/new || true'
	assert_output_has "Operation not supported"
	rm "$STATE_DIR/.seccomp"
	mkdir -m 777 "$STATE_DIR/.seccomp"
	chmod 777 "$STATE_DIR/.seccomp"
	inside_sh 'mkdir /dev/shm/new || true'
	assert_output_has "Operation not supported"
	[ -z "$(ls -A "$STATE_DIR/.seccomp")" ]
}
