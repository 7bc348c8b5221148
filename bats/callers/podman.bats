# SPDX-License-Identifier: Apache-2.0
# Podman with rtl as its runtime, as an ordinary user and as root.
load podman

setup_file() {
	caller_setup_file
	podman_setup_file
}

teardown_file() {
	podman_teardown_file
}

setup() {
	caller_setup
}

teardown() {
	[ -n "$CALLER_REASON${ended-}" ] || { remove_containers && test_teardown; }
}

# wait_container NAME: starts it; it says "ready" and exits with 7 on TERM
wait_container() {
	run -0 podman_run --detach --name "$1" "${@:2}" $IMAGE \
		sh -c 'trap "exit 7" TERM; echo ready; while :; do sleep 1000 & wait; done'
	wait_for "podman logs $1 2>&1 | grep -qx ready"
}

@test "podman: output, standard input and exit status of a container" {
	run -42 --separate-stderr podman_run --rm $IMAGE sh -c 'echo out; echo err >&2; exit 42'
	assert_output out
	# shellcheck disable=SC2154 # set by run
	[ "$stderr" = err ]
	run -0 podman_run --rm --interactive $IMAGE wc -c < <(head -c 100000 /dev/zero)
	assert_output 100000
	run -137 podman_run --rm --init $IMAGE sh -c 'kill -KILL $$'
}

@test "podman: the runtime is rtl, by containers.conf or by --runtime" {
	run -0 podman info --format '{{.Host.OCIRuntime.Name}} {{.Host.OCIRuntime.Path}} {{.Host.OCIRuntime.Version}}'
	assert_output_has "rtl $RTL rtl version "
	wait_container a
	run -0 podman inspect --format '{{.OCIRuntime}}' a
	assert_output rtl
	run -0 podman --runtime "$RTL" run --rm --network none $IMAGE cat /proc/1/comm
	assert_output cat
}

@test "podman: 127 for a program that is not there, 126 for one that cannot be executed, 125 for Podman's own" {
	local program

	for program in nowhere /nowhere; do
		run -127 podman_run --rm $IMAGE $program
		assert_output_has "OCI runtime attempted to invoke a command that was not found"
		assert_output_has "$program"
	done
	for program in /etc /etc/passwd; do
		run -126 podman_run --rm $IMAGE $program
		assert_output_has "exec: $program: "
		assert_output_has "permission denied: OCI permission denied"
	done
	run -125 podman_run --rm --no-such-option $IMAGE true
}

@test "podman: a terminal" {
	run -0 podman_tty run --rm --network none --tty $IMAGE sh -c 'tty; [ -t 0 ] && [ -t 1 ] && [ -t 2 ] && echo terminal'
	assert_output_has /dev/pts/0
	assert_output_has terminal
	wait_container a
	run -0 podman_tty exec --tty a sh -c 'tty; stty size'
	assert_output_has /dev/pts/
	run -0 podman_run --rm $IMAGE sh -c '[ -t 1 ] || echo none'
	assert_output none
}

@test "podman: exec in a running container" {
	wait_container a
	run -5 podman exec a sh -c 'tr "\0" " " </proc/1/cmdline; exit 5'
	assert_output_has "sh -c trap"
	run -0 podman exec --user 1000 --workdir /tmp --env A=b a sh -c 'id -u; pwd; echo $A; grep CapEff /proc/self/status'
	assert_output "1000
/tmp
b
CapEff:	0000000000000000"
	run -0 podman exec --interactive a cat < <(echo in)
	assert_output in
	run -127 podman exec a nowhere
	run -126 podman exec a /etc
	run -0 podman exec --detach a touch /tmp/detached
	retry podman exec a test -e /tmp/detached
	run -0 podman exec --privileged a grep CapEff /proc/self/status
	[[ $output =~ ^CapEff:.0*1?f*ef*$|^CapEff:.0*1?f*$ ]]
}

