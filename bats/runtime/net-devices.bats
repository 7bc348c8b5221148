#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# linux.netDevices. The "host" is a network namespace of the test's own, of which the caller is root.
load inside

setup() {
	test_setup
	require_tool ip unshare
	make_bundle
	[ "$RTL_TEST_MODE" = root ] || {
		# the caller is root in a user namespace of its own
		update_config '(.linux.uidMappings, .linux.gidMappings)[0].hostID = 0 | .linux.namespaces += [{type: "network"}]'
	}
	update_config '.process.capabilities |= map_values(. + ["CAP_NET_ADMIN"])'
	on_host true || skip "no network namespace can be made here"
	on_host 'add probe' || skip "no virtual Ethernet devices here"
}

# on_host SCRIPT: in a fresh network namespace; `add NAME [OPTION...]` makes a device
on_host() {
	local -a user=()

	[ "$RTL_TEST_MODE" = root ] || user=(--user --map-root-user)
	RTL=$RTL STATE_DIR=$STATE_DIR BUNDLE=$BUNDLE unshare "${user[@]}" --net sh -ec \
		'rtl() { "$RTL" --root "$STATE_DIR" "$@"; }
		add() { name=$1; shift; ip link add "$name" "$@" type veth peer name "p-$name"; }
		script=$1; shift; eval "$script"' sh "$@"
}

devices() {
	update_config '.linux.netDevices = $d' --argjson d "$1"
}

@test "netDevices: a device is moved, keeps its name, and is up" {
	devices '{"dev0": {}}'
	set_args ip -o link show dev dev0
	run -0 on_host 'add dev0 mtu 1400 address 02:00:00:00:00:07
		rtl run --bundle "$BUNDLE" c'
	[[ $output = *" dev0@"*UP*"mtu 1400 "* ]] || fail "$output"
	assert_output_has 02:00:00:00:00:07
}

@test "netDevices: it has another name inside, where the config says so" {
	devices '{"dev0": {"name": "inner"}, "dev1": {"name": ""}}'
	set_args ls /proc/sys/net/ipv4/conf
	run -0 on_host 'add dev0; add dev1
		rtl run --bundle "$BUNDLE" c'
	assert_output "all
default
dev1
inner
lo"
}

@test "netDevices: %d is a number that is free" {
	devices '{"a0": {"name": "eth%d"}, "b0": {"name": "eth%d"}}'
	set_args ls /proc/sys/net/ipv4/conf
	run -0 on_host 'add a0; add b0
		rtl run --bundle "$BUNDLE" c'
	assert_output "all
default
eth0
eth1
lo"
}

@test "netDevices: permanent addresses of global scope go along, others do not" {
	devices '{"dev0": {"name": "inner"}}'
	set_args ip -o addr show dev inner
	run -0 on_host 'add dev0; ip link set dev0 up
		ip addr add 192.0.2.5/24 broadcast 192.0.2.255 dev dev0 label dev0:x
		ip addr add 198.51.100.1/32 dev dev0
		ip addr add 10.9.9.9/24 dev dev0 scope link
		ip addr add 2001:db8::5/64 nodad dev dev0
		ip addr add 2001:db8::6/64 dev dev0 valid_lft 1000 preferred_lft 900
		rtl run --bundle "$BUNDLE" c'
	assert_output_has "inet 192.0.2.5/24 brd 192.0.2.255 scope global inner"
	assert_output_has "inet 198.51.100.1/32 scope global inner"
	assert_output_has "inet6 2001:db8::5/64 scope global"
	[[ $output != *10.9.9.9* ]]
	[[ $output != *2001:db8::6* ]]
}

@test "netDevices: sysctls of the moved device can be set" {
	devices '{"dev0": {"name": "inner"}}'
	update_config '.linux.sysctl = {"net/ipv4/conf/inner/forwarding": "1"}'
	set_args cat /proc/sys/net/ipv4/conf/inner/forwarding
	run -0 on_host 'add dev0; rtl run --bundle "$BUNDLE" c'
	assert_output 1
}

@test "netDevices: hooks find it in its place" {
	shared_dir
	devices '{"dev0": {}}'
	update_config '.hooks.createContainer = [{path: "/bin/sh", args: ["sh", "-c", $script]}]' \
		--arg script "PATH=/usr/sbin:/sbin:/usr/bin:/bin; ip -o link show dev dev0 >$TEST_DIR/shared/log"
	run -0 on_host 'add dev0; rtl run --bundle "$BUNDLE" c'
	grep -q "dev0@" "$TEST_DIR/shared/log"
}

