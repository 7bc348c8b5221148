/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Namespaces given by path, and those of a running container. Process: the joiner, a
 * child of the parent between it and the init.
 *
 * Holds:   the caller's rights.
 * Must:    leave the init as a child of the parent (CLONE_PARENT), in all namespaces.
 *
 * A namespace owned by the host is entered with the caller's rights, before the user
 * namespace; what needs the rights of the user namespace is entered after it. Which is
 * which only the kernel knows: what it refuses is tried once more.
 *
 * Where the filter notifies an agent the joiner is there even without a namespace to join. It
 * shares the init's table of descriptors, not its filter: so it can take the listener out of
 * the table and send it, whatever calls of the init are trapped.
 * docs/adr/0012-listener-by-shared-table.md
 */
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/process.h"
#include "kernel/confine.h"
#include "kernel/ns.h"
#include "runtime/init/channel.h"
#include "runtime/init/init.h"

#define MAX_JOINS 16
#define FIRST_PAUSE_NS 20000
#define LONGEST_PAUSE_NS 5000000

static int join_user(const struct init_join *joins, size_t n, struct error *err)
{
	for (size_t i = 0; i < n; i++) {
		if (joins[i].flag == CLONE_NEWUSER)
			return ns_join(joins[i].fd, CLONE_NEWUSER, "user", err);
	}
	return 0;
}

/* Everything but the user namespace; with @is_last_try, a refusal is an error. */
static int join_others(const struct init_join *joins, size_t n, bool done[], bool is_last_try,
                       struct error *err)
{
	for (size_t i = 0; i < n; i++) {
		const struct init_join *join = &joins[i];

		if (done[i] || join->flag == CLONE_NEWUSER)
			continue;
		done[i] = ns_join(join->fd, join->flag, join->name, err) == 0;
		if (!done[i] && (is_last_try || err->kind != ERR_DENIED))
			return -1;
	}
	return 0;
}

int init_join_each(const struct init_join *joins, size_t n, struct error *err)
{
	bool done[MAX_JOINS] = {false};

	if (join_others(joins, n, done, false, err) < 0 || join_user(joins, n, err) < 0)
		return -1;
	return join_others(joins, n, done, true, err);
}

/* What was opened by the number is the container's if that still is the process of the state. */
int init_open_container(const struct init_ctx *ctx, struct init_join joins[], struct error *err)
{
	const struct init_container *container = &ctx->container;
	uint64_t start_time;

	for (size_t i = 0; i < ctx->n_joins; i++) {
		joins[i] = ctx->joins[i];
		joins[i].fd = ns_open(ctx->proc_fd, container->pid, joins[i].flag);
		if (joins[i].fd < 0)
			return error_errno(err, "open the %s namespace of the container",
			                   joins[i].name);
	}
	if (process_start_time(ctx->proc_fd, container->pid, &start_time) < 0 ||
	    start_time != container->start_time)
		return error_set(err, ERR_STATE, "container not running");
	return 0;
}

/* All at once by the pidfd, since Linux 5.8; else, or if that is refused, each by its file. */
static int join_container(const struct init_ctx *ctx, struct error *err)
{
	struct init_join joins[MAX_JOINS];
	int flags = 0;

	for (size_t i = 0; i < ctx->n_joins; i++)
		flags |= ctx->joins[i].flag;
	if (ctx->container.pidfd >= 0 &&
	    ns_join(ctx->container.pidfd, flags, "the container's", err) == 0)
		return 0;
	if (init_open_container(ctx, joins, err) < 0)
		return -1;
	return init_join_each(joins, ctx->n_joins, err);
}

static int join_all(const struct init_ctx *ctx, struct error *err)
{
	if (ctx->n_joins > MAX_JOINS)
		return error_set(err, ERR_LIMIT, "more than %d namespaces to join", MAX_JOINS);
	if (!ctx->n_joins)
		return 0;
	return ctx->is_exec ? join_container(ctx, err)
	                    : init_join_each(ctx->joins, ctx->n_joins, err);
}

