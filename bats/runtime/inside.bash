# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# For tests that look at a container from inside: what a test claims, the kernel has said to a
# program in the container.  load inside  (it loads ../support)
#
#   inside ARG...            runs a container of BUNDLE whose program is ARG..., and which must exit
#                            with 0; its words are in $output and ${lines[@]}
#   inside_sh SCRIPT [ARG...]   the same with sh -c SCRIPT sh ARG...
#   status_field NAME        that field of /proc/self/status in $output, without white space around
#   share DIR AT [OPTION...] binds the host's DIR at AT in the container, writable unless "ro" is given
#   shared_dir               makes TEST_DIR/shared, writable for every user, and shares it at /shared
#   wait_status NAME STATUS  until the container has it
#   background_rtl           PID of the rtl that `in_background rtl ...` has started
#   ends_with STATUS         that rtl ends with this exit status
#   map_ids                  the container gets IDs 0 to 65535: without a user namespace as root, by
#                            newuidmap as a user (skipped without subordinate IDs)
#   first_subid FILE         first subordinate ID of this user in FILE (/etc/subuid, /etc/subgid)
#   fails_with STATUS TEXT VERB   rtl VERB --bundle BUNDLE c exits with STATUS, says TEXT in an "rtl: "
#                            line on stderr and leaves nothing
#   fails TEXT [STATUS]      the same for both run and create; STATUS is 1 if not given

load ../support

inside() {
	set_args "$@" || return 1
	# shellcheck disable=SC2154 # set by run
	run -0 rtl run --bundle "$BUNDLE" c || fail "$output"
}

inside_sh() {
	inside sh -c "$1" sh "${@:2}"
}

status_field() {
	# shellcheck disable=SC2154 # set by run
	awk -v name="$1:" '$1 == name { $1 = ""; sub(/^ /, ""); print }' <<<"$output"
}

share() {
	update_config '.mounts += [{destination: $at, source: $dir, type: "bind",
		options: (["rbind"] + ($options | split(" ")))}]' --arg dir "$1" --arg at "$2" \
		--arg options "${*:3}"
}

shared_dir() {
	mkdir "$TEST_DIR/shared"
	chmod 1777 "$TEST_DIR/shared"
	share "$TEST_DIR/shared" /shared
}

wait_status() {
	wait_for "[ \"\$(container_status $1 2>/dev/null)\" = $2 ]"
}

background_rtl() {
	# BACKGROUND_PID is the shell that runs the function rtl
	pgrep -P "$BACKGROUND_PID"
}

ends_with() {
	local status=0

	wait "$BACKGROUND_PID" || status=$?
	[ $status = "$1" ] || fail "exit status $status, expected $1"
}

first_subid() {
	awk -F: -v name="$(id -un)" -v id="$(id -u)" '$1 == name || $1 == id { print $2; exit }' "$1"
}

map_ids() {
	[ "$RTL_TEST_MODE" = user ] || return 0
	require_subids
	update_config '.linux.uidMappings = [
			{containerID: 0, hostID: $uid, size: 1},
			{containerID: 1, hostID: $subuid, size: 65535}] |
		.linux.gidMappings = [
			{containerID: 0, hostID: $gid, size: 1},
			{containerID: 1, hostID: $subgid, size: 65535}]' \
		--argjson uid "$(id -u)" --argjson gid "$(id -g)" \
		--argjson subuid "$(first_subid /etc/subuid)" --argjson subgid "$(first_subid /etc/subgid)"
}

fails_with() {
	local text=$2

	# a create that succeeds after all must not hold the pipe that run reads
	run "-$1" detached rtl "$3" --bundle "$BUNDLE" c
	assert_output_has "rtl: "
	assert_output_has "$text"
	assert_status c absent
	assert_no_leftovers
}

fails() {
	fails_with "${2:-1}" "$1" run
	fails_with "${2:-1}" "$1" create
}