@test "netDevices: a namespace given by path gets it, and keeps it after the container" {
	devices '{"dev0": {"name": "inner"}}'
	update_config '(.linux.namespaces[] | select(.type == "network")).path = $path' --arg path "$TEST_DIR/netns"
	[ "$RTL_TEST_MODE" = root ] || update_config 'del(.linux.namespaces[] | select(.type == "user")) |
		del(.linux.uidMappings, .linux.gidMappings) | del(.mounts[] | select(.type == "sysfs"))'
	set_args true
	: >"$TEST_DIR/netns"
	run -0 on_host 'exec unshare --mount --propagation private sh -ec "$1" sh "$(dirname "$BUNDLE")/netns"' \
		'ip link add dev0 type veth peer name p0; ip addr add 192.0.2.5/24 dev dev0
		unshare --net="$1" true
		"$RTL" --root "$STATE_DIR" run --bundle "$BUNDLE" c
		nsenter --net="$1" ip -o addr show dev inner
		nsenter --net="$1" ip -o link show dev inner
		! ip link show dev dev0'
	assert_output_has "inner    inet 192.0.2.5/24"
	[[ $output = *" inner@"*"<"*UP* ]] || fail "$output"
	assert_output_has '"dev0" does not exist'
}

@test "netDevices: a failing create puts them back with their addresses" {
	devices '{"dev0": {"name": "inner"}, "dev1": {}}'
	update_config '.hooks.createRuntime = [{path: "/bin/false"}]'
	run -0 on_host 'add dev0; add dev1
		ip addr add 192.0.2.5/24 dev dev0
		! rtl create --bundle "$BUNDLE" c </dev/null || exit 9
		ip -o addr show dev0; ip -o link show dev1'
	assert_output_has "hooks.createRuntime[0]"
	assert_output_has "dev0    inet 192.0.2.5/24"
	assert_output_has " dev1@"
}

@test "netDevices: one that is missing is named, and the others are back" {
	devices '{"dev0": {"name": "inner"}, "none0": {}}'
	run -0 on_host 'add dev0; ip addr add 192.0.2.5/24 dev dev0
		! rtl run --bundle "$BUNDLE" c || exit 9
		ip -o addr show dev0'
	assert_output_has "linux.netDevices.none0: there is no such device"
	assert_output_has "dev0    inet 192.0.2.5/24"
}

@test "netDevices: loopback stays where it is" {
	devices '{"lo": {"name": "lo1"}}'
	run -1 on_host 'rtl run --bundle "$BUNDLE" c'
	assert_output_has "linux.netDevices.lo: move it to the network namespace: Invalid argument (such a device cannot leave its network namespace)"
	assert_no_leftovers
}

@test "netDevices: a name that is taken inside is refused" {
	devices '{"dev0": {"name": "lo"}}'
	run -0 on_host 'add dev0
		! rtl run --bundle "$BUNDLE" c || exit 9
		ip -o link show dev0'
	assert_output_has "linux.netDevices.dev0: there is a device lo already"
	assert_output_has " dev0@"
}

@test "netDevices: names that are none, twins, and a container without a network are refused" {
	devices '{"dev0": {"name": "a/b"}}'
	fails 'linux.netDevices.dev0.name: "a/b" is no device'
	devices '{"dev0": {"name": "longer-than-a-name"}}'
	fails 'linux.netDevices.dev0.name: "longer-than-a-name" is no device'
	devices '{"dev0": {"name": "e%s"}}'
	fails 'linux.netDevices.dev0.name: "e%s" is no device'
	devices '{"dev%d": {}}'
	fails 'linux.netDevices: "dev%d" is no device'
	devices '{"a": {"name": "x"}, "b": {"name": "x"}}'
	fails "linux.netDevices.b.name: a is called x already"
	devices '{"dev0": {"name": 7}}'
	fails "linux.netDevices.dev0.name"
	devices '{"dev0": {}}'
	update_config 'del(.linux.namespaces[] | select(.type == "network"))'
	fails "linux.netDevices: needs a network namespace"
}

@test "netDevices: without rights over the host's network it is refused" {
	require_user
	update_config '(.linux.uidMappings, .linux.gidMappings)[0].hostID = $id' --argjson id "$(id -u)"
	update_config '.linux.gidMappings[0].hostID = $id' --argjson id "$(id -g)"
	update_config '.linux.netDevices = {($name): {"name": "x"}}' --arg name "$(ip -o link | sed -n 's/^[0-9]*: \([^:@]*\).*/\1/; /^lo$/d; p' | head -n 1)"
	[ "$(jq -r '.linux.netDevices | keys[0]' "$BUNDLE/config.json")" != "" ] || skip "the host has loopback only"
	fails "Operation not permitted"
}
