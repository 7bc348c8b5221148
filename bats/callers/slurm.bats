# SPDX-License-Identifier: Apache-2.0
# Slurm: srun --container, with RunTimeRun in oci.conf.
load slurm

setup_file() {
	caller_setup_file
	slurm_setup_file run
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

@test "slurm, run: a step's output, standard input and exit status" {
	run -5 --separate-stderr srun --container "$BUNDLE" sh -c 'echo out; echo err >&2; exit 5'
	assert_output out
	# shellcheck disable=SC2154 # set by run
	grep -qx err <<<"$stderr" # beside srun's own words
	run -0 srun --container "$BUNDLE" cat < <(echo in)
	assert_output in
	run -127 srun --container "$BUNDLE" nowhere
	assert_output_has 'exec: "nowhere": executable file not found in $PATH'
}

@test "slurm, run: the step is in a container of its bundle, mapped to the user" {
	run -0 srun --container "$BUNDLE" sh -c '
		hostname; id -u; awk "{ print \$2 }" /proc/self/uid_map; echo $FROM; echo ${SLURM_JOB_ID:+job};'
	[ "${lines[0]}" = box ]
	[ "${lines[1]}" = 0 ]
	[ "${lines[2]}" = "$(id -u "$SLURM_TEST_USER")" ]
	[ "${lines[3]}" = bundle ]
	[ "${lines[4]}" = job ]
	run -0 srun --container "$BUNDLE" touch /jobs/made
	[ "$(stat -c %U "$JOB_DIR/made")" = "$SLURM_TEST_USER" ]
	rm "$JOB_DIR/made"
}

@test "slurm, run: --pty gives the step a terminal" {
	run -0 srun_tty --pty --container "$BUNDLE" sh -c '[ -t 0 ] && [ -t 1 ] && stty size'
	assert_output_has "24 80"
}

@test "slurm, run: steps side by side" {
	local i pids=() status

	for i in 1 2 3 4; do
		srun --container "$BUNDLE" sh -c "echo $i >/jobs/step$i; exit $i" >/dev/null 2>&1 &
		pids+=($!)
	done
	for i in 1 2 3 4; do
		status=0
		wait "${pids[$((i - 1))]}" || status=$?
		[ $status = "$i" ]
		[ "$(cat "$JOB_DIR/step$i")" = "$i" ]
	done
}

@test "slurm, run: scancel ends the container" {
	in_background srun --job-name doomed --container "$BUNDLE" \
		sh -c 'trap "echo ended >/jobs/doomed; exit 0" TERM; echo ready >/jobs/doomed; sleep 1000 & wait'
	wait_for 'grep -qsx ready "$JOB_DIR/doomed"' 20
	run -0 as_submitter scancel --name doomed
	wait_for 'grep -qx ended "$JOB_DIR/doomed"' 20
	wait_for '[ -z "$(jobs_left)" ]' 20
}

@test "slurm, run: scancel ends a container that does not mind TERM" {
	in_background srun --job-name doomed --container "$BUNDLE" sh -c 'echo ready >/jobs/stubborn; exec sleep 1000'
	wait_for 'grep -qsx ready "$JOB_DIR/stubborn"' 20
	run -0 as_submitter scancel --name doomed
	wait_for '[ -z "$(jobs_left)" ]' 30
}

@test "slurm, run: a batch script in a container" {
	printf '#!/bin/sh\nhostname\necho $FROM\nexit 4\n' >"$JOB_DIR/batch.sh"
	run -4 as_submitter sbatch --quiet --wait --container "$BUNDLE" --output "$JOB_DIR/batch.out" "$JOB_DIR/batch.sh"
	run -0 cat "$JOB_DIR/batch.out"
	# Slurm asks for the state once more when the container is gone, and says so
	[ "${lines[0]}" = box ]
	[ "${lines[1]}" = bundle ]
}

@test "slurm, run: at the end nothing is left" {
	[ -z "$CALLER_REASON" ] || skip "$CALLER_REASON"
	stop_daemon
	close_view
	ended=1
	assert_caller_left_nothing
}
