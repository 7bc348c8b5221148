# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2016,SC2154
# Refusals of resume; what it does is shown beside pause (pause.bats).
load ../support

@test "resume: a container that is not paused is refused" {
	start_container web
	run -1 rtl resume web
	assert_output "rtl: resume container web: container not paused"
	assert_status web running
}

@test "resume: a created container is refused" {
	create_container web
	run -1 rtl resume web
	assert_output "rtl: resume container web: container not paused"
	assert_status web created
}

@test "resume: what does not exist is refused" {
	run -1 rtl resume web
	assert_output "rtl: container does not exist: web"
}

@test "resume: a signal that came meanwhile takes effect" {
	start_container web
	rtl pause web
	rtl kill web TERM
	assert_status web paused
	rtl resume web
	wait_for 'assert_status web stopped' 20
}
