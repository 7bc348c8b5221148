# SPDX-License-Identifier: Apache-2.0
# containerd runs rtl through its shim io.containerd.runc.v2:  ctr run --runc-binary rtl
# This file is two: with the installed containerd, and as containerd-sid.bats with that of Debian
# sid, on a pure view of cgroup v2. What is asserted is read inside, or in the kernel's files, or is
# what ctr says of the end and of errors, since that is what rtl's log is for.
load containerd

setup_file() {
	case $BATS_TEST_FILENAME in *-sid.bats) CALLER_V2=1 ;; esac
	caller_setup_file
	containerd_setup_file
}

teardown_file() {
	caller_teardown_file
}

setup() {
	caller_setup
}

teardown() {
	[ -n "$CALLER_REASON" ] || { remove_containers && test_teardown; }
}

# detached_container ID [OPTION]...: waits for ever, TERM ends it with 0
detached_container() {
	local id=$1

	shift
	ctr_run --detach "$@" -- "$id" sh -c 'trap "exit 0" TERM; sleep 1000 & wait' </dev/null
}

# task_pid ID
task_pid() {
	ctr task ls | awk -v id="$1" '$1 == id { print $2 }'
}

# foreground STATUS ARG...: run -STATUS ctr_run --rm ARG..., once more when nothing was printed: ctr
# 1.6 drops what it has not begun to read when the container's end is told (its task.Delete cancels
# the opening of a FIFO), and then prints nothing at all
foreground() {
	local tries

	for tries in 1 2 3; do
		run "-$1" ctr_run --rm "${@:2}"
		[ -z "$output" ] || break
	done
}

# in_terminal CMD...: its output, CMD on a terminal
in_terminal() {
	SHELL=$(command -v bash) script -qefc "$(printf '%q ' "$@")" /dev/null
}

@test "containerd: a container in the foreground prints, and its exit status is ctr's" {
	foreground 3 -- one sh -c 'echo "$RTL_TEST on $(hostname)"; echo err >&2; cat /proc/1/comm; exit 3'
	assert_output_has "$CALLER_MARK on"
	assert_output_has err
	assert_output_has sh
}

@test "containerd: exit statuses from 0 to 255, and 128 and the signal's number" {
	local status

	for status in 0 1 126 127 200 255; do
		run -$status ctr_run --rm -- "exit$status" sh -c "exit $status"
		assert_output ""
	done
	run -0 ctr_run --detach -- killed sleep 1000 </dev/null
	kill -KILL "$(task_pid killed)"
	retry task_is killed STOPPED
	run -0 ctr task rm killed
	assert_output_has "exit code 137"
}

@test "containerd: standard input reaches the container to its end" {
	run -0 bash -c "seq 1 200000 | $(client) run --rm --runc-binary '$RTL' --snapshotter native \
		--fifo-dir /run/fifo --cgroup /$CALLER_MARK/in $IMAGE in md5sum"
	assert_output "$(seq 1 200000 | md5sum)"
}

@test "containerd: a detached container runs until it is told to end" {
	local pid

	run -0 detached_container web
	run -0 task_status web
	assert_output RUNNING
	pid=$(task_pid web)
	run -0 tr '\0' ' ' <"/proc/$pid/cmdline"
	assert_output_has "trap"
	grep -qz "RTL_TEST=$CALLER_MARK" "/proc/$pid/environ"
	grep -q "/$CALLER_MARK/web" "/proc/$pid/cgroup"
	ctr task kill -s TERM web
	retry task_is web STOPPED
	run -0 ctr task rm web
	run ! test -e "/proc/$pid"
	run -0 ctr container rm web
}

@test "containerd: what ctr asks for is so inside" {
	mkdir "$TEST_DIR/data"
	echo fromhost >"$TEST_DIR/data/file"
	foreground 0 --env A=b --cwd /tmp --read-only --cap-drop CAP_CHOWN --cap-add CAP_SYS_TIME \
		--mount "type=bind,src=$TEST_DIR/data,dst=/data,options=rbind:ro" -- fields sh -c '
			echo "A=$A cwd=$(pwd) data=$(cat /data/file)"
			touch /tmp/x 2>&1; touch /data/x 2>&1
			grep -E "CapEff|NoNewPrivs|Seccomp:" /proc/self/status'
	assert_output_has "A=b cwd=/tmp data=fromhost"
	assert_output_has "touch: /tmp/x: Read-only file system"
	assert_output_has "touch: /data/x: Read-only file system"
	# ctr's default list, without CHOWN (bit 0), with SYS_TIME (bit 25)
	assert_output_has "CapEff:	00000000aa0425fa"
	assert_output_has "NoNewPrivs:	1"
	assert_output_has "Seccomp:	0"
	foreground 0 --seccomp --allow-new-privs -- filtered grep -E 'NoNewPrivs|Seccomp:' /proc/self/status
	assert_output_has "NoNewPrivs:	0"
	assert_output_has "Seccomp:	2"
}

