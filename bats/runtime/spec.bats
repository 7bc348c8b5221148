#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# rtl spec.
load ../support

config() {
	jq "$@" "$TEST_DIR/config.json"
}

@test "spec: a confined config.json is written into the working directory" {
	cd "$TEST_DIR"
	run -0 rtl spec
	[ -z "$output" ]
	[ "$(config -r .ociVersion)" = 1.3.0 ]
	[ "$(config -c .process.args)" = '["sh"]' ]
	[ "$(config -r .root.path)" = rootfs ]
	config -e '.root.readonly and .process.terminal and .process.noNewPrivileges'
	[ "$(config -c .process.capabilities.bounding)" = '["CAP_AUDIT_WRITE","CAP_KILL","CAP_NET_BIND_SERVICE"]' ]
	[ "$(config -c '[.linux.namespaces[].type] | sort')" = '["cgroup","ipc","mount","network","pid","uts"]' ]
	[ "$(config -c '[.mounts[].destination]')" = '["/proc","/dev","/dev/pts","/dev/shm","/dev/mqueue","/sys","/sys/fs/cgroup"]' ]
	config -e '.linux.maskedPaths | index("/proc/kcore")'
	config -e '.linux.readonlyPaths | index("/proc/sys")'
	[ "$(config -c .linux.resources)" = '{"devices":[{"allow":false,"access":"rwm"}]}' ]
}

@test "spec: --rootless maps the caller and asks for nothing an ordinary user cannot have" {
	run -0 rtl spec --rootless --bundle "$TEST_DIR"
	[ "$(config -c .linux.uidMappings)" = "[{\"containerID\":0,\"hostID\":$(id -u),\"size\":1}]" ]
	[ "$(config -c .linux.gidMappings)" = "[{\"containerID\":0,\"hostID\":$(id -g),\"size\":1}]" ]
	[ "$(config -c '[.linux.namespaces[].type] | sort')" = '["cgroup","ipc","mount","pid","user","uts"]' ]
	config -e '.linux | has("resources") | not'
	config -e '[.mounts[].options // [] | index("gid=5")] | all(. == null)'
	config -e '.mounts[] | select(.destination == "/sys") | .source == "/sys" and (.options | index("rbind"))'
}

@test "spec: every member has the value that other runtimes write, but for the names of this one" {
	rtl spec --bundle "$TEST_DIR"
	diff <(config -cS '.mounts[], (.linux | .[]), (del(.mounts, .linux) | .[])') - <<-"EOF"
		{"destination":"/proc","source":"proc","type":"proc"}
		{"destination":"/dev","options":["nosuid","strictatime","mode=755","size=65536k"],"source":"tmpfs","type":"tmpfs"}
		{"destination":"/dev/pts","options":["nosuid","noexec","newinstance","ptmxmode=0666","mode=0620","gid=5"],"source":"devpts","type":"devpts"}
		{"destination":"/dev/shm","options":["nosuid","noexec","nodev","mode=1777","size=65536k"],"source":"shm","type":"tmpfs"}
		{"destination":"/dev/mqueue","options":["nosuid","noexec","nodev"],"source":"mqueue","type":"mqueue"}
		{"destination":"/sys","options":["nosuid","noexec","nodev","ro"],"source":"sysfs","type":"sysfs"}
		{"destination":"/sys/fs/cgroup","options":["nosuid","noexec","nodev","relatime","ro"],"source":"cgroup","type":"cgroup"}
		{"devices":[{"access":"rwm","allow":false}]}
		[{"type":"pid"},{"type":"network"},{"type":"ipc"},{"type":"uts"},{"type":"mount"},{"type":"cgroup"}]
		["/proc/acpi","/proc/asound","/proc/kcore","/proc/keys","/proc/latency_stats","/proc/timer_list","/proc/timer_stats","/proc/sched_debug","/sys/firmware","/proc/scsi"]
		["/proc/bus","/proc/fs","/proc/irq","/proc/sys","/proc/sysrq-trigger"]
		"1.3.0"
		{"args":["sh"],"capabilities":{"bounding":["CAP_AUDIT_WRITE","CAP_KILL","CAP_NET_BIND_SERVICE"],"effective":["CAP_AUDIT_WRITE","CAP_KILL","CAP_NET_BIND_SERVICE"],"permitted":["CAP_AUDIT_WRITE","CAP_KILL","CAP_NET_BIND_SERVICE"]},"cwd":"/","env":["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin","TERM=xterm"],"noNewPrivileges":true,"rlimits":[{"hard":1024,"soft":1024,"type":"RLIMIT_NOFILE"}],"terminal":true,"user":{"gid":0,"uid":0}}
		{"path":"rootfs","readonly":true}
		"rtl"
	EOF
}