@test "podman: logs, top and the list of containers" {
	wait_container a
	run -0 podman logs a
	assert_output ready
	run -0 podman top a pid comm
	assert_output_has "1           sh"
	assert_output_has "sleep"
	run -0 podman ps --format '{{.Names}} {{.Status}}'
	assert_output_has "a Up "
}

@test "podman: stop, start, restart and kill" {
	local pid

	wait_container a
	pid=$(podman_pid a)
	run -0 podman stop --time 10 a
	run -0 podman inspect --format '{{.State.Status}} {{.State.ExitCode}}' a
	assert_output "exited 7"
	[ ! -e "/proc/$pid" ]
	run -0 podman start a
	wait_for '[ "$(podman logs a | grep -c ready)" = 2 ]'
	run -0 podman restart --time 10 a
	wait_for '[ "$(podman logs a | grep -c ready)" = 3 ]'
	run -0 podman kill --signal KILL a
	run -0 podman wait a
	assert_output 137
	run -0 podman rm a
}

@test "podman: kill passes the signal on" {
	run -0 podman_run --detach --name a $IMAGE \
		sh -c 'trap "echo USR1; exit 3" USR1; echo ready; while :; do sleep 1000 & wait; done'
	wait_for 'podman logs a | grep -qx ready'
	run -0 podman kill --signal USR1 a
	run -0 podman wait a
	assert_output 3
	run -0 podman logs a
	assert_output_has USR1
}

@test "podman: pause and unpause" {
	wait_container a
	run podman pause a
	if [ "$status" != 0 ]; then
		assert_output_has "cgroup V1" # an ordinary user's containers have no cgroup there
		skip "Podman pauses no rootless container on cgroup v1"
	fi
	run -0 podman inspect --format '{{.State.Status}}' a
	assert_output paused
	run podman exec a true
	[ "$status" != 0 ]
	assert_output_has "container state improper"
	run -0 podman unpause a
	run -0 podman exec a true
}

@test "podman: limits are the cgroup's" {
	require_root
	run -0 podman_run --rm --memory 64m --pids-limit 33 --cpus 0.5 --cpu-shares 100 $IMAGE sh -c '
		cd /sys/fs/cgroup
		cat memory.max memory/memory.limit_in_bytes pids.max pids/pids.max 2>/dev/null
		cat cpu.max cpu/cpu.cfs_quota_us 2>/dev/null | cut -d" " -f1'
	assert_output "67108864
33
50000"
	run -137 podman_run --rm --memory 32m --memory-swap 32m $IMAGE \
		sh -c 'x=$(head -c 100000000 /dev/zero | tr "\0" x); echo ${#x}'
}

@test "podman: update changes a limit of a running container" {
	require_root
	wait_container a --memory 64m
	run -0 podman update --memory 48m a
	run -0 podman exec a sh -c 'cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null || true'
	assert_output 50331648
}

@test "podman: stats reads the container's cgroup" {
	require_root
	wait_container a --memory 64m
	run -0 podman stats --no-stream --format '{{.Name}} {{.PIDs}} {{.MemLimit}}' a
	assert_output_has "a 2 67108864"
}

@test "podman: users and ID mappings" {
	run -0 podman_run --rm --user 1000:1000 $IMAGE sh -c 'id -u; id -g; grep CapEff /proc/self/status'
	assert_output "1000
1000
CapEff:	0000000000000000"
	run -0 podman_run --rm --group-add 5 --group-add 6 $IMAGE grep Groups: /proc/self/status
	assert_output_has "5 6"
	run -0 podman_run --rm --uidmap 0:100000:1000 --gidmap 0:100000:1000 $IMAGE sh -c 'awk "{ print \$1, \$3 }" /proc/self/uid_map; id -u' || {
		# the user's own IDs end at 65536
		require_user
		run -0 podman_run --rm --uidmap 0:1:1000 $IMAGE sh -c 'awk "{ print \$1, \$3 }" /proc/self/uid_map; id -u'
	}
	assert_output "0 1000
0"
}

