# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Slurm for the files of this tier:  load slurm
#
# A cluster of one node in a view of its own (support.bash): munged, slurmctld and slurmd with their
# own key, configuration and directories; jobs belong to an ordinary user. Only root has it.
#
# Variables
#   SLURM_TEST_USER  who submits jobs: RTL_TEST_USER, else rtl-test
#   JOB_DIR          a directory of that user
#
# Functions
#   slurm_setup_file MODE    starts it; MODE "run": oci.conf with RunTimeRun, "create": with
#                            RunTimeCreate and RunTimeStart
#   as_submitter CMD...      as that user, in the view, with a time limit
#   srun ARG...              srun as that user
#   srun_tty ARG...          the same with a terminal of 80 columns and 24 rows
#   make_job_bundle          BUNDLE: a bundle of that user, below JOB_DIR
#   jobs_left                names of containers and jobs that are still there

load support

slurm_setup_file() {
	local program

	[ "$(id -u)" = 0 ] || caller_cannot "for root only; its jobs are an ordinary user's"
	caller_needs munged slurmctld slurmd srun scancel ip unshare nsenter setpriv busybox jq script
	export SLURM_TEST_USER=${RTL_TEST_USER:-rtl-test} JOB_DIR=$CALLER_DIR/jobs
	id "$SLURM_TEST_USER" >/dev/null 2>&1 || caller_cannot "no user $SLURM_TEST_USER"
	[ -z "$CALLER_REASON" ] || return 0
	export SLURM_CONF=$CALLER_DIR/etc/slurm.conf
	mkdir -p "$CALLER_DIR"/{etc,spool,ctld,jobs}
	install -d -m 1777 "$CALLER_DIR/state"
	chown "$SLURM_TEST_USER:" "$JOB_DIR"
	slurm_config "$1" >"$SLURM_CONF"
	oci_config "$1" >"$CALLER_DIR/etc/oci.conf"
	head -c 128 /dev/urandom >"$CALLER_DIR/munge.key"
	chmod 600 "$CALLER_DIR/munge.key"
	slurm_daemons >"$CALLER_DIR/daemons.sh"
	start_daemon "$CALLER_DIR/munge.sock" sh "$CALLER_DIR/daemons.sh"
	wait_for '[ "$(as_submitter sinfo --noheader --format %T 2>/dev/null)" = idle ]' 30 || {
		tail -n 20 "$CALLER_DIR/ctld.log" "$CALLER_DIR/slurmd.log" >&2
		return 1
	}
}

# A signal for tasks reaches in "run" the tree of rtl and its container; in "create" the task is
# slurmstepd's own child, which proctrack/linuxproc spares.
slurm_config() {
	local host track=linuxproc

	host=$(hostname -s)
	[ "$1" = run ] || track=pgid
	cat <<-EOF
		ClusterName=test
		SlurmctldHost=$host(127.0.0.1)
		SlurmUser=root
		AuthType=auth/munge
		AuthInfo=socket=$CALLER_DIR/munge.sock
		StateSaveLocation=$CALLER_DIR/ctld
		SlurmdSpoolDir=$CALLER_DIR/spool
		SlurmctldPidFile=$CALLER_DIR/slurmctld.pid
		SlurmdPidFile=$CALLER_DIR/slurmd.pid
		SlurmctldLogFile=$CALLER_DIR/ctld.log
		SlurmdLogFile=$CALLER_DIR/slurmd.log
		SlurmdDebug=debug
		SlurmctldPort=6817
		SlurmdPort=6818
		ProctrackType=proctrack/$track
		TaskPlugin=task/none
		JobAcctGatherType=jobacct_gather/none
		MpiDefault=none
		MailProg=/bin/true
		ReturnToService=2
		KillWait=2
		SelectType=select/cons_tres
		SelectTypeParameters=CR_CPU
		NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
		PartitionName=p Nodes=ALL Default=YES State=UP OverSubscribe=FORCE:8
	EOF
}

