# SPDX-License-Identifier: Apache-2.0
# rtl exec: one more process, in the container and confined like it.
load inside

@test "exec: the exit status is the command's, or 128 and the signal" {
	local status

	start_container web
	for status in 0 1 42 255; do
		run "-$status" rtl exec web sh -c "exit $status"
		assert_output ""
	done
	run -137 rtl exec web sh -c 'kill -KILL $$'
}

@test "exec: what stands behind the container is the command's" {
	start_container web
	run -0 rtl exec web echo --env a=b -t --help
	assert_output "--env a=b -t --help"
	run -0 rtl exec web sh -c 'for a; do echo "<$a>"; done' sh "two words" ""
	assert_output "<two words>
<>"
}

@test "exec: the process is in every namespace of the container" {
	local kind

	start_container web
	for kind in cgroup ipc mnt net pid user uts; do
		run -0 rtl exec web readlink "/proc/self/ns/$kind"
		assert_output "$(readlink "/proc/$(container_pid web)/ns/$kind")"
	done
	run -0 rtl exec web sh -c 'echo $$; cat /proc/1/cmdline | tr "\0" " "'
	[ "${lines[0]}" != 1 ]
	[[ ${lines[1]} = "sh -c trap "* ]]
}

@test "exec: its root is the container's" {
	start_container web
	echo content >"$BUNDLE/rootfs/marked"
	run -0 rtl exec web cat /marked
	assert_output content
	run -0 rtl exec web sh -c 'cd /; cd ../../..; pwd; stat -c %i / /proc/1/root'
	[ "${lines[0]}" = / ]
	[ "${lines[1]}" = "$(stat -c %i "$BUNDLE/rootfs")" ]
}

@test "exec: standard input, output and error are those of rtl" {
	start_container web
	run -0 sh -c 'head -c 100000 /dev/zero | "$1" --root "$2" exec web wc -c' sh "$RTL" "$STATE_DIR"
	assert_output 100000
	rtl exec web sh -c 'echo out; echo err >&2' >"$TEST_DIR/out" 2>"$TEST_DIR/err"
	[ "$(cat "$TEST_DIR/out")" = out ]
	[ "$(cat "$TEST_DIR/err")" = err ]
}

@test "exec: environment and working directory are the container's, unless said otherwise" {
	make_bundle web
	update_config '.process.env = ["PATH=/bin", "A=1", "RTL_TEST=" + $mark] | .process.cwd = "/tmp"' \
		--arg mark "$TEST_MARK"
	set_args sh -c 'sleep 1000'
	start_container web
	run -0 rtl exec web sh -c 'pwd; env | grep -v -e RTL_TEST -e PWD -e SHLVL -e HOME | sort'
	assert_output "/tmp
A=1
PATH=/bin"
	run -0 rtl exec --cwd /var --env A=2 --env B=3 web sh -c 'pwd; echo $A $B; env | grep -c ^A='
	assert_output "/var
2 3
1"
}

@test "exec: --user takes numbers of user and group, --additional-gids adds groups" {
	make_bundle web
	map_ids
	set_args sh -c 'sleep 1000'
	start_container web
	run -0 rtl exec --user 1000 web sh -c 'id -u; id -g'
	assert_output "1000
0"
	run -0 rtl exec --user 1000:1001 --additional-gids 5 --additional-gids 6 web \
		grep -E '^(Uid|Gid|Groups):' /proc/self/status
	[ "$(status_field Uid)" = "1000 1000 1000 1000" ]
	[ "$(status_field Gid)" = "1001 1001 1001 1001" ]
	[ "$(status_field Groups)" = "5 6" ]
}

@test "exec: capabilities, limits and no_new_privs are those of the container's process" {
	make_bundle web
	update_config '.process.noNewPrivileges = true |
		.process.capabilities = {bounding: ["CAP_KILL", "CAP_CHOWN"], effective: ["CAP_KILL"],
			permitted: ["CAP_KILL"]} |
		.process.rlimits = [{type: "RLIMIT_NOFILE", soft: 100, hard: 200}]'
	set_args sh -c 'sleep 1000'
	start_container web
	run -0 rtl exec web cat /proc/self/status
	[ "$(status_field CapBnd)" = 0000000000000021 ]
	[ "$(status_field CapEff)" = 0000000000000020 ]
	[ "$(status_field NoNewPrivs)" = 1 ]
	run -0 rtl exec web sh -c 'ulimit -Sn; ulimit -Hn'
	assert_output "100
200"
}

@test "exec: --cap adds a capability for this process only" {
	make_bundle web
	update_config '.process.capabilities = {bounding: ["CAP_KILL"], effective: ["CAP_KILL"],
		permitted: ["CAP_KILL"]}'
	set_args sh -c 'sleep 1000'
	start_container web
	run -0 rtl exec --cap CAP_CHOWN web cat /proc/self/status
	[ "$(status_field CapBnd)" = 0000000000000021 ]
	[ "$(status_field CapEff)" = 0000000000000021 ]
	run -0 rtl exec web grep CapBnd /proc/self/status
	[ "$(status_field CapBnd)" = 0000000000000020 ]
	run -1 rtl exec --cap CAP_NOPE web true
	assert_output_has "CAP_NOPE"
}

@test "exec: --no-new-privs sets it where the container has not" {
	make_bundle web
	update_config '.process.noNewPrivileges = false'
	set_args sh -c 'sleep 1000'
	start_container web
	run -0 rtl exec web grep NoNewPrivs /proc/self/status
	[ "$(status_field NoNewPrivs)" = 0 ]
	run -0 rtl exec --no-new-privs web grep NoNewPrivs /proc/self/status
	[ "$(status_field NoNewPrivs)" = 1 ]
}

