# SPDX-License-Identifier: Apache-2.0
# Kubernetes' way to a runtime: containerd's CRI plugin, asked by a client as the kubelet asks.
# This file is two: with the installed containerd, and as cri-sid.bats with that of Debian sid.
# What is asserted is read inside the containers or in the kernel's files.
load cri

setup_file() {
	caller_setup_file
	cri_setup_file
}

teardown_file() {
	caller_teardown_file
}

setup() {
	caller_setup
}

teardown() {
	[ -n "$CALLER_REASON" ] || { remove_pods && test_teardown; }
}

@test "CRI: a pod with the host's network runs a container, and its log is written" {
	run_pod web
	run_in_pod talker '.command = ["sh", "-c", "echo out; echo err >&2; readlink /proc/self/ns/net; exit 7"]'
	retry state_is CONTAINER_EXITED
	[ "$(of_container ContainerStatus | jq .status.exit_code)" = 7 ]
	grep -q ' stdout F out$' "$TEST_DIR/talker.log"
	grep -q ' stderr F err$' "$TEST_DIR/talker.log"
	grep -qF " $(readlink "/proc/$(daemon_pid)/ns/net")" "$TEST_DIR/talker.log"
}

@test "CRI: at the end nothing is left" {
	run -0 shims
	assert_output ""
	stop_daemon
	close_view
	assert_caller_left_nothing
}
