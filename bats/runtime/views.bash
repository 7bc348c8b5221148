# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2016
#
# The cgroup hierarchies of this host, and how a host that has only v2 or only v1 would look: a
# private mount namespace of one command. The host's own mounts stay as they are.

is_pure_v2() {
	[ "$(stat -f -c %T /sys/fs/cgroup 2>/dev/null)" = cgroup2fs ]
}

# Mount point of cgroup v2, or nothing.
v2_mount() {
	if is_pure_v2; then
		echo /sys/fs/cgroup
	else
		awk '$(NF - 2) == "cgroup2" { print $5; exit }' /proc/self/mountinfo
	fi
}

# v1_mount CONTROLLER: mount point of its hierarchy, or nothing
v1_mount() {
	is_pure_v2 ||
		awk -v c="$1" '$(NF - 2) == "cgroup" && ("," $NF ",") ~ ("," c ",") { print $5; exit }' \
			/proc/self/mountinfo
}

require_v1() {
	[ -n "$(v1_mount "$1")" ] || skip "no v1 hierarchy of $1"
	[ -w "$(v1_mount "$1")" ] || skip "the v1 hierarchy of $1 cannot be written"
}

require_v2() {
	[ -n "$(v2_mount)" ] || skip "no cgroup v2"
	[ -w "$(v2_mount)" ] || skip "cgroup v2 cannot be written"
}

# in_v2_view CMD...: where /sys/fs/cgroup is cgroup v2 and nothing else
in_v2_view() {
	if is_pure_v2; then
		"$@"
		return
	fi
	V2_MOUNT=$(v2_mount) unshare -m --propagation private \
		sh -c 'mount --bind "$V2_MOUNT" /sys/fs/cgroup && exec "$@"' sh "$@"
}

v2_rtl() {
	in_v2_view "$RTL" --root "$STATE_DIR" "$@" 3>&- 4>&-
}

# the cgroup that make_spec has asked for
cgroup_path() {
	jq -r .linux.cgroupsPath "$BUNDLE/config.json"
}

# in_v1_view CMD...: where there is no cgroup v2
in_v1_view() {
	V2_MOUNT=$(v2_mount) unshare -m --propagation private \
		sh -c 'umount "$V2_MOUNT" && exec "$@"' sh "$@"
}

# view_rtl VIEW ARG...: rtl as on a host of that kind: host (as it is), v2, v1
view_rtl() {
	local view=$1

	shift
	case $view in
	v2) v2_rtl "$@" ;;
	v1) in_v1_view "$RTL" --root "$STATE_DIR" "$@" 3>&- 4>&- ;;
	*) rtl "$@" ;;
	esac
}

# require_view VIEW: skip where this host cannot show it
require_view() {
	case $1 in
	v2) require_v2 ;;
	v1)
		require_v1 freezer
		is_pure_v2 && skip "no v1 hierarchies"
		[ -n "$(v2_mount)" ] || skip "the host itself is this view"
		;;
	esac
}

# start_in_view VIEW NAME: start_container there
start_in_view() {
	waiting_bundle "$2" || return 1
	detached view_rtl "$1" run --detach --bundle "$BUNDLE" "$2"
}

# move_out CGROUP: its processes into the hierarchy's root
move_out() {
	local pid

	for pid in $(cat "$1/cgroup.procs"); do
		echo "$pid" >"${1%/*}/cgroup.procs"
	done
}