@test "exec: the seccomp filter of the container holds" {
	make_bundle web
	update_config '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW",
		syscalls: [{names: ["mkdir", "mkdirat"], action: "SCMP_ACT_ERRNO", errnoRet: 95}]}'
	set_args sh -c 'sleep 1000'
	start_container web
	run -0 rtl exec web grep Seccomp: /proc/self/status
	[ "$(status_field Seccomp)" = 2 ]
	run -1 rtl exec web mkdir /tmp/new
	assert_output_has "not supported"
}

@test "exec: --process reads the process object" {
	start_container web
	jq -n --arg mark "$TEST_MARK" '{terminal: false, user: {uid: 0, gid: 0}, cwd: "/usr",
		args: ["sh", "-c", "pwd; echo $X; grep CapEff /proc/self/status"],
		env: ["PATH=/bin", "X=from-file", "RTL_TEST=" + $mark]}' >"$TEST_DIR/process.json"
	run -0 rtl exec --process "$TEST_DIR/process.json" web
	[ "${lines[0]}" = /usr ]
	[ "${lines[1]}" = from-file ]
	# it names no capabilities
	[ "$(status_field CapEff)" = 0000000000000000 ]
	echo '{"args": 3}' >"$TEST_DIR/process.json"
	run -1 rtl exec --process "$TEST_DIR/process.json" web
	assert_output_has "process.json"
	assert_output_has "args"
	run -1 rtl exec --process "$TEST_DIR/none.json" web
	assert_output_has "none.json"
}

@test "exec: --detach returns while the command runs, --pid-file says who it is" {
	local pid

	start_container web
	run -0 detached rtl exec --detach --pid-file "$TEST_DIR/pid" web sleep 1000
	pid=$(cat "$TEST_DIR/pid")
	[ "$(tr '\0' ' ' <"/proc/$pid/cmdline")" = "sleep 1000 " ]
	# in the container's PID namespace, whose process 1 it is not
	[ "$(readlink "/proc/$pid/ns/pid")" = "$(readlink "/proc/$(container_pid web)/ns/pid")" ]
	[ "$pid" != "$(container_pid web)" ]
	rtl delete --force web
	wait_for has_no_processes
}

@test "exec: --preserve-fds passes that many, and no more" {
	start_container web
	echo three >"$TEST_DIR/3"
	"$RTL" --root "$STATE_DIR" exec --preserve-fds 1 web \
		sh -c 'cat <&3; [ -e /proc/self/fd/4 ] || echo none' \
		3<"$TEST_DIR/3" 4</etc/passwd >"$TEST_DIR/out"
	[ "$(cat "$TEST_DIR/out")" = "three
none" ]
}

@test "exec: signals are passed on to the command" {
	make_bundle web
	shared_dir
	set_args sh -c 'sleep 1000'
	start_container web
	in_background rtl exec web sh -c 'trap "echo USR1 >>/shared/got" USR1; trap "exit 6" TERM
		echo ready >/shared/got; while :; do sleep 1000 & wait; done'
	wait_for 'grep -qs ready "$TEST_DIR/shared/got"'
	kill -USR1 "$(background_rtl)"
	wait_for 'grep -qx USR1 "$TEST_DIR/shared/got"'
	kill -TERM "$(background_rtl)"
	ends_with 6
	assert_status web running
}

@test "exec: a command that does not exist is 127, one that cannot be executed 126" {
	start_container web
	: >"$BUNDLE/rootfs/plain"
	run -127 rtl exec web nowhere
	assert_output_has '"nowhere": executable file not found in $PATH'
	run -127 rtl exec web /nowhere
	assert_output_has "/nowhere: no such file or directory"
	run -126 rtl exec web /plain
	assert_output_has "/plain: permission denied"
	run -126 rtl exec web /etc
	assert_output_has "/etc: is a directory: permission denied"
	assert_status web running
}

@test "exec: a working directory that does not exist is named" {
	start_container web
	run -1 rtl exec --cwd /nowhere web true
	assert_output_has "cwd"
	assert_output_has "/nowhere"
}

@test "exec: a working directory outside the root is refused" {
	start_container web
	run -1 sh -c '"$1" --root "$2" exec --preserve-fds 1 --cwd /proc/self/fd/3 web pwd 3</' sh "$RTL" "$STATE_DIR"
	assert_output_has "/proc/self/fd/3"
	assert_output_has "outside the root filesystem"
}

@test "exec: without a command it is refused" {
	start_container web
	run -1 rtl exec web
	assert_output_has "no command given"
}

@test "exec: a stopped container is refused" {
	make_bundle
	run -0 detached rtl run --keep --bundle "$BUNDLE" c
	run -1 rtl exec c true
	assert_output_has "rtl: "
	assert_output_has "c"
	assert_output_has "not running"
}

@test "exec: a container that does not exist is refused" {
	run -1 rtl exec nobody true
	assert_output_has "nobody"
	assert_output_has "does not exist"
}

@test "exec: the process is in the container's cgroups" {
	require_root
	start_container web
	run -0 rtl exec web sh -c 'cat /proc/self/cgroup; echo --; cat /proc/1/cgroup'
	[ "$(sed '/^--$/,$d' <<<"$output")" = "$(sed '1,/^--$/d' <<<"$output")" ]
}

@test "exec: ten at the same time" {
	local i status pids=()

	start_container web
	for i in {1..10}; do
		rtl exec web sh -c "exit $i" &
		pids+=($!)
	done
	for i in {1..10}; do
		wait "${pids[$((i - 1))]}" && status=0 || status=$?
		[ $status = "$i" ]
	done
}
