# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2016,SC2154
# Known attacks by paths: links in the image, and names that change while a container is made.
load inside

setup() {
	test_setup
	make_bundle
	mkdir "$TEST_DIR/outside"
	chmod 777 "$TEST_DIR/outside"
}

# nothing_outside: nobody has made, changed or removed anything in the host's directory
nothing_outside() {
	[ -z "$(ls -A "$TEST_DIR/outside")" ] || fail "outside: $(ls -lA "$TEST_DIR/outside")"
}

# no_dev: the image's own /dev, with nothing mounted on it or below
no_dev() {
	update_config '.mounts |= map(select(.destination | test("^/dev(/|$)") | not)) | .root.readonly = false'
}

# raced OUTPUT-FILTER: containers are made for 3 seconds while the two names A and B of the volume
# are exchanged. Each either fails with one line, or says "inside", as its program found all well.
raced() {
	local end good=0 bad=0

	[ -x "$RTL_SUPPORT/swap" ] || skip "swap was not built"
	in_background "$RTL_SUPPORT/swap" "$1" "$2"
	end=$((SECONDS + 3))
	until [ $SECONDS -ge $end ]; do
		run timeout 20 "$RTL" --root "$STATE_DIR" run --bundle "$BUNDLE" c </dev/null 3>&- 4>&-
		case $status:$output in
		0:inside) good=$((good + 1)) ;;
		1:rtl:*) bad=$((bad + 1)) ;;
		*) break ;;
		esac
		nothing_outside || break
	done
	kill -KILL "$BACKGROUND_PID" || fail "swap has ended"
	wait "$BACKGROUND_PID" 2>/dev/null || true
	nothing_outside
	[[ $status:$output == 0:inside || $status:$output == 1:rtl:* ]] || fail "after $good and $bad: $status: $output"
	# else it was no race
	[ "$good" -gt 0 ] || fail "no container was made, $bad failed: $output"
	wait_for has_no_cgroups
}

# exchangeable [TARGET]: the volume has the directory /shared/a and the link /shared/b to TARGET
exchangeable() {
	shared_dir
	mkdir -m 777 "$TEST_DIR/shared/a"
	ln -s "${1-$TEST_DIR/outside}" "$TEST_DIR/shared/b"
	exchanged=("$TEST_DIR/shared/a" "$TEST_DIR/shared/b")
}

@test "attack: CVE-2019-19921: /proc of the image cannot be a link to a volume" {
	shared_dir
	mkdir -p "$TEST_DIR/shared/proc"
	rmdir "$BUNDLE/rootfs/proc"
	ln -s shared/proc "$BUNDLE/rootfs/proc"
	fails "/proc is a symlink"
	[ -z "$(ls -A "$TEST_DIR/shared/proc")" ]
}

@test "attack: CVE-2019-19921: a proc that is mounted on a changing path follows no link" {
	exchangeable /etc
	update_config '.mounts += [{destination: "/shared/a", type: "proc", source: "proc"}]'
	# a link would lead into the container's own /etc
	set_args sh -c '[ -e /etc/passwd ] && [ "$(stat -f -c %T /etc)" != proc ] && echo inside'
	raced "${exchanged[@]}"
}

# fake_proc: a volume on /proc has what a runtime could write there; the real one is at /real
fake_proc() {
	mkdir -p "$TEST_DIR/fake/self/attr/apparmor" "$TEST_DIR/fake/self/fd" "$TEST_DIR/fake/sys/net/ipv4" \
		"$TEST_DIR/fake/sys/kernel" "$TEST_DIR/fake/thread-self/attr"
	fakes=(self/attr/exec self/attr/keycreate self/attr/apparmor/exec thread-self/attr/exec
		self/oom_score_adj self/setgroups self/timens_offsets sys/net/ipv4/ip_default_ttl
		sys/kernel/domainname)
	for fake in "${fakes[@]}"; do
		echo fake >"$TEST_DIR/fake/$fake"
	done
	chmod -R a+rwX "$TEST_DIR/fake"
	update_config '(.mounts[] | select(.destination == "/proc") | .destination) = "/real"'
	share "$TEST_DIR/fake" /proc
}

