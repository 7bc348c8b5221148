# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# containerd for the files of this tier:  load containerd
#
# Variables
#   CONTAINERD_BIN  directory of containerd, ctr and the shim
#   IMAGE           an image of busybox; its containers' environment has RTL_TEST=CALLER_MARK
#
# Functions
#   containerd_setup_file         starts containerd with IMAGE loaded: the installed one, or, in a
#                                 file named *-sid.bats, Debian sid's
#   restart_containerd            ends the daemon, not the containers, and starts it again
#   ctr ARG...                    its client, in the namespace CALLER_MARK
#   ctr_run [OPTION]... -- ID CMD...  ctr run with rtl, of IMAGE, in the cgroup /CALLER_MARK/ID
#   make_image NAME CMD...        writes an image with our busybox that runs CMD: CALLER_DIR/NAME.tar
#   task_status ID                RUNNING, STOPPED, PAUSED, or nothing
#   remove_containers             all of this namespace, with their tasks
#   shims                         PIDs of the shims of this file

load support

IMAGE=rtl.test/busybox:1

containerd_setup_file() {
	export CONTAINERD_BIN CONTAINERD_CONFIG=$CALLER_DIR/config.toml
	[ "$(id -u)" = 0 ] || caller_cannot "for root only"
	caller_needs ip unshare nsenter busybox jq
	case $BATS_TEST_FILENAME in
	*-sid.bats)
		use_sid_containerd
		;;
	*)
		caller_needs containerd ctr
		CONTAINERD_BIN=$(dirname "$(command -v containerd)")
		;;
	esac
	[ -z "$CALLER_REASON" ] || return 0
	containerd_config >"$CONTAINERD_CONFIG"
	export PATH=$CONTAINERD_BIN:$PATH
	start_containerd
	make_image busybox sh
	load_image busybox "$CALLER_MARK"
}

# use_sid_containerd: fetches it into the cache and sets CONTAINERD_BIN, else caller_cannot
use_sid_containerd() {
	local fetch cache=${RTL_DEBIAN_CACHE:-/var/cache/rtl-tests} bin

	fetch=$RTL_SUPPORT/fetch-debian.sh
	[ -x "$fetch" ] || fetch=$support_dir/../tests/support/fetch-debian.sh
	"$fetch" "$cache" sid containerd >/dev/null 2>"$CALLER_DIR/fetch.log" || {
		caller_cannot "no newer containerd: $(tail -n 1 "$CALLER_DIR/fetch.log")"
		return 0
	}
	bin=$cache/sid/containerd/usr/bin
	"$bin/containerd" --version >/dev/null 2>"$CALLER_DIR/fetch.log" ||
		caller_cannot "Debian sid's containerd does not run here: $(tail -n 1 "$CALLER_DIR/fetch.log")"
	CONTAINERD_BIN=$bin
}

start_containerd() {
	rm -f "$CALLER_DIR/containerd.sock"
	start_daemon "$CALLER_DIR/containerd.sock" containerd --config "$CONTAINERD_CONFIG"
}

containerd_config() {
	cat <<-EOF
		version = 2
		root = "$CALLER_DIR/root"
		state = "/run/containerd"
		disabled_plugins = ["io.containerd.grpc.v1.cri"]
		[grpc]
		  address = "$CALLER_DIR/containerd.sock"
	EOF
}

restart_containerd() {
	stop_daemon
	start_containerd
	retry ctr task ls >/dev/null
}

# load_image NAME NAMESPACE: once more while the daemon's services come up
load_image() {
	local -a new=()

	# ctr 2 would leave it to the daemon's transfer service, which knows only overlayfs
	! ctr --version | grep -q ' v\?2[.]' || new=(--local)
	retry in_daemon ctr -a "$CALLER_DIR/containerd.sock" -n "$2" image import "${new[@]}" \
		--snapshotter native "$CALLER_DIR/$1.tar" >>"$CALLER_DIR/daemon.log" 2>&1 || {
		tail -n 5 "$CALLER_DIR/daemon.log" >&2
		return 1
	}
}