@test "spec: --rootless changes mappings, namespaces, resources and two mounts, and nothing else" {
	rtl spec --bundle "$TEST_DIR"
	mkdir "$TEST_DIR/rootless"
	rtl spec --rootless --bundle "$TEST_DIR/rootless"
	diff <(config -S '.linux.uidMappings = [{containerID: 0, hostID: $uid, size: 1}] |
			.linux.gidMappings = [{containerID: 0, hostID: $gid, size: 1}] | del(.linux.resources) |
			.linux.namespaces |= map(select(.type != "network")) + [{type: "user"}] |
			.mounts[2].options -= ["gid=5"] |
			.mounts[5] |= (.type = "none" | .source = "/sys" | .options = ["rbind"] + .options)' \
		--argjson uid "$(id -u)" --argjson gid "$(id -g)") <(jq -S . "$TEST_DIR/rootless/config.json")
}

@test "spec: the caller's umask counts" {
	cd "$TEST_DIR"
	(umask 077 && rtl spec)
	[ "$(stat -c %a config.json)" = 600 ]
	rm config.json
	(umask 022 && rtl spec)
	[ "$(stat -c %a config.json)" = 644 ]
}

@test "spec: a config.json that exists is not overwritten" {
	echo mine >"$TEST_DIR/config.json"
	run -1 rtl spec --bundle "$TEST_DIR"
	assert_output "rtl: $TEST_DIR/config.json exists"
	[ "$(cat "$TEST_DIR/config.json")" = mine ]
	cd "$TEST_DIR"
	run -1 rtl spec
	assert_output "rtl: config.json exists"
}

@test "spec: a dangling link is not written through" {
	ln -s "$TEST_DIR/elsewhere" "$TEST_DIR/config.json"
	run -1 rtl spec --bundle "$TEST_DIR"
	[ ! -e "$TEST_DIR/elsewhere" ]
}

@test "spec: a bundle that does not exist is named" {
	run -1 rtl spec --bundle "$TEST_DIR/nowhere"
	assert_output "rtl: open bundle $TEST_DIR/nowhere: No such file or directory"
}

@test "spec: what it writes runs" {
	make_bundle
	set_args sh -c 'echo uid $(id -u), $(cat /proc/self/status | grep NoNewPrivs)'
	run -0 rtl run "$BUNDLE/"
	assert_output_has "uid 0, NoNewPrivs: 1"
}

@test "spec: --file writes another file, of the bundle or by its absolute path" {
	mkdir "$TEST_DIR/b"
	run -0 rtl spec --bundle "$TEST_DIR/b" --file other.json
	jq -e .ociVersion "$TEST_DIR/b/other.json"
	[ ! -e "$TEST_DIR/b/config.json" ]
	run -1 rtl spec --bundle "$TEST_DIR/b" -f other.json
	assert_output "rtl: $TEST_DIR/b/other.json exists"
	run -0 rtl spec --bundle "$TEST_DIR/b" -f "$TEST_DIR/third.json"
	jq -e .ociVersion "$TEST_DIR/third.json"
}
