/* SPDX-License-Identifier: Apache-2.0 */
/* See launch.h. */
#include "runtime/launch.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/log.h"
#include "common/process.h"
#include "runtime/caller.h"
#include "runtime/init/channel.h"
#include "runtime/process_tuning.h"

__attribute__((noreturn)) static void child_main(const struct launch *launch)
{
	/* The parent's end, or the child would never see the parent go. */
	close(launch->channel_fd);
	/* A lock lasts as long as any copy of its descriptor: this one must end with the parent. */
	if (launch->lock_fd >= 0)
		close(launch->lock_fd);
	if (launch->ctx->n_joins)
		init_join_main(launch->ctx, launch->is_exec);
	if (launch->is_exec)
		init_exec_main(launch->ctx);
	init_main(launch->ctx);
}

/* Clone into @cgroup_fd; the working directory is the root filesystem meanwhile. */
static pid_t clone_child(struct launch *launch, int cgroup_fd, struct error *err)
{
	const struct process_clone how = {
		.flags = launch->ctx->n_joins ? 0 : launch->ctx->clone_flags,
		.cgroup_fd = cgroup_fd,
	};
	auto_fd int cwd = -1;
	pid_t pid;

	if (launch->rootfs_fd >= 0) {
		cwd = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (fchdir(launch->rootfs_fd) < 0)
			return error_errno(err, "enter root filesystem %s", launch->ctx->rootfs);
	}
	pid = process_clone(&how, &launch->pidfd, err);
	if (pid == 0)
		child_main(launch);
	if (cwd >= 0 && fchdir(cwd) < 0)
		log_debug("the working directory is gone");
	return pid;
}

/*
 * In one step into its cgroup where the kernel can; else the parent moves it, and the child
 * waits. A cgroup that refuses the clone is tried that way too: the second error says why.
 */
static int clone_placed(struct launch *launch, bool *ret_is_in_v2, struct error *err)
{
	const struct cgroup_place *place = launch->place;
	int cgroup_fd = place ? place->v2_fd : -1;
	/* An init made by a joiner waits, so that it says nothing before the joiner did. */
	bool must_wait = launch->maps || launch->ctx->n_joins || (place && place->has_v1) ||
	                 process_tuning_is_early(launch->ctx->tuning) || launch->on_placed;

	*ret_is_in_v2 = cgroup_fd >= 0;
	launch->ctx->waits_for_placing = must_wait;
	launch->pid = clone_child(launch, cgroup_fd, err);
	if (launch->pid < 0 && cgroup_fd >= 0) {
		*ret_is_in_v2 = false;
		launch->ctx->waits_for_placing = true;
		launch->pid = clone_child(launch, -1, err);
	}
	return launch->pid < 0 ? -1 : 0;
}

/* The joiner has cloned the init as our child and ends. */
static int exchange_joiner(struct launch *launch, struct error *err)
{
	pid_t joiner = launch->pid;
	int init = 0;
	int ret = channel_expect(launch->channel_fd, STEP_CHILD, &init, err);
	struct error ignored;

	fd_close(&launch->pidfd);
	process_wait(joiner, &ignored);
	launch->pid = ret < 0 ? -1 : init;
	if (ret == 0)
		launch->pidfd = process_pidfd_open(init);
	return ret;
}

static int place_child(struct launch *launch, bool is_in_v2, struct error *err)
{
	const struct caller *caller = caller_get();

	if (launch->place && launch->place->path &&
	    cgroup_place_attach(launch->place, launch->pid, is_in_v2, err) < 0)
		return -1;
	if (process_tuning_is_early(launch->ctx->tuning) &&
	    process_tuning_apply(launch->ctx->tuning, launch->pid, err) < 0)
		return -1;
	if (launch->on_placed && launch->on_placed(launch, launch->data, err) < 0)
		return -1;
	if (launch->maps &&
	    idmap_write(caller->proc_fd, launch->pid, launch->maps, caller->can_map_ids, err) < 0)
		return -1;
	if (!launch->ctx->waits_for_placing)
		return 0;
	return channel_send(launch->channel_fd, STEP_PLACED, 0, err);
}