@test "containerd: a privileged container has all capabilities and the host's devices" {
	foreground 0 --privileged -- priv sh -c 'grep CapEff /proc/self/status; ls /dev; mount -t tmpfs t /mnt 2>&1 || mount -t tmpfs t /tmp'
	assert_output_has "$(grep CapEff /proc/self/status)"
	assert_output_has null
}

@test "containerd: the host's network is joined, and another container's namespaces" {
	local pid

	foreground 0 --net-host -- nethost readlink /proc/self/ns/net
	assert_output "$(readlink "/proc/$(daemon_pid)/ns/net")"
	detached_container base
	pid=$(task_pid base)
	foreground 0 --with-ns "network:/proc/$pid/ns/net" --with-ns "ipc:/proc/$pid/ns/ipc" \
		--with-ns "pid:/proc/$pid/ns/pid" -- joined sh -c 'ls -l /proc/self/ns; ps'
	assert_output_has "$(readlink "/proc/$pid/ns/net")"
	assert_output_has "$(readlink "/proc/$pid/ns/ipc")"
	assert_output_has "$(readlink "/proc/$pid/ns/pid")"
	assert_output_has "sleep 1000"
}

@test "containerd: a container in a user namespace has the IDs that ctr maps" {
	foreground 0 --uidmap 0:200000:65536 --gidmap 0:300000:65536 -- userns sh -c '
		cat /proc/self/uid_map /proc/self/gid_map; touch /root/mine && stat -c "%u:%g" /root/mine /bin; id -u'
	[[ $output =~ 0\ +200000\ +65536 ]]
	[[ $output =~ 0\ +300000\ +65536 ]]
	[ "${lines[2]} ${lines[3]} ${lines[4]}" = "0:0 0:0 0" ]
}

@test "containerd: exec joins the container, with its own status, streams, user and directory" {
	detached_container web
	run -0 ctr task exec --exec-id e1 web sh -c 'readlink /proc/self/ns/pid; readlink /proc/1/ns/pid; cat /proc/self/cgroup; echo err >&2'
	[ "$(grep -c '^pid:' <<<"$output")" = 2 ]
	[ "$(grep '^pid:' <<<"$output" | uniq | wc -l)" = 1 ]
	assert_output_has "/$CALLER_MARK/web"
	assert_output_has err
	run -42 ctr task exec --exec-id e2 web sh -c 'exit 42'
	run -0 ctr task exec --exec-id e3 --user 1000:1000 --cwd /tmp web sh -c 'id -u; id -g; pwd; grep CapEff /proc/self/status'
	assert_output "1000
1000
/tmp
CapEff:	0000000000000000"
	run -0 bash -c "echo through | $(client) task exec --exec-id e4 --fifo-dir /run/fifo web cat"
	assert_output through
}

@test "containerd: a detached exec goes on by itself and is killed by its ID" {
	detached_container web
	run -0 ctr task exec --detach --exec-id bg web sleep 777
	retry in_daemon sh -c "grep -lzs 777 /proc/[0-9]*/cmdline | grep -q ."
	run -0 ctr task ps web
	assert_output_has bg
	run -0 ctr task kill --exec-id bg -s KILL web
	retry has_no_process 777
	run -0 task_status web
	assert_output RUNNING
}

# has_no_process ARGUMENT
has_no_process() {
	! grep -lzsxF "$1" /proc/[0-9]*/cmdline
}

@test "containerd: a terminal, with the caller's size, for run and for exec" {
	require_tool script
	run -5 in_terminal bash -c "stty rows 31 cols 97; exec $(client) run --rm --tty --runc-binary '$RTL' --snapshotter native \
		--fifo-dir /run/fifo --cgroup /$CALLER_MARK/tty $IMAGE tty sh -c '
			tty; until stty size | grep 31; do :; done; ls -l /dev/console | cut -c1; exit 5'"
	assert_output_has "/dev/pts/0"
	assert_output_has "31 97"
	detached_container web
	run -0 in_terminal bash -c "stty rows 33 cols 99; exec $(client) task exec --tty --exec-id t1 --fifo-dir /run/fifo web sh -c '
		tty; until stty size | grep 33; do :; done'"
	assert_output_has "/dev/pts/"
	assert_output_has "33 99"
}

