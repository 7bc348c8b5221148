# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2016,SC2154
# process.apparmorProfile and exec --apparmor, on a kernel with AppArmor. The profiles are those in
# apparmor.profiles: rtl-test denies /denied, rtl-test-other (in complain mode) denies /allowed.
load ../runtime/inside

setup() {
	test_setup
	require_vm
	show='cat /proc/self/attr/current
		for file in allowed denied; do
			cat /$file 2>/dev/null || echo "no $file"
		done'
}

# confined_bundle [PROFILE]: with the two files; without PROFILE none is asked for
confined_bundle() {
	waiting_bundle web
	echo "read allowed" >"$BUNDLE/rootfs/allowed"
	echo "read denied" >"$BUNDLE/rootfs/denied"
	[ $# = 0 ] || set_profile "$1"
}

set_profile() {
	update_config '.process.apparmorProfile = $profile' --arg profile "$1"
}

# label_of PID: as the host's procfs has it
label_of() {
	tr -d '\0' <"/proc/$1/attr/apparmor/current"
}

@test "apparmor: it is active here, and the profiles of these tests are loaded" {
	run -0 cat /sys/module/apparmor/parameters/enabled
	assert_output Y
	[ "$RTL_TEST_MODE" = root ] || skip "only root reads the list of profiles"
	run -0 grep '^rtl-test' /sys/kernel/security/apparmor/profiles
	assert_output_has "rtl-test (enforce)"
	assert_output_has "rtl-test-other (complain)"
}

@test "apparmor: without a profile nothing is confined" {
	confined_bundle
	inside_sh "$show"
	assert_output "unconfined
read allowed
read denied"
}

@test "apparmor: the program is under the profile, and what that denies is denied, no_new_privs or not" {
	confined_bundle rtl-test
	for no_new_privs in true false; do
		update_config '.process.noNewPrivileges = $value' --argjson value $no_new_privs
		inside_sh "$show; grep NoNewPrivs /proc/self/status"
		assert_output "rtl-test (enforce)
read allowed
no denied
NoNewPrivs:	$([ $no_new_privs = true ] && echo 1 || echo 0)"
	done
}

@test "apparmor: a profile in complain mode, and unconfined" {
	confined_bundle rtl-test-other
	inside_sh "$show"
	assert_output "rtl-test-other (complain)
no allowed
read denied"
	set_profile unconfined
	inside_sh "$show"
	assert_output "unconfined
read allowed
read denied"
}

@test "apparmor: a profile that is not loaded is refused by name, and nothing is left" {
	confined_bundle no-such-profile
	set_args true
	fails "process.apparmorProfile: AppArmor profile no-such-profile is not loaded"
	[ ${#lines[@]} = 1 ]
}

@test "apparmor: created, the program is not yet there; started, it is under the profile" {
	confined_bundle rtl-test
	create_container web
	run -0 rtl start web
	wait_for '[ "$(label_of "$(container_pid web)")" = "rtl-test (enforce)" ]' 1
	run -0 rtl delete --force web
}

@test "apparmor: exec is under the container's profile" {
	confined_bundle rtl-test
	start_container web
	[ "$(label_of "$(container_pid web)")" = "rtl-test (enforce)" ]
	run -0 rtl exec web sh -c "$show"
	assert_output "rtl-test (enforce)
read allowed
no denied"
}

@test "apparmor: exec --apparmor takes another profile, with no_new_privs and without" {
	confined_bundle rtl-test
	update_config '.process.noNewPrivileges = false'
	start_container web
	for option in "" --no-new-privs; do
		run -0 rtl exec $option --apparmor rtl-test-other web sh -c "$show; grep NoNewPrivs /proc/self/status"
		assert_output "rtl-test-other (complain)
no allowed
read denied
NoNewPrivs:	$([ -n "$option" ] && echo 1 || echo 0)"
	done
	run -0 rtl exec --apparmor unconfined web sh -c "$show"
	assert_output "unconfined
read allowed
read denied"
	# that of the container is as it was
	[ "$(label_of "$(container_pid web)")" = "rtl-test (enforce)" ]
}

@test "apparmor: exec --apparmor refuses a profile that is not loaded, and the container goes on" {
	confined_bundle rtl-test
	start_container web
	run -1 rtl exec --apparmor no-such-profile web true
	assert_output_has "process.apparmorProfile: AppArmor profile no-such-profile is not loaded"
	[ ${#lines[@]} = 1 ]
	assert_status web running
}

@test "apparmor: exec --process has a profile of its own" {
	confined_bundle rtl-test
	start_container web
	jq '.process | .apparmorProfile = "rtl-test-other" | .args = ["sh", "-c", $show]' --arg show "$show" \
		"$BUNDLE/config.json" >"$TEST_DIR/process.json"
	run -0 rtl exec --process "$TEST_DIR/process.json" web
	assert_output "rtl-test-other (complain)
no allowed
read denied"
}