@test "podman: --userns keep-id gives the user's own ID" {
	require_user
	require_subids
	mkdir "$TEST_DIR/own"
	run -0 podman_run --rm --userns keep-id --volume "$TEST_DIR/own:/own" $IMAGE sh -c 'id -u; stat -c %u /own; touch /own/made'
	assert_output "$(id -u)
$(id -u)"
	[ "$(stat -c %u "$TEST_DIR/own/made")" = "$(id -u)" ]
	run -0 podman_run --rm --userns nomap $IMAGE cat /proc/self/uid_map
	[[ $output =~ ^\ *0\ +1\ +65536$ ]]
}

@test "podman: binds, volumes and overlay volumes" {
	mkdir "$TEST_DIR/dir"
	echo content >"$TEST_DIR/dir/file"
	run -0 podman_run --rm --volume "$TEST_DIR/dir:/rw" --volume "$TEST_DIR/dir:/ro:ro" --volume "$TEST_DIR/dir/file:/file" $IMAGE sh -c '
		cat /rw/file /file; echo new >/rw/new; touch /ro/no 2>&1; cat /ro/new'
	assert_output "content
content
touch: /ro/no: Read-only file system
new"
	[ "$(cat "$TEST_DIR/dir/new")" = new ]
	run -0 podman_run --rm --volume named:/v $IMAGE sh -c 'echo kept >/v/file'
	run -0 podman_run --rm --volume named:/v $IMAGE cat /v/file
	assert_output kept
	run -0 podman volume rm named
	run -0 podman_run --rm --volume "$TEST_DIR/dir:/o:O" $IMAGE sh -c 'echo over >/o/file; cat /o/file'
	assert_output over
	[ "$(cat "$TEST_DIR/dir/file")" = content ]
	run -0 podman_run --rm --volume "$TEST_DIR/dir:/nosuid:nosuid,nodev,noexec" $IMAGE grep ' /nosuid ' /proc/self/mounts
	assert_output_has nosuid,nodev,noexec
}

@test "podman: --read-only" {
	run -1 podman_run --rm --read-only --read-only-tmpfs=false $IMAGE touch /x
	assert_output_has "Read-only file system"
	run -1 podman_run --rm --read-only --read-only-tmpfs=false $IMAGE touch /tmp/x
}

@test "podman: temporary file systems hold what the image has there" {
	run -0 podman_run --rm --read-only $IMAGE sh -c 'touch /tmp/x /run/x /dev/shm/x && ! touch /x'
	run -0 podman_run --rm --tmpfs /t:size=64k,mode=1770 $IMAGE sh -c 'grep " /t " /proc/self/mounts; stat -c %a /t'
	assert_output_has "size=64k"
	[ "${lines[1]}" = 1770 ]
	run -0 podman_run --rm --tmpfs /etc:rw $IMAGE sh -c 'grep -c " /etc tmpfs" /proc/self/mounts; head -n 1 /etc/passwd'
	assert_output_has "root:x:0:0"
}

@test "podman: capabilities, no_new_privs and seccomp" {
	run -0 podman_run --rm --cap-drop all --cap-add chown $IMAGE grep Cap /proc/self/status
	assert_output "CapInh:	0000000000000000
CapPrm:	0000000000000001
CapEff:	0000000000000001
CapBnd:	0000000000000001
CapAmb:	0000000000000000"
	run -0 podman_run --rm $IMAGE grep -E '^(NoNewPrivs|Seccomp):' /proc/self/status
	assert_output "NoNewPrivs:	0
Seccomp:	2"
	run -0 podman_run --rm --security-opt no-new-privileges --security-opt seccomp=unconfined $IMAGE \
		grep -E '^(NoNewPrivs|Seccomp):' /proc/self/status
	assert_output "NoNewPrivs:	1
Seccomp:	0"
	echo '{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 95}]}' \
		>"$TEST_DIR/seccomp.json"
	run -1 podman_run --rm --security-opt "seccomp=$TEST_DIR/seccomp.json" $IMAGE mkdir /tmp/d
	assert_output_has "not supported"
	run -0 podman_run --rm --privileged $IMAGE sh -c 'grep -E "^(CapEff|Seccomp):" /proc/self/status; [ -e /dev/zero ]'
	assert_output_has "Seccomp:	0"
	run -0 podman_run --rm $IMAGE sh -c 'wc -c </proc/keys; ls /sys/firmware | wc -l; grep -o " /proc/sys proc ro" /proc/self/mounts'
	assert_output "0
0
 /proc/sys proc ro"
}