untouched() {
	for fake in "${fakes[@]}"; do
		[ "$(cat "$TEST_DIR/fake/$fake")" = fake ] || fail "$fake: $(cat "$TEST_DIR/fake/$fake")"
	done
}

@test "attack: CVE-2019-16884: no label is written to a /proc that a volume has replaced" {
	fake_proc
	update_config '.process.apparmorProfile = "unconfined"'
	run rtl run --bundle "$BUNDLE" c
	# where AppArmor is not active it is refused; where it is, the kernel has got it
	[ "$status" = 0 ] || assert_output_has "pparmor"
	untouched
}

@test "attack: CVE-2025-52881: no sysctl, OOM score or group setting is written to a replaced /proc" {
	fake_proc
	update_config '.linux.sysctl = {"net.ipv4.ip_default_ttl": "77"} |
		.linux.namespaces += [{type: "network"}, {type: "time"}] | .linux.namespaces |= unique_by(.type) |
		.linux.timeOffsets = {monotonic: {secs: 5}} | .process.oomScoreAdj = 333'
	inside_sh 'cat /real/sys/net/ipv4/ip_default_ttl /real/self/oom_score_adj'
	assert_output "77
333"
	untouched
	# exec has even less reason to look there
	set_args sleep 1000
	run -0 detached rtl run --detach --bundle "$BUNDLE" c
	run -0 rtl exec c cat /real/self/oom_score_adj
	assert_output 333
	untouched
}

@test "attack: CVE-2025-52881: nor to links that the image has in place of /proc/self" {
	fake_proc
	rm -r "$TEST_DIR/fake/self" "$TEST_DIR/fake/sys"
	ln -s /real/1 "$TEST_DIR/fake/self"
	mkdir -p "$TEST_DIR/fake/sys/net/ipv4"
	ln -s "$TEST_DIR/outside/ttl" "$TEST_DIR/fake/sys/net/ipv4/ip_default_ttl"
	echo victim >"$TEST_DIR/outside/ttl"
	update_config '.linux.sysctl = {"net.ipv4.ip_default_ttl": "77"} |
		.linux.namespaces += [{type: "network"}] | .linux.namespaces |= unique_by(.type)'
	inside_sh 'cat /real/sys/net/ipv4/ip_default_ttl'
	assert_output 77
	[ "$(cat "$TEST_DIR/outside/ttl")" = victim ]
}

@test "attack: CVE-2023-28642: a link in the image moves no mask away from what it masks" {
	mkdir "$BUNDLE/rootfs/secret"
	echo hidden >"$BUNDLE/rootfs/secret/file"
	ln -s secret "$BUNDLE/rootfs/alias"
	update_config '.linux.maskedPaths = ["/alias", "/proc/keys"]'
	inside_sh 'ls -A /secret /alias/; wc -c </proc/keys'
	[[ $output != *file* ]]
	[ "${lines[-1]}" = 0 ]
}

@test "attack: CVE-2023-28642: /proc and /sys are real, or there is no container" {
	local name

	for name in $(jq -r '.mounts[] | select(.type == "proc" or .type == "sysfs") | .destination[1:]' "$BUNDLE/config.json"); do
		rm -rf "$BUNDLE/rootfs/proc" "$BUNDLE/rootfs/sys"
		mkdir -p "$BUNDLE/rootfs/proc" "$BUNDLE/rootfs/sys" "$BUNDLE/rootfs/tmp/$name"
		rmdir "$BUNDLE/rootfs/$name"
		ln -s "tmp/$name" "$BUNDLE/rootfs/$name"
		fails "/$name is a symlink"
	done
}

@test "attack: CVE-2023-27561: what is masked stays so while a volume changes under a mask" {
	exchangeable /shared/c
	mkdir "$TEST_DIR/shared/c" "$BUNDLE/rootfs/secret"
	echo chosen >"$TEST_DIR/shared/c/chosen"
	echo hidden >"$BUNDLE/rootfs/secret/file"
	echo key >"$BUNDLE/rootfs/etc/key"
	update_config '.linux.maskedPaths = ["/shared/a", "/secret", "/etc/key"]'
	set_args sh -c '[ -z "$(ls -A /secret)" ] && [ -z "$(cat /etc/key)" ] &&
		! echo 2>/dev/null >/secret/new && echo inside || ls -A /secret'
	raced "${exchanged[@]}"
}