ctr() {
	in_daemon timeout -s KILL $((50 * ${RTL_TEST_SLOWNESS:-1})) ctr -a "$CALLER_DIR/containerd.sock" -n "$CALLER_MARK" "$@"
}

ctr_run() {
	local -a options=()

	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	ctr run --runc-binary "$RTL" --snapshotter native --fifo-dir /run/fifo \
		--cgroup "/$CALLER_MARK/$1" "${options[@]}" "$IMAGE" "$@"
}

# client: a command line that is ctr, for other shells
client() {
	echo nsenter "--target=$(cat "$CALLER_DIR/view.pid")" --mount --net timeout -s KILL $((50 * ${RTL_TEST_SLOWNESS:-1})) \
		ctr -a "$CALLER_DIR/containerd.sock" -n "$CALLER_MARK"
}

# blob FILE TYPE: moves it among the blobs of $layout and prints its descriptor
blob() {
	local digest

	digest=$(sha256sum "$1" | cut -d' ' -f1)
	jq -n --arg type "$2" --arg digest "sha256:$digest" --argjson size "$(stat -c %s "$1")" \
		'{mediaType: $type, digest: $digest, size: $size}'
	mv "$1" "$layout/blobs/sha256/$digest"
}

# An OCI image layout with one layer, the root file system of all bundles.
make_image() {
	local name=$1 layout=$CALLER_DIR/layout.$1 diff_id config layer
	local oci=application/vnd.oci.image

	shift
	prepare_rootfs
	mkdir -p "$layout/blobs/sha256"
	tar -C "$BATS_RUN_TMPDIR/rootfs" --owner=0 --group=0 --sort=name --mtime=@0 -cf "$layout/layer" .
	diff_id=sha256:$(sha256sum "$layout/layer" | cut -d' ' -f1)
	layer=$(blob "$layout/layer" $oci.layer.v1.tar)
	jq -n --arg id "$diff_id" --arg mark "RTL_TEST=$CALLER_MARK" --arg arch "$(image_architecture)" --args '{
		architecture: $arch, os: "linux",
		config: {Env: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", $mark], Cmd: $ARGS.positional},
		rootfs: {type: "layers", diff_ids: [$id]}}' "$@" >"$layout/config"
	config=$(blob "$layout/config" $oci.config.v1+json)
	jq -n --argjson config "$config" --argjson layer "$layer" --arg type $oci.manifest.v1+json \
		'{schemaVersion: 2, mediaType: $type, config: $config, layers: [$layer]}' >"$layout/manifest"
	blob "$layout/manifest" $oci.manifest.v1+json |
		jq --arg name "${IMAGE/busybox/$name}" '{schemaVersion: 2, manifests:
			[. + {annotations: {"io.containerd.image.name": $name}}]}' >"$layout/index.json"
	echo '{"imageLayoutVersion": "1.0.0"}' >"$layout/oci-layout"
	tar -C "$layout" -cf "$CALLER_DIR/$name.tar" .
	rm -rf "$layout"
}

image_architecture() {
	case $(uname -m) in
	x86_64) echo amd64 ;;
	aarch64) echo arm64 ;;
	*) uname -m ;;
	esac
}

task_status() {
	ctr task ls | awk -v id="$1" '$1 == id { print $3 }'
}

# task_is ID STATUS: for retry
task_is() {
	[ "$(task_status "$1")" = "$2" ]
}

remove_containers() {
	local id

	for id in $(ctr task ls -q); do
		ctr task rm --force "$id" >/dev/null 2>&1 || true
	done
	for id in $(ctr container ls -q); do
		ctr container rm "$id" >/dev/null || return 1
	done
}

shims() {
	local pid

	for pid in $(caller_processes); do
		case $(tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null) in
		*containerd-shim-runc*) echo "$pid" ;;
		esac
	done
}