static int clone_init(struct init_ctx *ctx, bool exec, struct error *err)
{
	const struct process_clone how = {
		.flags = ctx->clone_flags | CLONE_PARENT | (ctx->has_listener ? CLONE_FILES : 0),
		.cgroup_fd = -1,
	};
	pid_t pid = process_clone(&how, NULL, err);

	if (pid < 0)
		return -1;
	if (pid == 0 && exec)
		init_exec_main(ctx);
	if (pid == 0)
		init_main(ctx);
	return channel_send(ctx->channel_fd, STEP_CHILD, pid, err);
}

static int open_listener_pipe(struct init_ctx *ctx, struct error *err)
{
	int ends[2];

	if (!ctx->has_listener)
		return 0;
	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_errno(err, "create the pipe of the seccomp listener");
	ctx->listener_rd_fd = ends[0];
	ctx->listener_wr_fd = ends[1];
	return 0;
}

/*
 * For @timeout (NULL: without end), or until @fd can be read. Return: 1 if it can; 0 if not; -1
 * when the parent has gone, which closes the other end of the channel. An init that ends is the
 * parent's to notice: it kills this process.
 */
static int wait_with_parent(const struct init_ctx *ctx, int fd, const struct timespec *timeout)
{
	struct pollfd fds[2] = {
		{.fd = fd, .events = POLLIN}, {.fd = ctx->channel_fd}, /* POLLHUP is always told */
	};
	int ready = ppoll(fds, 2, timeout, NULL);

	if (ready < 0)
		return errno == EINTR ? 0 : -1;
	return fds[1].revents ? -1 : fds[0].revents != 0;
}

/*
 * Until the init's seccomp(2) has returned, which nothing but the descriptor in its table tells:
 * a call of the init to say so might be the one that is trapped. It takes some 0.1 ms.
 */
static int await_listener(const struct init_ctx *ctx, int number)
{
	struct timespec pause = {.tv_nsec = FIRST_PAUSE_NS};

	while (fcntl(number, F_GETFD) < 0) {
		if (wait_with_parent(ctx, -1, &pause) < 0)
			return -1;
		if (pause.tv_nsec < LONGEST_PAUSE_NS)
			pause.tv_nsec *= 2;
	}
	return 0;
}

/* What is closed here is closed in the init, which needs no call for it. */
static int pass_listener(const struct init_ctx *ctx, struct error *err)
{
	int number = -1;
	int ready = 0;
	int ret;

	if (!ctx->has_listener)
		return 0;
	while (ready == 0)
		ready = wait_with_parent(ctx, ctx->listener_rd_fd, NULL);
	if (ready < 0 || read(ctx->listener_rd_fd, &number, sizeof(number)) != sizeof(number) ||
	    await_listener(ctx, number) < 0)
		return error_set(err, ERR_SYSTEM, "the runtime ended before the seccomp listener");
	close(ctx->listener_rd_fd);
	close(ctx->listener_wr_fd);
	ret = channel_send_fd(ctx->channel_fd, STEP_LISTENER, number, err);
	close(number);
	return ret;
}

/* What an exec's process needs of the host is all in descriptors by now. */
static int leave_host(struct init_ctx *ctx, struct error *err)
{
	init_forget_environment();
	return init_exec_root(ctx, err) < 0 ? -1 : init_close_joined(ctx, err);
}

__attribute__((noreturn)) void init_join_main(struct init_ctx *ctx, bool exec)
{
	struct error err = {0};

	/*
	 * Before the container's PID namespace is entered: its processes must not trace
	 * this one or open its descriptors (CVE-2016-9962); and those that may trace all the same
	 * find neither the caller's environment nor, where the container has no mount namespace,
	 * the host's root. The OOM score's file belongs to the host's root from then on.
	 */
	if (init_oom_score(ctx, &err) == 0 && (!ctx->n_joins || confine_undumpable(&err) == 0) &&
	    join_all(ctx, &err) == 0 && (!exec || leave_host(ctx, &err) == 0) &&
	    open_listener_pipe(ctx, &err) == 0 && clone_init(ctx, exec, &err) == 0 &&
	    pass_listener(ctx, &err) == 0)
		_exit(EXIT_SUCCESS);
	error_wrap(&err, "namespaces");
	channel_send_error(ctx->channel_fd, &err);
	_exit(EXIT_FAILURE);
}
