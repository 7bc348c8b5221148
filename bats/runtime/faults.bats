# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2016,SC2154
# System calls that fail, one at a time, in every process that rtl makes: what cannot go on says so
# in one line and leaves nothing; what goes on all the same is a whole container. And the same by
# death in the middle, of whichever process comes to the call first.
load inside
load views

# All that could leave something behind, or change what somebody else has.
fault_calls=(clone clone3 unshare setns mkdirat mkdir openat openat2 mknodat symlinkat linkat renameat
	renameat2 unlinkat unlink rmdir mount umount2 move_mount open_tree mount_setattr fsopen fsconfig
	fsmount pivot_root chroot fchdir chdir sethostname setdomainname prctl capset capget setresuid
	setresgid setgroups setrlimit prlimit64 setsid seccomp keyctl add_key bpf socketpair socket sendmsg
	recvmsg write read pipe2 fchown fchownat fchmod fchmodat ftruncate mknod flock fcntl pidfd_open
	execve signalfd4 eventfd2 memfd_create statx newfstatat fstat readlinkat umask dup2)

setup() {
	test_setup
	make_bundle
	update_config '.process.capabilities |= with_entries(.value = ["CAP_KILL"]) | .hostname = "faulty" |
		.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [
			{names: ["ptrace"], action: "SCMP_ACT_ERRNO"}]}'
	set_args sh -c 'sleep 1000'
	require_tool strace
	! ldd "$RTL" 2>/dev/null | grep -q '=>' || skip "rtl is not static here: the loader's own calls would fail"
	[ -z "${RTL_TEST_DENY-}" ] || skip "faults are tried with the newer calls"
	strace -f -o "$TEST_DIR/trace" true 2>/dev/null || skip "strace does not work here"
	# into children; a create has left one that goes on, so that there only rtl itself is followed
	follow=(-f)
	# the leak checker of a build with sanitizers cannot work beside strace
	export ASAN_OPTIONS=${ASAN_OPTIONS-}:detect_leaks=0
}

