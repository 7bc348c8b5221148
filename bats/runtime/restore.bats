# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2016,SC2154
# restore without a criu that could do it: how it refuses. What it does is bats/vm/checkpoint.bats.
load ../support

setup() {
	test_setup
	make_bundle
}

@test "restore: an ordinary user is refused" {
	require_user
	run -1 rtl restore --bundle "$BUNDLE" web
	assert_output "rtl: cannot restore container web: criu needs real root"
}

@test "restore: without criu the error names the package, and nothing is left" {
	require_root
	PATH=$TEST_DIR run -1 "$RTL" --root "$STATE_DIR" restore --bundle "$BUNDLE" web
	assert_output "rtl: restore container web: criu is not installed: install the package criu"
	assert_no_leftovers
}

@test "restore: a detached container with a terminal needs a console socket" {
	require_root
	update_config '.process.terminal = true'
	run -1 rtl restore --detach --bundle "$BUNDLE" web
	assert_output_has "a detached process with a terminal needs --console-socket"
}

@test "restore: a bundle or image directory that is not there" {
	require_root
	run -1 rtl restore --bundle "$TEST_DIR/nowhere" web
	assert_output_has "$TEST_DIR/nowhere"
	mkdir "$TEST_DIR/bin"
	# type 10, success, version {4, 1}
	printf '\010\012\020\001\122\004\010\004\020\001' >"$TEST_DIR/bin/answer"
	printf '#!/bin/bash\nhead -c 1 <&"$2" >/dev/null\nexec cat %s >&"$2"\n' "$TEST_DIR/bin/answer" >"$TEST_DIR/bin/criu"
	chmod 755 "$TEST_DIR/bin/criu"
	PATH=$TEST_DIR/bin:$PATH run -1 rtl restore --bundle "$BUNDLE" --image-path "$TEST_DIR/images" web
	assert_output "rtl: restore container web: --image-path: open $TEST_DIR/images: No such file or directory"
	assert_no_leftovers
}
