# SPDX-License-Identifier: Apache-2.0
# Docker with rtl as its default runtime.
load docker

setup_file() {
	caller_setup_file
	docker_setup_file
}

teardown_file() {
	caller_teardown_file
}

setup() {
	caller_setup
}

teardown() {
	[ -n "$CALLER_REASON${ended-}" ] || { remove_containers && test_teardown; }
}

# wait_container NAME [OPTION...]: starts it; it says "ready" and exits with 7 on TERM
wait_container() {
	run -0 docker_run --detach --name "$1" "${@:2}" $IMAGE \
		sh -c 'trap "exit 7" TERM; echo ready; while :; do sleep 1000 & wait; done'
	wait_for "docker logs $1 2>&1 | grep -qx ready"
}

state_of() {
	docker inspect --format '{{.State.Status}} {{.State.ExitCode}}' "$1"
}

@test "docker: output, standard input and exit status of a container" {
	run -42 --separate-stderr docker_run --rm $IMAGE sh -c 'echo out; echo err >&2; exit 42'
	assert_output out
	# shellcheck disable=SC2154 # set by run
	[ "$stderr" = err ]
	run -0 docker_run --rm --interactive $IMAGE wc -c < <(head -c 100000 /dev/zero)
	assert_output 100000
}

@test "docker: the runtime is rtl, by default or by --runtime" {
	run -0 docker info --format '{{.DefaultRuntime}}'
	assert_output rtl
	wait_container one
	run -0 docker inspect --format '{{.HostConfig.Runtime}}' one
	assert_output rtl
	# rtl's own state directory below the shim's root
	run -0 in_daemon sh -c 'find /run/docker -name state.json -path "*/moby/*" | wc -l'
	[ "$output" -ge 1 ]
	run -0 docker_run --rm --runtime rtl $IMAGE cat /proc/1/comm
	assert_output cat
}

@test "docker: 127 for a program that is not there, 126 for one that cannot be executed, 125 for Docker's own" {
	local program

	run -127 docker_run --rm $IMAGE nowhere
	assert_output_has 'exec: "nowhere": executable file not found in $PATH'
	run -127 docker_run --rm $IMAGE /nowhere
	assert_output_has "/nowhere: no such file or directory"
	for program in /etc /etc/passwd; do
		run -126 docker_run --rm $IMAGE $program
		assert_output_has "exec: $program: "
		assert_output_has "permission denied"
	done
	run -125 docker_run --rm --no-such-option $IMAGE true
	run -0 docker ps --all --quiet
}

@test "docker: a terminal" {
	# Docker sets the size a little after the start
	local sized='i=0; until [ "$(stty size 2>/dev/null)" = "24 80" ] || [ $((i += 1)) = 1000 ]; do usleep 10000; done; stty size'

	run -0 docker_tty run --rm --network none --tty $IMAGE sh -c "tty; echo console >/dev/console; $sized"
	assert_output_has /dev/pts/0
	assert_output_has console
	assert_output_has "24 80"
	wait_container one
	run -0 docker_tty exec --tty one sh -c "tty; $sized"
	assert_output_has /dev/pts/
	assert_output_has "24 80"
	run -0 docker_run --rm $IMAGE sh -c '[ -t 1 ] || echo none'
	assert_output none
}

@test "docker: exec in a running container" {
	wait_container one
	run -5 docker exec one sh -c 'tr "\0" " " </proc/1/cmdline; exit 5'
	assert_output_has "sh -c trap"
	run -0 docker exec --user 1000 --workdir /tmp --env A=b one sh -c 'id -u; pwd; echo $A; grep CapEff /proc/self/status'
	assert_output "1000
/tmp
b
CapEff:	0000000000000000"
	run -0 docker exec --interactive one cat < <(echo in)
	assert_output in
	run docker exec one nowhere
	# 20.10 says 126 here whatever the runtime, later versions 127
	[ "$status" = 126 ] || [ "$status" = 127 ]
	assert_output_has 'exec: "nowhere": executable file not found in $PATH'
	run -126 docker exec one /etc
	assert_output_has "permission denied"
	run -0 docker exec --detach one touch /tmp/detached
	retry docker exec one test -e /tmp/detached
	run -0 docker exec one grep CapEff /proc/self/status
	[ "$output" != "CapEff:	0000003fffffffff" ]
	run -0 docker exec --privileged one grep CapEff /proc/self/status
	assert_output_has "CapEff:	0000003f"
}