# calls_of CMD...: "NAME COUNT" for each of those that a process of CMD makes, the most that one makes
calls_of() {
	timeout -s KILL 20 strace "${follow[@]}" -o "$TEST_DIR/trace" "$RTL" --root "$STATE_DIR" "$@" </dev/null >/dev/null 2>&1 3>&- 4>&-
	# without -f there are no PIDs
	[ ${#follow[@]} -gt 0 ] || sed -i 's/^/0 /' "$TEST_DIR/trace"
	printf '%s\n' "${fault_calls[@]}" | awk 'NR == FNR { wanted[$1] = 1; next }
		{ name = $2; sub(/\(.*/, "", name) }
		$2 ~ /^[a-z0-9_]+\(/ && name in wanted { n = ++made[$1, name]; if (n > most[name]) most[name] = n }
		END { for (name in most) print name, most[name] }' - "$TEST_DIR/trace" | sort
}

# some_of COUNT: which of so many are tried: the first two, one in the middle, the last
some_of() {
	printf '%s\n' 1 2 $((($1 + 1) / 2)) "$1" | awk -v n="$1" '$1 <= n' | sort -nu
}

# nothing_left WHAT
nothing_left() {
	[ -z "$(containers)" ] || fail "$1: state is left: $output"
	wait_for has_no_cgroups 3 || fail "$1: cgroups are left: $(test_cgroups)"
	wait_for has_no_processes 3 || fail "$1: processes are left: $(test_processes | xargs ps -o pid,args -p)"
	[ -z "$(test_mounts)" ] || fail "$1: mounts are left: $(test_mounts)"
}

# inject HOW NAME CMD...: rtl CMD, with strace's own words kept apart; $output and $status
inject() {
	local code=0

	output=$(detached timeout -s KILL 20 strace "${follow[@]}" -o /dev/null -e "trace=$2" -e "inject=$2:$1" \
		"$RTL" --root "$STATE_DIR" "${@:3}") || code=$?
	status=$code
	output=$(grep -v "^strace: " <<<"$output" || true)
}

# one_line WHAT NAME: it failed with one line; where reading and writing fail, if it could
one_line() {
	[ "$status" != 137 ] || fail "$1: it hangs"
	[ "$2" = write ] || [ "$2" = read ] || [[ $(grep -v "^rtl: warning" <<<"$output") == "rtl: "* ]] || fail "$1: exit status $status: $output"
	[ "$(grep -vc "^rtl: warning" <<<"$output")" -le 1 ] || fail "$1: more than a line: $output"
}

# each_fault ERRNO CHECK CMD...: CMD with each call failing; CHECK WHAT NAME looks at what is left then
each_fault() {
	local errnum=$1 check=$2 name count n tried=0

	shift 2
	calls_of "$@" >"$TEST_DIR/calls"
	$check "without a fault" none
	while read -r name count; do
		for n in $(some_of "$count"); do
			inject "error=$errnum:when=$n" "$name" "$@"
			[ "$status" = 0 ] || one_line "$errnum of $name, number $n" "$name"
			$check "$errnum of $name, number $n" "$name"
			tried=$((tried + 1))
		done
	done <"$TEST_DIR/calls"
	[ "$tried" -gt 20 ] || fail "only $tried faults"
}

# What a create has left: nothing if it failed, and nothing after a delete if it did not.
after_create() {
	if [ "${status-0}" = 0 ]; then
		run timeout -s KILL 10 "$RTL" --root "$STATE_DIR" delete --force c
		[ "$status" = 0 ] || fail "$1: delete --force: $output"
	fi
	nothing_left "$1"
}

# A run whose container has ended says why it could not delete it, and then it can be deleted.
after_run() {
	[[ ${output-} != *"delete container c: "* && ${output-} != *"remove the state of container c: "* ]] || run -0 rtl delete --force c
	nothing_left "$1"
}

@test "faults: a system call that fails in create leaves nothing" {
	follow=()
	each_fault EIO after_create create --bundle "$BUNDLE" c
}

@test "faults: nor does one that finds no memory" {
	fault_calls=(clone clone3 unshare setns mount move_mount open_tree fsopen fsmount mkdirat mknodat openat
		openat2 socketpair pipe2 seccomp keyctl sendmsg setresuid setgroups bpf pivot_root renameat)
	set_args true
	each_fault ENOMEM after_run run --bundle "$BUNDLE" c
}

@test "faults: a system call that fails in run leaves nothing" {
	set_args true
	each_fault EIO after_run run --bundle "$BUNDLE" c
}

# What an exec has left: the container runs, and nothing more in it than before.
after_exec() {
	assert_status c running
	wait_for '[ "$(rtl ps --format json c | jq length)" = 1 ]' 3 || fail "$1: $(rtl ps c)"
	[ "$(test_processes | wc -l)" = 1 ] || wait_for '[ "$(test_processes | wc -l)" = 1 ]' 3 ||
		fail "$1: processes are left: $(test_processes | xargs ps -o pid,args -p)"
}

@test "faults: a system call that fails in exec leaves the container as it was" {
	set_args sleep 1000
	run -0 detached rtl run --detach --bundle "$BUNDLE" c
	each_fault EIO after_exec exec c true
}

# What a delete has left can be deleted.
after_delete() {
	run timeout -s KILL 10 "$RTL" --root "$STATE_DIR" delete --force c
	[ "$status" = 0 ] || fail "$1: delete --force: $output"
	nothing_left "$1"
	detached rtl create --bundle "$BUNDLE" c
}

@test "faults: what a delete could not remove, the next one can" {
	local name list=()

	# a process that cannot be looked up in /proc counts as ended
	for name in "${fault_calls[@]}"; do
		[ "$name" = read ] || list+=("$name")
	done
	fault_calls=("${list[@]}")
	detached rtl create --bundle "$BUNDLE" c
	each_fault EIO after_delete delete --force c
}

@test "faults: whichever process is killed at a call of run, delete --force leaves nothing" {
	local name n

	set_args true

	for name in clone clone3 mkdirat mount move_mount open_tree mount_setattr pivot_root umount2 openat \
		mknodat symlinkat sethostname setresuid capset seccomp prctl sendmsg recvmsg write renameat; do
		for n in 1 3; do
			inject "signal=KILL:when=$n" "$name" run --bundle "$BUNDLE" c
			[ "$status" = 0 ] || [ "$status" = 137 ] || one_line "killed at $name, number $n" "$name"
			run timeout -s KILL 10 "$RTL" --root "$STATE_DIR" delete --force c
			[ "$status" = 0 ] || fail "killed at $name, number $n: delete --force: $output"
			nothing_left "killed at $name, number $n"
		done
	done
}

# memory_limit BYTES: skipped where no controller can set it
memory_limit() {
	require_root
	require_v1 memory
	update_config '.linux.resources = {memory: {limit: $bytes}}' --argjson bytes "$1"
}

@test "faults: an init that runs out of memory is an error that names the limit, and leaves nothing" {
	memory_limit 4096
	run -1 detached rtl create --bundle "$BUNDLE" c
	assert_output_has "rtl: "
	assert_output_has "memory"
	assert_output_has "limit"
	nothing_left "out of memory"
	run -1 rtl run --bundle "$BUNDLE" c
	assert_output_has "memory"
	nothing_left "out of memory"
}

# starts_under BYTES: what the kernel charges in batches to each CPU it takes back late: in 20 tries
starts_under() {
	local i

	memory_limit "$1"
	for i in {1..20}; do
		run rtl run --bundle "$BUNDLE" c
		[ "$status" != 0 ] || return 0
		nothing_left "under a limit of $1"
	done
	return 1
}

@test "faults: a container starts under a memory limit of 224 KiB" {
	# the default config's own parts, no more
	make_spec
	set_args /bin/busybox true
	starts_under 262144
	starts_under 229376 || skip "the kernel charges more here: 256 KiB do, 224 do not"
	assert_output ""
}
