# SPDX-License-Identifier: Apache-2.0
# containerd runs rtl through its shim io.containerd.runc.v2:  ctr run --runc-binary rtl
load containerd

setup_file() {
	caller_setup_file
	containerd_setup_file
}

teardown_file() {
	caller_teardown_file
}

setup() {
	caller_setup
}

teardown() {
	[ -n "$CALLER_REASON" ] || { remove_containers && test_teardown; }
}

@test "containerd: a container in the foreground prints, and its exit status is ctr's" {
	run -3 ctr_run --rm one sh -c 'echo "$RTL_TEST on $(hostname)"; echo err >&2; cat /proc/1/comm; exit 3'
	assert_output_has "$CALLER_MARK on"
	assert_output_has err
	assert_output_has sh
}

@test "containerd: at its end no shim, process, cgroup or mount is left" {
	[ -z "$CALLER_REASON" ] || skip "$CALLER_REASON"
	run -0 shims
	assert_output ""
	run -0 in_daemon sh -c 'ls /run/containerd/io.containerd.runtime.v2.task/*; ls /run/containerd/runc/* 2>/dev/null || true'
	assert_output ""
	stop_daemon
	assert_caller_left_nothing
}
