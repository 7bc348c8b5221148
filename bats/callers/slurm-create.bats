# SPDX-License-Identifier: Apache-2.0
# Slurm: srun --container, with RunTimeCreate and RunTimeStart in oci.conf. There Slurm passes no
# input, output or exit status on: the output is where RunTimeCreate sends it.
load slurm

setup_file() {
	caller_setup_file
	slurm_setup_file create
}

teardown_file() {
	caller_teardown_file
}

setup() {
	caller_setup
	make_job_bundle "job$BATS_TEST_NUMBER"
}

teardown() {
	[ -n "$CALLER_REASON${ended-}" ] || {
		wait_for '[ -z "$(jobs_left)" ]' 20 && rm -rf "${BUNDLE:?}" && test_teardown
	}
}

@test "slurm, create and start: the step runs in a container, to its end" {
	run -0 srun --container "$BUNDLE" sh -c 'hostname; id -u; awk "{ print \$2 }" /proc/self/uid_map; echo $FROM; echo err >&2; echo end >/jobs/end'
	[ "$(cat "$JOB_DIR/end")" = end ]
	run -0 cat "$JOB_DIR"/*.out
	assert_output "box
0
$(id -u "$SLURM_TEST_USER")
bundle
err"
	rm "$JOB_DIR"/*.out
}

@test "slurm, create and start: a program that is not there fails the step" {
	run -1 srun --container "$BUNDLE" nowhere
	run -0 cat "$JOB_DIR"/*.out
	assert_output_has 'exec: "nowhere": executable file not found in $PATH'
	rm "$JOB_DIR"/*.out
}

@test "slurm, create and start: scancel ends a container that does not mind TERM" {
	in_background srun --job-name doomed --container "$BUNDLE" sh -c 'echo ready >/jobs/stubborn; exec sleep 1000'
	wait_for 'grep -qsx ready "$JOB_DIR/stubborn"' 20
	run -0 as_submitter scancel --name doomed
	wait_for '[ -z "$(jobs_left)" ]' 30
}

@test "slurm, create and start: at the end nothing is left" {
	[ -z "$CALLER_REASON" ] || skip "$CALLER_REASON"
	stop_daemon
	close_view
	ended=1
	assert_caller_left_nothing
}