@test "docker: logs, top and the list of containers" {
	wait_container one
	run -0 docker logs one
	assert_output ready
	run -0 docker top one
	assert_output_has "sh -c trap"
	assert_output_has "sleep 1000"
	run -0 docker top one -o pid,comm
	assert_output_has "sleep"
	run -0 docker ps --format '{{.Names}} {{.State}}'
	assert_output "one running"
}

@test "docker: stop, start, restart and kill" {
	local pid

	wait_container one
	pid=$(docker inspect --format '{{.State.Pid}}' one)
	run -0 docker stop --time 10 one
	run -0 state_of one
	assert_output "exited 7"
	[ ! -e "/proc/$pid" ]
	run -0 docker start one
	wait_for '[ "$(docker logs one | grep -c ready)" = 2 ]'
	run -0 docker restart --time 10 one
	wait_for '[ "$(docker logs one | grep -c ready)" = 3 ]'
	run -0 docker kill one
	run -0 docker wait one
	assert_output 137
	run -0 docker rm one
}

@test "docker: kill passes the signal on" {
	run -0 docker_run --detach --name one $IMAGE \
		sh -c 'trap "echo USR1; exit 3" USR1; echo ready; while :; do sleep 1000 & wait; done'
	wait_for 'docker logs one | grep -qx ready'
	run -0 docker kill --signal USR1 one
	run -0 docker wait one
	assert_output 3
	run -0 docker logs one
	assert_output_has USR1
}

@test "docker: pause and unpause" {
	local pid

	run -0 docker_run --detach --name one $IMAGE sh -c 'while :; do echo x; usleep 10000; done'
	pid=$(docker inspect --format '{{.State.Pid}}' one)
	run -0 docker pause one
	run -0 docker ps --format '{{.State}}'
	assert_output paused
	run -0 in_daemon sh -c 'cat /proc/'"$pid"'/cgroup'
	frozen=$(awk '/^State|nonvoluntary_ctxt|^voluntary/' "/proc/$pid/status")
	run -1 docker exec one true
	assert_output_has "is paused"
	[ "$frozen" = "$(awk '/^State|nonvoluntary_ctxt|^voluntary/' "/proc/$pid/status")" ]
	run -0 docker unpause one
	run -0 docker exec one true
	wait_for '[ "$frozen" != "$(awk "/^State|nonvoluntary_ctxt|^voluntary/" /proc/'"$pid"'/status)" ]'
}

@test "docker: limits are the cgroup's, and an OOM kill is told" {
	run -0 docker_run --rm --memory 64m --pids-limit 33 --cpus 0.5 --cpuset-cpus 0 $IMAGE sh -c '
		cd /sys/fs/cgroup
		cat memory.max memory/memory.limit_in_bytes pids.max pids/pids.max 2>/dev/null
		cat cpu.max cpu/cpu.cfs_quota_us 2>/dev/null | cut -d" " -f1
		grep Cpus_allowed_list /proc/self/status'
	assert_output "67108864
33
50000
Cpus_allowed_list:	0"
	run -137 docker_run --name oom --memory 32m --memory-swap 32m $IMAGE \
		sh -c 'x=$(head -c 100000000 /dev/zero | tr "\0" x); echo ${#x}'
}

@test "docker: update changes the limits of a running container" {
	wait_container one --memory 64m --memory-swap 64m
	run -0 docker update --memory 48m --memory-swap 48m --pids-limit 44 one
	run -0 docker exec one sh -c 'cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes \
		/sys/fs/cgroup/pids.max /sys/fs/cgroup/pids/pids.max 2>/dev/null || true'
	assert_output "50331648
44"
}

@test "docker: stats reads the container's cgroup" {
	wait_container one --memory 64m
	run -0 docker stats --no-stream --format '{{.Name}} {{.PIDs}} {{.MemUsage}}' one
	assert_output_has "one 2 "
	assert_output_has "/ 64MiB"
}

