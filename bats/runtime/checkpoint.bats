# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2016,SC2154
# checkpoint without a criu that could do it: how it refuses. What it does is bats/vm/checkpoint.bats.
load ../support

# fake_criu BYTES: a criu that answers with them (in printf's form) whatever it is asked
fake_criu() {
	mkdir -p "$TEST_DIR/bin"
	# shellcheck disable=SC2059
	printf "$1" >"$TEST_DIR/bin/answer"
	# bash: sh takes one digit for a descriptor
	printf '#!/bin/bash\nhead -c 1 <&"$2" >/dev/null\nexec cat %s >&"$2"\n' "$TEST_DIR/bin/answer" >"$TEST_DIR/bin/criu"
	chmod 755 "$TEST_DIR/bin/criu"
	PATH=$TEST_DIR/bin:$PATH
}

@test "checkpoint: an ordinary user is refused" {
	require_user
	start_container web
	run -1 rtl checkpoint web
	assert_output "rtl: cannot checkpoint container web: criu needs real root"
	assert_status web running
}

@test "checkpoint: a container that does not exist" {
	require_root
	run -1 rtl checkpoint nobody
	assert_output "rtl: container does not exist: nobody"
}

@test "checkpoint: without criu the error names the package, and the container goes on" {
	require_root
	start_container web
	PATH=$TEST_DIR run -1 "$RTL" --root "$STATE_DIR" checkpoint --image-path "$TEST_DIR/images" web
	assert_output "rtl: checkpoint container web: criu is not installed: install the package criu"
	assert_status web running
	[ ! -e "$TEST_DIR/images" ]
}

@test "checkpoint: a criu that is too old is told with the version that is needed" {
	require_root
	start_container web
	# type 10, success, version {3, 15}
	fake_criu '\010\012\020\001\122\004\010\003\020\017'
	run -1 rtl checkpoint --image-path "$TEST_DIR/images" web
	assert_output "rtl: checkpoint container web: criu 3.15 is too old: 3.16 or newer is needed"
}

@test "checkpoint: a criu that says nonsense or nothing is an error" {
	require_root
	start_container web
	fake_criu '\377\377\377'
	run -1 rtl checkpoint web
	assert_output "rtl: checkpoint container web: criu's answer is no message of its RPC"
	fake_criu ''
	run -1 rtl checkpoint web
	assert_output "rtl: checkpoint container web: criu ended without an answer"
	assert_status web running
}

@test "checkpoint: a failure comes in criu's own words" {
	require_root
	start_container web
	# type 10, no success, message
	fake_criu '\010\012\020\000\112\007sorry!\n'
	run -1 rtl checkpoint web
	assert_output "rtl: checkpoint container web: criu: sorry!"
}

@test "checkpoint: values of options are checked" {
	run -1 rtl checkpoint --manage-cgroups-mode hard web
	assert_output_has "--manage-cgroups-mode"
	run -1 rtl checkpoint --network-lock door web
	assert_output_has "--network-lock"
	require_root
	start_container web
	# type 10, success, version {4, 1}
	fake_criu '\010\012\020\001\122\004\010\004\020\001'
	run -1 rtl checkpoint --image-path "$TEST_DIR/i" --empty-ns user web
	assert_output "rtl: checkpoint container web: --empty-ns: expected network, got user"
	run -1 rtl checkpoint --image-path "$TEST_DIR/i" --page-server nowhere web
	assert_output "rtl: checkpoint container web: --page-server: expected ADDRESS:PORT, got nowhere"
	run -1 rtl checkpoint --image-path "$TEST_DIR/i" --status-fd 77 web
	assert_output "rtl: checkpoint container web: --status-fd: descriptor 77 is not open to write"
	run -1 rtl checkpoint --image-path "$TEST_DIR/no/where" web
	assert_output_has "--image-path: create $TEST_DIR/no/where: No such file or directory"
}