@test "attack: CVE-2025-31133: a link in place of the image's /dev/null is not what masks are made of" {
	no_dev
	echo key >"$BUNDLE/rootfs/etc/key"
	echo chosen >"$BUNDLE/rootfs/etc/chosen"
	rm -rf "$BUNDLE/rootfs/dev"
	mkdir "$BUNDLE/rootfs/dev"
	ln -s /etc/chosen "$BUNDLE/rootfs/dev/null"
	update_config '.linux.maskedPaths = ["/etc/key"]'
	set_args sh -c 'cat /etc/key; stat -c %t:%T /etc/key'
	run rtl run --bundle "$BUNDLE" c
	# root makes no device where something else is, a user gets the host's
	[ "$status" = 0 ] || assert_output_has "/dev/null: something else is there"
	[ "$status" != 0 ] || assert_output 1:3
}

@test "attack: CVE-2025-31133: neither when it changes all the time" {
	shared_dir
	echo chosen >"$TEST_DIR/shared/null"
	ln -s /proc/sys/kernel/core_pattern "$TEST_DIR/shared/other"
	echo key >"$BUNDLE/rootfs/etc/key"
	no_dev
	share "$TEST_DIR/shared" /dev
	update_config '.linux.maskedPaths = ["/etc/key", "/proc/keys"]'
	set_args sh -c '[ "$(stat -c %t:%T /etc/key)" = 1:3 ] && [ -z "$(cat /etc/key /proc/keys)" ] && echo inside'
	raced "$TEST_DIR/shared/null" "$TEST_DIR/shared/other"
}

@test "attack: CVE-2021-30465: a mount on a changing path of a volume lands in the container" {
	exchangeable
	mkdir "$TEST_DIR/data"
	share "$TEST_DIR/data" /shared/a/below
	# outside the root it would be a mount that the container does not see
	mkdir "$TEST_DIR/outside/below" "$TEST_DIR/shared/a/below"
	nothing_outside() {
		[ "$(ls -A "$TEST_DIR/outside" "$TEST_DIR/outside/below")" = "$TEST_DIR/outside:
below

$TEST_DIR/outside/below:" ]
	}
	set_args sh -c 'grep -q "/data /" /proc/self/mountinfo && echo inside || cat /proc/self/mountinfo'
	raced "${exchanged[@]}"
}

@test "attack: CVE-2021-30465: so does a tmpfs, and its copy is of what it covers" {
	exchangeable
	echo secret >"$TEST_DIR/outside/host"
	update_config '.mounts += [{destination: "/shared/a", type: "tmpfs", source: "tmpfs",
		options: ["tmpcopyup", "size=7m"]}]'
	nothing_outside() {
		[ "$(ls -A "$TEST_DIR/outside")" = host ]
	}
	set_args sh -c 'grep -q "size=7168k" /proc/self/mountinfo && [ ! -e /shared/a/host ] && [ ! -e /shared/b/host ] && echo inside'
	raced "${exchanged[@]}"
}

@test "attack: CVE-2024-45310: no directory and no file is made on the host for a mount" {
	exchangeable
	mkdir "$TEST_DIR/data"
	echo >"$TEST_DIR/file"
	share "$TEST_DIR/data" /shared/a/new/directory
	share "$TEST_DIR/file" /shared/a/new/file
	set_args sh -c 'grep -q "/data /" /proc/self/mountinfo && grep -q "/file /" /proc/self/mountinfo && echo inside'
	raced "${exchanged[@]}"
}