@test "docker: users, groups and capabilities" {
	run -0 docker_run --rm --user 1000:5 --group-add 7 $IMAGE sh -c 'id -u; id -g; id -G'
	assert_output "1000
5
5 7"
	run -0 docker_run --rm --cap-drop all --cap-add chown $IMAGE grep Cap /proc/self/status
	assert_output "CapInh:	0000000000000000
CapPrm:	0000000000000001
CapEff:	0000000000000001
CapBnd:	0000000000000001
CapAmb:	0000000000000000"
	run -0 docker_run --rm --privileged $IMAGE sh -c 'grep Seccomp: /proc/self/status; [ -e /dev/kmsg ] && mount -t tmpfs none /tmp && echo mounted'
	assert_output "Seccomp:	0
mounted"
}

@test "docker: seccomp profiles and no_new_privs" {
	run -0 docker_run --rm $IMAGE grep -E '^(NoNewPrivs|Seccomp):' /proc/self/status
	assert_output "NoNewPrivs:	0
Seccomp:	2"
	run -0 docker_run --rm --security-opt no-new-privileges --security-opt seccomp=unconfined $IMAGE \
		grep -E '^(NoNewPrivs|Seccomp):' /proc/self/status
	assert_output "NoNewPrivs:	1
Seccomp:	0"
	echo '{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO"}]}' \
		>"$TEST_DIR/seccomp.json"
	run -1 docker_run --rm --security-opt "seccomp=$TEST_DIR/seccomp.json" $IMAGE mkdir /tmp/d
	assert_output_has "not permitted"
	run -1 docker_run --rm $IMAGE unshare -U true
	assert_output_has "not permitted"
}

@test "docker: binds and volumes" {
	mkdir "$TEST_DIR/dir"
	echo content >"$TEST_DIR/dir/file"
	run -0 docker_run --rm --volume "$TEST_DIR/dir:/rw" --volume "$TEST_DIR/dir:/ro:ro" --volume "$TEST_DIR/dir/file:/file" $IMAGE sh -c '
		cat /rw/file /file; echo new >/rw/new; touch /ro/no 2>&1; cat /ro/new'
	assert_output "content
content
touch: /ro/no: Read-only file system
new"
	[ "$(cat "$TEST_DIR/dir/new")" = new ]
	run -0 docker_run --rm --volume named:/v $IMAGE sh -c 'echo kept >/v/file'
	run -0 docker_run --rm --volume named:/v $IMAGE cat /v/file
	assert_output kept
	run -0 docker volume rm named
}

@test "docker: --read-only and --tmpfs" {
	run -1 docker_run --rm --read-only $IMAGE touch /x
	assert_output_has "Read-only file system"
	run -0 docker_run --rm --read-only --tmpfs /t:size=64k,mode=1770 $IMAGE sh -c 'grep " /t " /proc/self/mounts; stat -c %a /t; touch /t/x'
	assert_output_has "size=64k"
	[ "${lines[1]}" = 1770 ]
}

@test "docker: limits, sysctls, names, devices and oom score of the process" {
	run -0 docker_run --rm --ulimit nofile=100:200 --oom-score-adj 500 --hostname box --domainname example \
		--sysctl net.ipv4.ip_forward=1 --shm-size 1m --device /dev/zero:/dev/nought --add-host there:192.0.2.7 $IMAGE sh -c '
		ulimit -Sn; ulimit -Hn; cat /proc/self/oom_score_adj; hostname; cat /proc/sys/kernel/domainname
		cat /proc/sys/net/ipv4/ip_forward; grep -o "size=1024k" /proc/self/mounts
		head -c 3 /dev/nought | wc -c; grep there /etc/hosts'
	assert_output "100
200
500
box
example
1
size=1024k
3
192.0.2.7	there"
}

@test "docker: --init puts Docker's init in front" {
	[ -x /usr/bin/docker-init ] || [ -x /usr/bin/tini ] || [ -x /usr/libexec/docker/docker-init ] || skip "no docker-init"
	run -0 docker_run --rm --init $IMAGE sh -c 'tr "\0" " " </proc/1/cmdline; echo; [ $$ != 1 ] && echo child'
	assert_output_has "docker-init -- sh"
	assert_output_has child
}