@test "podman: limits, sysctls, names, umask and oom score of the process" {
	run -0 podman_run --rm --ulimit nofile=100:200 --ulimit nproc=300:400 --umask 027 --workdir /tmp --oom-score-adj 500 \
		--hostname box --sysctl net.ipv4.ip_forward=1 --sysctl kernel.msgmax=4096 --shm-size 1m --env A=1 $IMAGE sh -c '
		ulimit -Sn; ulimit -Hn; ulimit -Hu; umask; pwd; cat /proc/self/oom_score_adj; hostname
		cat /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/msgmax; echo $A; grep -o "size=1024k" /proc/self/mounts'
	assert_output "100
200
400
0027
/tmp
500
box
1
4096
1
size=1024k"
}

@test "podman: --init puts Podman's init in front" {
	run -0 podman_run --rm --init $IMAGE sh -c 'tr "\0" " " </proc/1/cmdline; echo; [ $$ != 1 ] && echo child'
	assert_output_has "/run/podman-init -- sh"
	assert_output_has child
}

@test "podman: without cgroups, and with the host's namespaces" {
	local kind

	run -0 podman run --rm --network none --cgroups disabled $IMAGE true
	run -0 podman run --rm --network host --uts host $IMAGE sh -c 'readlink /proc/self/ns/net; readlink /proc/self/ns/uts'
	assert_output "$(podman unshare sh -c 'readlink /proc/self/ns/net; readlink /proc/self/ns/uts' 2>/dev/null ||
		in_daemon sh -c 'readlink /proc/self/ns/net; readlink /proc/self/ns/uts')"
}

@test "podman: the containers of a pod share namespaces" {
	local kind
	local -a options=()

	require_tool podman
	[ "$(id -u)" != 0 ] || options=(--cgroup-parent "/$CALLER_MARK")
	run podman pod create --name p --network none --share net,ipc,uts,pid "${options[@]}"
	[ "$status" = 0 ] || skip "no pod: $output"
	run -0 podman run --detach --pod p --name one $IMAGE sleep 1000
	run -0 podman run --rm --pod p --name two $IMAGE sh -c 'for k in net ipc uts pid mnt; do readlink /proc/self/ns/$k; done; ps -o args'
	[[ $output = *"sleep 1000"* ]]
	for kind in net ipc uts pid; do
		assert_output_has "$(podman exec one readlink "/proc/self/ns/$kind")"
	done
	[[ $output != *"$(podman exec one readlink /proc/self/ns/mnt)"* ]]
	run -0 podman pod stop --time 0 p
	run -0 podman pod start p
	run -0 podman exec one true
	run -0 podman pod rm --force --time 0 p
}

@test "podman: a container joins the namespaces of another" {
	local kind

	wait_container a
	run -0 podman run --rm --network container:a --pid container:a --ipc container:a $IMAGE \
		sh -c 'for k in net pid ipc; do readlink /proc/self/ns/$k; done'
	for kind in net pid ipc; do
		assert_output_has "$(podman exec a readlink "/proc/self/ns/$kind")"
	done
}

@test "podman: a health check is an exec whose status counts" {
	wait_container a --health-cmd 'test -e /tmp/healthy' --health-interval disable
	run -1 podman healthcheck run a
	run -0 podman exec a touch /tmp/healthy
	run -0 podman healthcheck run a
}

