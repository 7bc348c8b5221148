/* SPDX-License-Identifier: Apache-2.0 */
/* See launch.h. */
#include "runtime/launch.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/log.h"
#include "common/path.h"
#include "common/process.h"
#include "runtime/caller.h"
#include "runtime/init/channel.h"
#include "runtime/process_tuning.h"

#define AGENT_TIMEOUT_MS 10000
#define JOINER_CHECK_MS 100

__attribute__((noreturn)) static void child_main(const struct launch *launch)
{
	/* The parent's end, or the child would never see the parent go. */
	close(launch->channel_fd);
	/* A lock lasts as long as any copy of its descriptor: this one must end with the parent. */
	if (launch->lock_fd >= 0)
		close(launch->lock_fd);
	if (launch->ctx->has_joiner)
		init_join_main(launch->ctx, launch->is_exec);
	if (launch->is_exec)
		init_exec_main(launch->ctx);
	init_main(launch->ctx);
}

/* Clone into @cgroup_fd; the working directory is the root filesystem meanwhile. */
static pid_t clone_child(struct launch *launch, int cgroup_fd, struct error *err)
{
	const struct process_clone how = {
		.flags = launch->ctx->has_joiner ? 0 : launch->ctx->clone_flags,
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
	bool must_wait = launch->maps || launch->ctx->has_joiner || (place && place->has_v1) ||
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

static void end_joiner(struct launch *launch)
{
	struct error ignored;

	if (launch->joiner > 0)
		process_wait(launch->joiner, &ignored);
	launch->joiner = -1;
}

static int wait_while_frozen(struct launch *launch, struct error *err);

/* The joiner has cloned the init as our child and ends, now or when it has sent the listener. */
static int exchange_joiner(struct launch *launch, struct error *err)
{
	int init = 0;
	int ret;

	if (launch->may_be_frozen && wait_while_frozen(launch, err) < 0)
		return -1;
	ret = channel_expect(launch->channel_fd, STEP_CHILD, &init, err);
	launch->joiner = launch->pid;
	fd_close(&launch->pidfd);
	if (ret < 0 || !launch->ctx->has_listener)
		end_joiner(launch);
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

	launch->ctx->has_joiner = launch->ctx->n_joins || launch->ctx->has_listener;
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
	if (ret == 0 && launch->ctx->has_joiner)
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

static bool has_listener(const struct launch *launch)
{
	return launch->ctx && launch->ctx->has_listener;
}

/* Its status stays to be fetched. */
static bool has_init_ended(const struct launch *launch)
{
	siginfo_t info = {0};

	return waitid(P_PID, (id_t)launch->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
	       info.si_pid == launch->pid;
}

/*
 * Until the init says something, or a signal says that it need not. A joiner keeps the channel
 * open: then the end of the channel does not tell the end of the init.
 * Return: 1 when there is something to receive; 0 when nothing will come; -1.
 */
static int wait_for_message(const struct launch *launch, int stop_fd, int timeout_ms,
                            struct error *err)
{
	struct pollfd fds[2] = {
		{.fd = launch->channel_fd, .events = POLLIN},
		{.fd = stop_fd, .events = POLLIN},
	};
	bool has_joiner = launch->joiner > 0;
	struct signalfd_siginfo info;
	int ready;

	while ((ready = poll(fds, 2, has_joiner ? JOINER_CHECK_MS : timeout_ms)) <= 0) {
		if (ready < 0 && errno != EINTR)
			return error_errno(err, "wait for the container's init");
		if (ready == 0 && !has_joiner)
			return error_set(err, ERR_LIMIT,
			                 "linux.seccomp: the agent has not answered a system call "
			                 "of the container's init for %d s",
			                 timeout_ms / 1000);
		if (ready == 0 && has_init_ended(launch))
			return 0;
	}
	if (!fds[1].revents || read(stop_fd, &info, sizeof(info)) != sizeof(info))
		return 1;
	return error_set(err, ERR_STATE, "stopped by signal %u before the start", info.ssi_signo);
}

/* Until the joiner says something, or a signal ends the patience of the caller. */
static int wait_while_frozen(struct launch *launch, struct error *err)
{
	auto_fd int stop_fd = open_stop_fd(err);

	return stop_fd < 0 || wait_for_message(launch, stop_fd, -1, err) < 0 ? -1 : 0;
}

static int receive(const struct launch *launch, int stop_fd, int timeout_ms,
                   struct channel_message *ret, int *ret_fd, struct error *err)
{
	int got = wait_for_message(launch, stop_fd, timeout_ms, err);

	if (got > 0)
		got = channel_receive(launch->channel_fd, ret, ret_fd, err);
	if (got != 0)
		return got;
	error_set(err, ERR_SYSTEM, "the container's init ended while it was set up");
	if (has_listener(launch) && launch->joiner < 0)
		error_append(err, ": the agent of linux.seccomp has denied it a system call");
	return -1;
}

static int unexpected(const struct channel_message *message, struct error *err)
{
	return error_set(err, ERR_INVALID, "init channel: unexpected step %u", message->step);
}

/* The source of a bind mount, below the init's "/", with our own rights. */
static int answer_source(const struct launch *launch, int number, int root_fd, struct error *err)
{
	const struct init_ctx *ctx = launch->ctx;
	struct error refused = {0};
	auto_fd int source = -1;

	if (root_fd < 0 || number < 0 || (size_t)number >= ctx->n_mounts)
		return error_set(err, ERR_INVALID, "init channel: no bind mount %d", number);
	source = path_open_in_root(root_fd, ctx->mounts[number].source,
	                           init_source_flags(&ctx->mounts[number].flags), &refused);
	if (source >= 0)
		return channel_send_fd(launch->channel_fd, STEP_SOURCE, source, err);
	return channel_send(launch->channel_fd, STEP_SOURCE,
	                    refused.errnum ? -refused.errnum : -EACCES, err);
}

/* Return: 1 when the init is ready and nothing else is to come; 0; -1. */
static int take_message(struct launch *launch, const struct channel_message *message, int *passed,
                        bool *is_ready, struct error *err)
{
	switch (message->step) {
	case STEP_TERMINAL:
		launch->master_fd = fd_take(passed);
		break;
	case STEP_LISTENER:
		end_joiner(launch);
		if (!launch->on_listener)
			return unexpected(message, err);
		if (launch->on_listener(launch, *passed, launch->data, err) < 0)
			return -1;
		break;
	case STEP_SOURCE:
		if (answer_source(launch, message->value, *passed, err) < 0)
			return -1;
		break;
	case STEP_READY:
		*is_ready = true;
		break;
	case STEP_HOOKS:
		if (!launch->on_hooks)
			return unexpected(message, err);
		if (launch->on_hooks(launch, launch->data, err) < 0 ||
		    channel_send(launch->channel_fd, STEP_HOOKED, 0, err) < 0)
			return -1;
		break;
	default:
		return unexpected(message, err);
	}
	return *is_ready && launch->joiner < 0;
}

int launch_wait_ready(struct launch *launch, struct error *err)
{
	auto_fd int stop_fd = open_stop_fd(err);
	bool is_ready = false;
	int done = 0;

	if (stop_fd < 0)
		return -1;
	while (done == 0) {
		bool is_agents = has_listener(launch) && launch->joiner < 0;
		struct channel_message message;
		auto_fd int passed = -1;

		done = receive(launch, stop_fd, is_agents ? AGENT_TIMEOUT_MS : -1, &message,
		               &passed, err);
		if (done > 0)
			done = take_message(launch, &message, &passed, &is_ready, err);
	}
	return done < 0 ? -1 : 0;
}

int launch_start(struct launch *launch, struct error *err)
{
	return channel_send(launch->channel_fd, STEP_START, 0, err);
}

int launch_wait_exec(struct launch *launch, struct error *err)
{
	struct channel_message message;
	auto_fd int stop_fd = -1;
	int got = 1;

	/* Its execve may wait for an agent: then a signal is to end this wait as well. */
	if (has_listener(launch)) {
		stop_fd = open_stop_fd(err);
		got = stop_fd < 0 ? -1 : wait_for_message(launch, stop_fd, -1, err);
	}
	if (got > 0)
		got = channel_receive(launch->channel_fd, &message, NULL, err);
	return got > 0 ? unexpected(&message, err) : got;
}

void launch_abort(struct launch *launch)
{
	struct error ignored;

	if (launch->joiner > 0)
		process_signal(-1, launch->joiner, SIGKILL);
	end_joiner(launch);
	if (launch->pid <= 0)
		return;
	process_signal(launch->pidfd, launch->pid, SIGKILL);
	/* In a frozen cgroup v1 it ends when that is thawed, for which nobody waits. */
	if (!launch->may_be_frozen)
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
