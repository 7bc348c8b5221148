# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Docker for the files of this tier:  load docker
#
# A dockerd of its own, in a view of its own (support.bash), which starts its own containerd. Its
# daemon.json names rtl as a runtime and as the default one. Only root has it.
#
# Variables
#   IMAGE           an image of busybox; its containers' environment has RTL_TEST=CALLER_MARK
#
# Functions
#   docker_setup_file        starts dockerd and makes IMAGE
#   docker ARG...            the client, with a time limit
#   docker_run ARG...        docker run --network none
#   docker_tty ARG...        docker with a terminal of 80 columns and 24 rows; line ends as usual
#   remove_containers        all of them

load support

IMAGE="rtl-test:1"

docker_setup_file() {
	[ "$(id -u)" = 0 ] || caller_cannot "for root only"
	caller_needs dockerd containerd ip unshare nsenter busybox jq script
	# the daemon's own client, where there are several
	export DOCKER_CLIENT=/usr/bin/docker
	[ -x "$DOCKER_CLIENT" ] || DOCKER_CLIENT=docker
	caller_needs "$DOCKER_CLIENT"
	[ -z "$CALLER_REASON" ] || return 0
	mkdir -p "$CALLER_DIR/home"
	docker_config >"$CALLER_DIR/daemon.json"
	start_daemon "$CALLER_DIR/docker.sock" dockerd --config-file "$CALLER_DIR/daemon.json"
	retry docker version >/dev/null 2>&1
	prepare_rootfs
	tar -C "$BATS_RUN_TMPDIR/rootfs" --owner=0 --group=0 -cf "$CALLER_DIR/rootfs.tar" .
	docker import --change 'CMD ["sh"]' --change "ENV RTL_TEST=$CALLER_MARK" \
		--change 'ENV PATH=/usr/sbin:/usr/bin:/sbin:/bin' "$CALLER_DIR/rootfs.tar" "$IMAGE" >/dev/null
	rm -f "$CALLER_DIR/rootfs.tar"
}

# iptables is the one thing of the network that would need more than a namespace.
docker_config() {
	jq -n --arg dir "$CALLER_DIR" --arg mark "$CALLER_MARK" --arg rtl "$RTL" '{
		runtimes: {rtl: {path: $rtl}},
		"default-runtime": "rtl",
		"data-root": ($dir + "/data"), "exec-root": "/run/docker", pidfile: ($dir + "/docker.pid"),
		hosts: ["unix://" + $dir + "/docker.sock"],
		"storage-driver": "vfs",
		iptables: false, ip6tables: false, "ip-masq": false, "userland-proxy": true,
		"exec-opts": ["native.cgroupdriver=cgroupfs"],
		"cgroup-parent": ("/" + $mark)}'
}

# The command line, one word a line, for docker and docker_tty.
docker_words() {
	printf '%s\n' nsenter --target "$(cat "$CALLER_DIR/view.pid")" --mount --net "--wd=$PWD" -- env "HOME=$CALLER_DIR/home" \
		DOCKER_BUILDKIT=0 timeout --foreground --kill-after=2 50 "$DOCKER_CLIENT" -H "unix://$CALLER_DIR/docker.sock"
}

docker() {
	local -a words

	mapfile -t words < <(docker_words)
	"${words[@]}" "$@" 3>&- 4>&-
}

docker_run() {
	docker run --network none "$@"
}

docker_tty() {
	local -a words

	mapfile -t words < <(docker_words)
	words=(sh -c 'stty cols 80 rows 24; exec "$@"' sh "${words[@]}" "$@")
	script -qefc "${words[*]@Q}" /dev/null </dev/null 3>&- 4>&- | tr -d '\r'
	return "${PIPESTATUS[0]}"
}

remove_containers() {
	docker ps --all --quiet | while read -r id; do
		docker rm --force "$id" >/dev/null || return 1
	done
}