@test "containerd: ctr attaches to a detached container with a terminal" {
	require_tool script expect
	run -0 in_terminal bash -c "$(client) run --detach --tty --runc-binary '$RTL' --snapshotter native \
		--fifo-dir /run/fifo --cgroup /$CALLER_MARK/shell $IMAGE shell sh -c 'read x; echo got-\$x'"
	run -0 task_status shell
	assert_output RUNNING
	# what is typed before ctr has its terminal ready may be dropped
	run -0 expect -c "set timeout 1
		spawn -noecho $(client) task attach shell
		for {set i 0} {\$i < 20} {incr i} {
			send \"typed\\r\"
			expect got-typed { expect eof; exit 0 }
		}
		exit 1"
	retry task_is shell '' # its client removes it
}

@test "containerd: pause freezes every process, resume lets them go on" {
	local pid

	run -0 ctr_run --detach -- ticker sh -c 'i=0; while :; do i=$((i+1)); echo $i >/tmp/ticks; done' </dev/null
	pid=$(task_pid ticker)
	run -0 ctr task pause ticker
	run -0 task_status ticker
	assert_output PAUSED
	before=$(awk '{ print $14 + $15 }' "/proc/$pid/stat")
	in_daemon timeout 1 cat /dev/zero >/dev/null || true # a second of work for others
	[ "$(awk '{ print $14 + $15 }' "/proc/$pid/stat")" = "$before" ]
	run ! ctr task exec --exec-id e1 ticker true
	assert_output_has paused
	run -0 ctr task resume ticker
	run -0 task_status ticker
	assert_output RUNNING
	retry eval '[ "$(awk "{ print \$14 + \$15 }" "/proc/$pid/stat")" != "$before" ]'
	ctr task kill -s KILL ticker
	retry task_is ticker STOPPED
}

@test "containerd: ps names the init and every exec, with the host's PIDs" {
	local pid

	detached_container web
	pid=$(task_pid web)
	run -0 ctr task exec --detach --exec-id side web sleep 555
	run -0 ctr task ps web
	[[ ${lines[0]} =~ ^PID ]]
	assert_output_has "$pid"
	[ "$(wc -l <<<"$output")" -ge 4 ] # the header, sh, its sleep, the exec
	[[ $output =~ ([0-9]+)[^$'\n']*side ]]
	run -0 tr '\0' ' ' <"/proc/${BASH_REMATCH[1]}/cmdline"
	assert_output "sleep 555 "
}

@test "containerd: a signal to all processes of a container ends them all" {
	run -0 ctr_run --detach -- many sh -c 'for i in 1 2 3; do sleep 444 & done; trap : TERM; wait; wait; wait; wait; sleep 444' </dev/null
	run -0 ctr task kill --all -s KILL many
	retry task_is many STOPPED
	has_no_process 444
}

@test "containerd: delete --force ends a container that ignores TERM" {
	run -0 ctr_run --detach -- stubborn sh -c 'trap "" TERM; sleep 333 & while :; do wait; done' </dev/null
	run -0 ctr task kill -s TERM stubborn
	run -0 task_status stubborn
	assert_output RUNNING
	run ctr task rm --force stubborn
	run -0 task_status stubborn
	assert_output ""
	retry has_no_process 333
}

@test "containerd: a finished container's name can be used again" {
	for _ in 1 2 3 4 5; do
		foreground 0 -- again echo round
		assert_output round
	done
}

@test "containerd: metrics are those of the container's cgroup" {
	detached_container web
	run -0 ctr task metrics --format json web
	# v1 and v2 differ in names; the pids or the CPU time are there in both
	[ "$(jq -r '[.. | numbers] | length' <<<"$output")" -gt 0 ]
}

@test "containerd: events tell of create, start, exec, exit with its status, and delete" {
	in_background ctr events >"$TEST_DIR/events"
	retry ctr_events_seen
	run -9 ctr_run --rm -- told sh -c 'exit 9'
	for topic in /tasks/create /tasks/start /tasks/exit /tasks/delete; do
		wait_for "grep -q '$topic .*told' '$TEST_DIR/events'"
	done
	grep '/tasks/exit .*told' "$TEST_DIR/events" | grep -q '"exit_status":9'
}

# The client says nothing when it listens: a label makes an event.
ctr_events_seen() {
	ctr namespace label "$CALLER_MARK" "seen=$RANDOM" >/dev/null
	[ -s "$TEST_DIR/events" ]
}

@test "containerd: a memory limit holds, and the kill for it is told as an event" {
	require_memory_controller
	in_background ctr events >"$TEST_DIR/events"
	retry ctr_events_seen
	run -137 ctr_run --rm --memory-limit $((32 << 20)) -- hog sh -c 'tail /dev/zero; exit $?'
	wait_for "grep -q '/tasks/oom .*hog' '$TEST_DIR/events'"
}