/* What is cloned begins on process.execCPUAffinity.initial, before it is in the cgroup. */
static int clone_on_cpus(struct launch *launch, bool *ret_is_in_v2, struct error *err)
{
	const struct init_tuning *tuning = launch->ctx->tuning;
	struct number_set own;
	int ret;

	if (!tuning || !tuning->has_initial_cpus)
		return clone_placed(launch, ret_is_in_v2, err);
	if (sched_get_cpus(&own, err) < 0 || sched_set_cpus(0, &tuning->initial_cpus, err) < 0)
		return error_wrap(err, "process.execCPUAffinity.initial");
	ret = clone_placed(launch, ret_is_in_v2, err);
	if (ret == 0 && sched_set_cpus(0, &own, err) < 0)
		log_debug("%s", err->msg);
	return ret;
}

int launch_begin(struct launch *launch, struct error *err)
{
	int ends[2];
	auto_fd int init_end = -1;
	bool is_in_v2;
	int ret;

	/* An init that died is an error to report, not a reason to die of SIGPIPE. */
	signal(SIGPIPE, SIG_IGN);
	if (channel_open(ends, err) < 0)
		return -1;
	launch->channel_fd = ends[0];
	init_end = ends[1];
	launch->ctx->channel_fd = init_end;
	ret = clone_on_cpus(launch, &is_in_v2, err);
	/* Only the child holds its end from here on: its end is our end of file. */
	fd_close(&init_end);
	if (ret == 0 && launch->ctx->n_joins)
		ret = exchange_joiner(launch, err);
	if (ret == 0)
		ret = place_child(launch, is_in_v2, err);
	if (ret < 0)
		launch_abort(launch);
	return ret;
}

/*
 * The caller's patience is over before the start: nothing of the container is to be left. What
 * else arrives waits to be passed on to the program.
 */
static int open_stop_fd(struct error *err)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGQUIT);
	sigaddset(&set, SIGTERM);
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd < 0 ? error_errno(err, "create signalfd") : fd;
}

/* Until the init says something, or a signal says that it need not. */
static int wait_for_message(const struct launch *launch, int stop_fd, struct error *err)
{
	struct pollfd fds[2] = {
		{.fd = launch->channel_fd, .events = POLLIN},
		{.fd = stop_fd, .events = POLLIN},
	};
	struct signalfd_siginfo info;

	while (poll(fds, 2, -1) < 0) {
		if (errno != EINTR)
			return error_errno(err, "wait for the container's init");
	}
	if (!fds[1].revents || read(stop_fd, &info, sizeof(info)) != sizeof(info))
		return 0;
	return error_set(err, ERR_STATE, "stopped by signal %u before the start", info.ssi_signo);
}

int launch_wait_ready(struct launch *launch, struct error *err)
{
	auto_fd int stop_fd = open_stop_fd(err);

	if (stop_fd < 0)
		return -1;
	for (;;) {
		struct channel_message message;
		int passed = -1;
		int got = wait_for_message(launch, stop_fd, err);

		if (got == 0)
			got = channel_receive(launch->channel_fd, &message, &passed, err);
		if (got < 0)
			return -1;
		if (got == 0)
			return error_set(err, ERR_SYSTEM,
			                 "the container's init ended while it was set up");
		if (message.step == STEP_TERMINAL)
			launch->master_fd = passed;
		else if (message.step == STEP_READY)
			return 0;
		else if (message.step != STEP_HOOKS || !launch->on_hooks)
			return error_set(err, ERR_INVALID, "init channel: unexpected step %u",
			                 message.step);
		else if (launch->on_hooks(launch, launch->data, err) < 0 ||
		         channel_send(launch->channel_fd, STEP_HOOKED, 0, err) < 0)
			return -1;
	}
}

int launch_start(struct launch *launch, struct error *err)
{
	return channel_send(launch->channel_fd, STEP_START, 0, err);
}

int launch_wait_exec(struct launch *launch, struct error *err)
{
	struct channel_message message;
	int got = channel_receive(launch->channel_fd, &message, NULL, err);

	if (got > 0)
		return error_set(err, ERR_INVALID, "init channel: unexpected step %u",
		                 message.step);
	return got;
}

void launch_abort(struct launch *launch)
{
	struct error ignored;

	if (launch->pid <= 0)
		return;
	process_signal(launch->pidfd, launch->pid, SIGKILL);
	process_wait(launch->pid, &ignored);
	launch->pid = -1;
	fd_close(&launch->pidfd);
}

void launch_clear(struct launch *launch)
{
	fd_close(&launch->pidfd);
	fd_close(&launch->channel_fd);
	fd_close(&launch->master_fd);
}