oci_config() {
	local rtl="$RTL --root=$CALLER_DIR/state" id=%n.%u.%j.%s.%t

	cat <<-EOF
		RunTimeQuery="$rtl state $id"
		RunTimeKill="$rtl kill --all $id KILL"
		RunTimeDelete="$rtl delete --force $id"
	EOF
	if [ "$1" = run ]; then
		echo "RunTimeRun=\"exec $rtl run $id -b %b\""
	else
		# what the container inherits must not be the pipe that Slurm reads to its end
		echo "RunTimeCreate=\"$rtl create $id -b %b >$JOB_DIR/%j.%s.%t.out 2>&1\""
		echo "RunTimeStart=\"$rtl start $id\""
	fi
}

# All in one: ends with its children. A second address on lo is what makes getaddrinfo think that
# there is a network.
slurm_daemons() {
	cat <<-EOF
		ip address add 192.0.2.1/32 dev lo
		munged --foreground --force --num-threads=1 --key-file=$CALLER_DIR/munge.key \
			--socket=$CALLER_DIR/munge.sock --pid-file=$CALLER_DIR/munged.pid \
			--seed-file=$CALLER_DIR/munge.seed --log-file=$CALLER_DIR/munge.log &
		munged=\$!
		slurmctld -D -c -f $SLURM_CONF &
		ctld=\$!
		slurmd -D -f $SLURM_CONF &
		slurmd=\$!
		trap 'kill \$slurmd \$ctld; wait \$slurmd \$ctld; kill \$munged; wait \$munged; exit 0' TERM
		while :; do wait; done
	EOF
}

# The beginning of a command line as that user, one word a line.
submitter_words() {
	printf '%s\n' nsenter --target "$(cat "$CALLER_DIR/view.pid")" --mount --net -- \
		setpriv "--reuid=$(id -u "$SLURM_TEST_USER")" "--regid=$(id -g "$SLURM_TEST_USER")" --init-groups \
		--inh-caps=-all env -C "$JOB_DIR" -i "PATH=$PATH" "HOME=$JOB_DIR" LC_ALL=C.UTF-8 "SLURM_CONF=$SLURM_CONF" \
		"RTL_TEST=$CALLER_MARK" timeout --foreground --kill-after=2 40
}

as_submitter() {
	local -a words

	mapfile -t words < <(submitter_words)
	"${words[@]}" "$@" 3>&- 4>&-
}

srun() {
	as_submitter srun --quiet "$@"
}

srun_tty() {
	local -a words

	mapfile -t words < <(submitter_words)
	words=(sh -c 'stty cols 80 rows 24; exec "$@"' sh "${words[@]}" srun --quiet "$@")
	script -qefc "${words[*]@Q}" /dev/null </dev/null 3>&- 4>&- | tr -d '\r'
	return "${PIPESTATUS[0]}"
}

make_job_bundle() {
	prepare_rootfs
	BUNDLE=$JOB_DIR/$1
	mkdir -p "$BUNDLE"
	cp -a "$BATS_RUN_TMPDIR/rootfs" "$BUNDLE/rootfs"
	chown -R "$SLURM_TEST_USER:" "$BUNDLE"
	as_submitter env -C "$BUNDLE" "$RTL" --root "$CALLER_DIR/state" spec --rootless
	update_config '.process.terminal = false | .root.readonly = false | .hostname = "box" |
		.process.env += ["FROM=bundle", "RTL_TEST=" + $mark] |
		.mounts += [{destination: "/jobs", source: $dir, type: "bind", options: ["rbind", "rw"]}]' \
		--arg mark "$CALLER_MARK" --arg dir "$JOB_DIR"
	chown "$SLURM_TEST_USER:" "$BUNDLE/config.json"
}

jobs_left() {
	find "$CALLER_DIR/state" -mindepth 1 -maxdepth 1 ! -name '.*' -printf '%f\n'
	as_submitter squeue --noheader --format %j
}