# Where containerd's view has a memory controller.
require_memory_controller() {
	in_daemon sh -c '[ -d /sys/fs/cgroup/memory ] || grep -qw memory /sys/fs/cgroup/cgroup.controllers' ||
		skip "no memory controller in this view of cgroups"
}

@test "containerd: limits of CPU and memory are in the cgroup's files" {
	require_memory_controller
	detached_container web --memory-limit $((64 << 20)) --cpu-quota 50000 --cpu-period 100000 --cpu-shares 512
	run -0 in_daemon sh -c 'cat /sys/fs/cgroup/memory/$1/memory.limit_in_bytes /sys/fs/cgroup/cpu/$1/cpu.cfs_quota_us \
		/sys/fs/cgroup/cpu/$1/cpu.shares 2>/dev/null || cat /sys/fs/cgroup/$1/memory.max /sys/fs/cgroup/$1/cpu.max' sh "$CALLER_MARK/web"
	assert_output_has $((64 << 20))
	assert_output_has 50000
}

@test "containerd: a program that is not there is named in ctr's message, and nothing is left" {
	run -1 ctr_run --rm -- missing nosuchprogram
	assert_output_has "OCI runtime create failed"
	assert_output_has "nosuchprogram"
	assert_output_has "executable file not found in \$PATH"
	run -1 ctr_run --rm -- missing /bin/nosuch
	assert_output_has "/bin/nosuch"
	assert_output_has "no such file or directory"
	run -1 ctr_run --rm -- notexec /etc/passwd
	assert_output_has "permission denied"
	run -0 ctr task ls -q
	assert_output ""
	[ -z "$(shims)" ]
}

@test "containerd: exec of a program that is not there fails with its name, and the container goes on" {
	detached_container web
	run -1 ctr task exec --exec-id e1 web nosuchprogram
	assert_output_has "nosuchprogram"
	assert_output_has "executable file not found in \$PATH"
	run -1 ctr task exec --exec-id e2 --user nosuchuser web true
	run -1 ctr task exec --exec-id e3 --cwd /nosuchdir web true
	assert_output_has /nosuchdir
	run -0 ctr task exec --exec-id e4 web true
	run -0 task_status web
	assert_output RUNNING
}

@test "containerd: a bad config is refused with the field's name, and nothing is left" {
	run -1 ctr_run --rm --with-ns network:/nosuch/netns -- badns true
	assert_output_has /nosuch/netns
	run -1 ctr_run --rm --mount type=bind,src=/nosuch/source,dst=/data,options=rbind -- badmount true
	assert_output_has /nosuch/source
	run -0 ctr task ls -q
	assert_output ""
	[ -z "$(shims)" ]
}

@test "containerd: signals to what has ended say so in words that containerd knows" {
	run -0 ctr_run --detach -- ended true </dev/null
	retry task_is ended STOPPED
	run -1 ctr task kill ended
	assert_output_has "process already finished"
	run -1 ctr task kill nothere
	assert_output_has "not found"
}

@test "containerd: a container outlives its daemon's restart and is managed after it" {
	local pid

	detached_container web
	pid=$(task_pid web)
	restart_containerd
	[ "$(task_pid web)" = "$pid" ]
	run -0 ctr task exec --exec-id e1 web cat /proc/1/comm
	assert_output sh
	ctr task kill -s TERM web
	retry task_is web STOPPED
}

@test "containerd: when the shim is killed, rtl removes the container for it" {
	local pid shim

	detached_container web
	pid=$(task_pid web)
	shim=$(shims)
	kill -KILL "$shim"
	wait_for "! [ -e /proc/$pid ]"
	retry eval '[ -z "$(task_status web)" ]'
	wait_for '[ -z "$(caller_cgroups)" ]'
	run -0 rtl_state_left
	assert_output ""
}

# What rtl keeps for this namespace.
rtl_state_left() {
	in_daemon sh -c 'ls "$1" 2>/dev/null || true' sh "/run/containerd/runc/$CALLER_MARK"
}

@test "containerd: twenty containers at a time come and go" {
	local i failed=0 pids=()

	for i in $(seq 20); do
		ctr_run --rm -- "many$i" sh -c "exit $i" </dev/null >"$TEST_DIR/many$i" 2>&1 &
		pids+=($!)
	done
	for i in $(seq 20); do
		status=0
		wait "${pids[i - 1]}" || status=$?
		[ $status = "$i" ] || { echo "many$i: $status" "$(cat "$TEST_DIR/many$i")" && failed=1; }
	done
	[ $failed = 0 ]
}

@test "containerd: at its end no shim, process, state, cgroup or mount is left" {
	run -0 shims
	assert_output ""
	run -0 rtl_state_left
	assert_output ""
	run -1 in_daemon grep "$CALLER_MARK" /proc/mounts
	stop_daemon
	close_view
	assert_caller_left_nothing
}