@test "podman: build runs its steps, commit and rmi" {
	mkdir "$TEST_DIR/context"
	cat >"$TEST_DIR/context/Containerfile" <<-EOF
		FROM $IMAGE
		RUN echo built >/built && id -u >/uid
		USER 1000
		RUN id -u >/tmp/uid
		CMD ["cat", "/built", "/uid", "/tmp/uid"]
	EOF
	run -0 podman build --runtime "$RTL" --network none --ulimit nofile=1024:1024 --tag built:1 "$TEST_DIR/context"
	run -0 podman_run --rm built:1
	assert_output "built
0
1000"
	run -0 podman rmi built:1
	wait_container a
	run -0 podman exec a touch /marked
	run -0 podman commit --quiet a committed:1
	run -0 podman_run --rm committed:1 ls /marked
	run -0 podman diff a
	assert_output_has "A /marked"
	run -0 podman rmi committed:1
}

@test "podman: cp into and out of a running container" {
	wait_container a
	echo content >"$TEST_DIR/file"
	run -0 podman cp "$TEST_DIR/file" a:/tmp/file
	run -0 podman exec a cat /tmp/file
	assert_output content
	run -0 podman cp a:/tmp/file "$TEST_DIR/back"
	[ "$(cat "$TEST_DIR/back")" = content ]
}

@test "podman: --rm leaves nothing, and ten containers at once do not mind each other" {
	local i pids=() status

	for i in {1..10}; do
		podman_run --rm $IMAGE sh -c "exit $i" >/dev/null 2>&1 &
		pids+=($!)
	done
	for i in {1..10}; do
		status=0
		wait "${pids[$((i - 1))]}" || status=$?
		[ $status = "$i" ]
	done
	run -0 podman ps --all --quiet
	assert_output ""
}

@test "podman: a bridge network and a published port" {
	require_root
	[ -x /usr/lib/cni/bridge ] || [ -x /usr/libexec/podman/netavark ] || skip "no network plugins"
	run podman run --detach --name web --cgroup-parent "/$CALLER_MARK" --publish 8080:80 $IMAGE \
		sh -c 'echo content >/tmp/index.html; exec httpd -f -p 80 -h /tmp'
	[ "$status" = 0 ] || skip "no bridge network here: ${lines[-1]}"
	retry podman exec web wget -qO- http://127.0.0.1/
	run -0 podman inspect --format '{{.NetworkSettings.IPAddress}}' web
	run -0 retry in_daemon busybox wget -qO- "http://$output/"
	assert_output_has content
	run -0 retry in_daemon busybox wget -qO- http://127.0.0.1:8080/
	assert_output_has content
}

@test "podman: slirp4netns gives an ordinary user's container a network" {
	require_user
	require_tool slirp4netns
	{ : <>/dev/net/tun; } 2>/dev/null || skip "/dev/net/tun is not for this user"
	run -0 podman run --rm --network slirp4netns $IMAGE ip -o addr
	assert_output_has "tap0"
}

@test "podman: at the end nothing is left" {
	[ -z "$CALLER_REASON" ] || skip "$CALLER_REASON"
	run -0 podman ps --all --quiet
	assert_output ""
	if [ "$(id -u)" = 0 ]; then
		run -0 in_daemon sh -c 'ls /run/rtl 2>/dev/null || true'
		assert_output ""
		stop_daemon
		close_view
		ended=1
	else
		run -0 ls "$PODMAN_RUN/rtl"
		assert_output ""
		# its pause process, which holds the user namespace
		podman system migrate
	fi
	# Podman's own: of its conmon, and parents of pods in the hierarchies that it does not know
	find /sys/fs/cgroup -depth -type d -path "*/$CALLER_MARK/*" ! -name 'libpod-*' -exec rmdir {} + 2>/dev/null || true
	assert_caller_left_nothing
}