@test "docker: namespaces of the host and of another container" {
	local kind

	run -0 docker run --rm --network host --pid host --ipc host --uts host $IMAGE sh -c 'for k in net pid uts; do readlink /proc/self/ns/$k; done'
	assert_output "$(in_daemon sh -c 'for k in net pid uts; do readlink /proc/self/ns/$k; done')"
	wait_container one --ipc shareable
	run -0 docker run --rm --network container:one --pid container:one --ipc container:one $IMAGE \
		sh -c 'for k in net pid ipc; do readlink /proc/self/ns/$k; done'
	for kind in net pid ipc; do
		assert_output_has "$(docker exec one readlink "/proc/self/ns/$kind")"
	done
	run -0 docker_run --rm --cgroupns private $IMAGE sed 's/.*://' /proc/self/cgroup
	[ "$(sort -u <<<"$output")" = / ]
}

@test "docker: restart policies" {
	run -0 docker_run --detach --name one --restart on-failure:2 $IMAGE sh -c 'echo run; exit 3'
	wait_for '[ "$(docker inspect --format "{{.RestartCount}} {{.State.Status}}" one)" = "2 exited" ]' 20
	run -0 docker logs one
	assert_output "run
run
run"
}

@test "docker: a health check is an exec whose status counts" {
	wait_container one --health-cmd 'test -e /tmp/healthy' --health-interval 200ms --health-retries 1 --health-timeout 20s
	wait_for '[ "$(docker inspect --format "{{.State.Health.Status}}" one)" = unhealthy ]' 20
	run -0 docker exec one touch /tmp/healthy
	wait_for '[ "$(docker inspect --format "{{.State.Health.Status}}" one)" = healthy ]' 20
}

@test "docker: build runs its steps, commit and rmi" {
	mkdir "$TEST_DIR/context"
	cat >"$TEST_DIR/context/Dockerfile" <<-EOF
		FROM $IMAGE
		RUN echo built >/built && id -u >/uid
		USER 1000
		RUN id -u >/tmp/uid
		CMD ["cat", "/built", "/uid", "/tmp/uid"]
	EOF
	run -0 docker build --network none --tag built:1 "$TEST_DIR/context"
	run -0 docker_run --rm built:1
	assert_output "built
0
1000"
	echo "RUN exit 9" >>"$TEST_DIR/context/Dockerfile"
	run docker build --force-rm --network none --tag built:2 "$TEST_DIR/context"
	[ "$status" != 0 ]
	assert_output_has "returned a non-zero code: 9"
	run -0 docker rmi built:1
}

@test "docker: cp and diff" {
	wait_container one
	echo content >"$TEST_DIR/file"
	run -0 docker cp "$TEST_DIR/file" one:/tmp/file
	run -0 docker exec one cat /tmp/file
	assert_output content
	run -0 docker cp one:/tmp/file "$TEST_DIR/back"
	[ "$(cat "$TEST_DIR/back")" = content ]
	run -0 docker diff one
	assert_output_has "A /tmp/file"
}

@test "docker: a bridge network, published ports and two containers that find each other" {
	run docker run --detach --name web --publish 8080:80 $IMAGE \
		sh -c 'echo content >/tmp/index.html; exec httpd -f -p 80 -h /tmp'
	[ "$status" = 0 ] || skip "no bridge network here: ${lines[-1]}"
	run -0 docker inspect --format '{{.NetworkSettings.IPAddress}}' web
	run -0 retry docker run --rm $IMAGE wget -qO- "http://$output/"
	assert_output content
	run -0 retry in_daemon busybox wget -qO- http://127.0.0.1:8080/
	assert_output content
}

@test "docker: ten containers at once" {
	local i pids=() status

	for i in {1..10}; do
		docker_run --rm $IMAGE sh -c "exit $i" >/dev/null 2>&1 &
		pids+=($!)
	done
	for i in {1..10}; do
		status=0
		wait "${pids[$((i - 1))]}" || status=$?
		[ $status = "$i" ]
	done
	run -0 docker ps --all --quiet
	assert_output ""
}

@test "docker: at its end no process, cgroup or mount is left" {
	[ -z "$CALLER_REASON" ] || skip "$CALLER_REASON"
	run -0 docker ps --all --quiet
	assert_output ""
	run -0 in_daemon sh -c 'find /run/docker/runtime-* /run/rtl -mindepth 2 -name state.json 2>/dev/null || true'
	assert_output ""
	stop_daemon
	close_view
	ended=1
	assert_caller_left_nothing
}
