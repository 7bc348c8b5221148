# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Podman for the files of this tier:  load podman
#
# As root it runs in a view of its own (support.bash), whose daemon is Podman's API service; as an
# ordinary user it has a home and a runtime directory of its own. Its containers.conf names rtl as
# the runtime "rtl".
#
# Variables
#   IMAGE           an image of busybox; its containers' environment has RTL_TEST=CALLER_MARK
#
# Functions
#   podman_setup_file        configures Podman and makes IMAGE
#   podman_teardown_file     ends what it left, and removes what only its user namespace can
#   podman ARG...            the command, with a time limit
#   podman_run ARG...        podman run without a network and, as root, in the cgroup /CALLER_MARK
#   podman_tty ARG...        podman with a terminal of 80 columns and 24 rows; line ends as usual
#   podman_pid NAME          PID of the container's init process
#   remove_containers        all of them

load support

IMAGE=localhost/rtl-test:1

podman_setup_file() {
	[ "$(id -u)" != 0 ] || caller_needs ip
	caller_needs podman conmon jq busybox script nsenter unshare
	[ -z "$CALLER_REASON" ] || return 0
	mkdir -m 700 "$CALLER_DIR/home"
	podman_environment
	podman_config
	if [ "$(id -u)" = 0 ]; then
		start_daemon "$CALLER_DIR/podman.sock" podman system service --time 0 "unix://$CALLER_DIR/podman.sock"
	fi
	prepare_rootfs
	tar -C "$BATS_RUN_TMPDIR/rootfs" --owner=0 --group=0 -cf "$CALLER_DIR/rootfs.tar" .
	podman import --quiet --change 'CMD ["sh"]' --change "ENV RTL_TEST=$CALLER_MARK" \
		--change 'ENV PATH=/usr/sbin:/usr/bin:/sbin:/bin' "$CALLER_DIR/rootfs.tar" $IMAGE >"$CALLER_DIR/import.log" 2>&1 ||
		caller_cannot "podman does not work here: $(tail -n 1 "$CALLER_DIR/import.log")"
	rm -f "$CALLER_DIR/rootfs.tar"
}

# Podman's clean-up behind a container fails where the path of "runroot" is longer than 50 bytes, and
# then `podman run` waits 20 s in vain: /run in the view, a short name for a user.
podman_environment() {
	export HOME=$CALLER_DIR/home PODMAN_RUN=/run
	export CONTAINERS_CONF=$CALLER_DIR/containers.conf CONTAINERS_STORAGE_CONF=$CALLER_DIR/storage.conf
	[ "$(id -u)" = 0 ] || PODMAN_RUN=$(mktemp -d /tmp/rtl-run.XXXXXX)
	export XDG_RUNTIME_DIR=$PODMAN_RUN
	unset XDG_CONFIG_HOME XDG_DATA_HOME
}

podman_config() {
	cat >"$CONTAINERS_CONF" <<-EOF
		[containers]
		# without CAP_SYS_RESOURCE root cannot raise what Podman would raise
		default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
		[engine]
		cgroup_manager = "cgroupfs"
		events_logger = "file"
		lock_type = "file"
		tmp_dir = "$PODMAN_RUN/libpod"
		runtime = "rtl"
		runtime_supports_json = ["rtl"]
		runtime_supports_nocgroup = ["rtl"]
		[engine.runtimes]
		rtl = ["$RTL"]
	EOF
	cat >"$CONTAINERS_STORAGE_CONF" <<-EOF
		[storage]
		driver = "$(storage_driver)"
		graphroot = "$CALLER_DIR/storage"
		rootless_storage_path = "$CALLER_DIR/storage"
		runroot = "$PODMAN_RUN/containers"
	EOF
}

# overlay, where it can be mounted on what is under CALLER_DIR; else copies
storage_driver() {
	local dir=$CALLER_DIR/probe driver=vfs
	local -a unshare=(unshare --mount)

	[ "$(id -u)" = 0 ] || unshare+=(--map-root-user)
	mkdir -p "$dir"/{lower,upper,work,merged}
	! "${unshare[@]}" mount -t overlay -o "lowerdir=$dir/lower,upperdir=$dir/upper,workdir=$dir/work" \
		overlay "$dir/merged" 2>/dev/null || driver=overlay
	rm -rf "$dir" 2>/dev/null || "${unshare[@]}" rm -rf "$dir"
	echo $driver
}

# The command line, one word a line, for podman and podman_tty.
podman_words() {
	[ "$(id -u)" != 0 ] || printf '%s\n' nsenter --target "$(cat "$CALLER_DIR/view.pid")" --mount --net "--wd=$PWD" --
	printf '%s\n' env "RTL_TEST=$CALLER_MARK" timeout --foreground --kill-after=2 50 podman
}

podman() {
	local -a words

	mapfile -t words < <(podman_words)
	"${words[@]}" "$@" 3>&- 4>&-
}

podman_run() {
	local -a options=(--network none)

	[ "$(id -u)" != 0 ] || options+=(--cgroup-parent "/$CALLER_MARK")
	podman run "${options[@]}" "$@"
}

podman_tty() {
	local -a words

	mapfile -t words < <(podman_words)
	words=(sh -c 'stty cols 80 rows 24; exec "$@"' sh "${words[@]}" "$@")
	script -qefc "${words[*]@Q}" /dev/null </dev/null 3>&- 4>&- | tr -d '\r'
	return "${PIPESTATUS[0]}"
}

podman_pid() {
	podman inspect --format '{{.State.Pid}}' "$1"
}

podman_teardown_file() {
	[ -n "$CALLER_REASON" ] || podman system migrate >/dev/null 2>&1 || true
	if [ "$(id -u)" != 0 ] && [ -n "${PODMAN_RUN-}" ]; then
		podman unshare rm -rf "$CALLER_DIR/storage" 2>/dev/null || true
		podman system migrate >/dev/null 2>&1 || true
		rm -rf "$PODMAN_RUN"
	fi
	caller_teardown_file
}

remove_containers() {
	podman rm --all --force --time 0 >/dev/null
}