# on_terminal: runs the container on a terminal that script(1) makes
on_terminal() {
	require_tool script
	update_config '.process.terminal = true'
	mkfifo "$TEST_DIR/nothing" 2>/dev/null || true
	run script -qec "$(printf '%q ' "$RTL" --root "$STATE_DIR" run --bundle "$BUNDLE" c)" /dev/null <>"$TEST_DIR/nothing"
	output=${output//$'\r'/}
}

# console_link TARGET: the image's /dev/console is a link, and nothing is mounted on /dev
console_link() {
	update_config '.mounts |= map(select(.destination | test("^/dev(/|$)") | not)) | .root.readonly = false |
		.mounts += [{destination: "/dev/pts", type: "devpts", source: "devpts", options: ["newinstance", "ptmxmode=0666", "mode=620"]}]'
	rm -rf "$BUNDLE/rootfs/dev"
	mkdir -p "$BUNDLE/rootfs/dev/pts"
	ln -s "$1" "$BUNDLE/rootfs/dev/console"
}

@test "attack: CVE-2025-52565: /dev/console as a link uncovers nothing of /proc" {
	console_link /proc/sys/kernel/core_pattern
	set_args sh -c 'cat /proc/keys; echo x >/proc/sys/kernel/hostname; echo done'
	on_terminal
	[ "$status" = 0 ] || assert_output_has "/dev/console"
	[ "$status" != 0 ] || [[ $output == *"Read-only file system"*done ]]
}

@test "attack: CVE-2025-52565, CVE-2026-88264: nor is anything made on the host where it leads" {
	console_link "$TEST_DIR/outside/console"
	set_args true
	on_terminal
	nothing_outside
	console_link "../../../../../../../../../..$TEST_DIR/outside/console"
	on_terminal
	nothing_outside
}

@test "attack: CVE-2026-88265: closed streams are not opened by what the image calls /dev/null" {
	no_dev
	echo victim >"$TEST_DIR/outside/victim"
	chmod 600 "$TEST_DIR/outside/victim"
	rm -rf "$BUNDLE/rootfs/dev"
	mkdir "$BUNDLE/rootfs/dev"
	ln -s "$TEST_DIR/outside/victim" "$BUNDLE/rootfs/dev/null"
	set_args sh -c 'echo written; echo written >&2; read line && echo "$line"'
	run sh -c '"$1" --root "$2" run --bundle "$3" c <&- >&- 2>&-' sh "$RTL" "$STATE_DIR" "$BUNDLE"
	run sh -c '"$1" --root "$2" run --bundle "$3" c <&- >"$4" 2>&1' sh "$RTL" "$STATE_DIR" "$BUNDLE" "$TEST_DIR/said"
	run ! grep victim "$TEST_DIR/said"
	[ "$(cat "$TEST_DIR/outside/victim")" = victim ]
	[ "$(stat -c %a:%u "$TEST_DIR/outside/victim")" = "600:$(id -u)" ]
}

# What a runtime could remove from /dev, as an attacker leads it to the host; more it could make there.
dev_names=(ptmx core console)

# linked_dev NAME: the image's NAME is a link to the host's directory, absolute and relative
linked_dev() {
	local target

	for target in "$TEST_DIR/outside" "../../../../../../../../../../..$TEST_DIR/outside"; do
		rm -rf "$BUNDLE/rootfs/dev"
		[ "$1" = dev ] || mkdir "$BUNDLE/rootfs/dev"
		ln -s "$target" "$BUNDLE/rootfs/$1"
		run rtl run --bundle "$BUNDLE" c
		[ "$status" = 0 ] || assert_output_has "rtl: "
		[ "$(cat "$TEST_DIR/outside"/*)" = "$(printf 'host %s\n' "${dev_names[@]}" | sort)" ]
		[ "$(find "$TEST_DIR/outside" -mindepth 1 | wc -l)" = "${#dev_names[@]}" ]
	done
}

host_names() {
	local name

	for name in "${dev_names[@]}"; do
		echo "host $name" >"$TEST_DIR/outside/$name"
	done
	LC_ALL=C
}

@test "attack: CVE-2026-41579: /dev of the image as a link lets nothing be removed or made on the host" {
	host_names
	no_dev
	linked_dev dev
}

@test "attack: CVE-2026-47766: nor do links below it, or with mounts on /dev/pts and /dev/shm" {
	local name

	host_names
	update_config '.mounts |= map(select(.destination != "/dev")) | .root.readonly = false'
	linked_dev dev
	for name in pts shm mqueue ptmx null console fd; do
		linked_dev "dev/$name"
	done
}
