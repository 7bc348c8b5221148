/* SPDX-License-Identifier: Apache-2.0 */
/* The parent's side of the init channel; a child of the test plays the init. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/process.h"
#include "runtime/init/channel.h"
#include "runtime/launch.h"
#include "test.h"

/* Let a child run @init with its end of the channel; it exits with what that returns. */
static void begin(struct launch *launch, int (*init)(int fd, struct error *err), struct error *err)
{
	const struct process_clone plain = {.cgroup_fd = -1};
	int ends[2];

	signal(SIGPIPE, SIG_IGN);
	REQUIRE_OK(channel_open(ends, err));
	launch->pid = process_clone(&plain, &launch->pidfd, err);
	REQUIRE_OK(launch->pid);
	if (launch->pid == 0) {
		close(ends[0]);
		_exit(init(ends[1], err) < 0 ? 1 : 0);
	}
	close(ends[1]);
	launch->channel_fd = ends[0];
}

static int status_of(struct launch *launch, struct error *err)
{
	int status = process_wait(launch->pid, err);

	launch->pid = -1;
	return process_exit_status(status);
}

static int play_ready(int fd, struct error *err)
{
	if (channel_send(fd, STEP_READY, 0, err) < 0)
		return -1;
	return channel_expect(fd, STEP_START, NULL, err);
}

TEST(an_init_that_is_ready_is_let_go_and_its_exec_is_the_end_of_the_channel)
{
	struct launch launch = LAUNCH_NONE;

	begin(&launch, play_ready, err);
	EXPECT_OK(launch_wait_ready(&launch, err));
	EXPECT_INT(launch.master_fd, -1);
	EXPECT_OK(launch_start(&launch, err));
	EXPECT_OK(launch_wait_exec(&launch, err));
	EXPECT_INT(status_of(&launch, err), 0);
	launch_clear(&launch);
	EXPECT(launch.channel_fd == -1 && launch.pidfd == -1);
}

static int play_terminal(int fd, struct error *err)
{
	auto_fd int null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (channel_send_fd(fd, STEP_TERMINAL, null_fd, err) < 0)
		return -1;
	return play_ready(fd, err);
}

TEST(the_terminal_is_kept)
{
	struct launch launch = LAUNCH_NONE;
	struct stat one;
	struct stat two;

	begin(&launch, play_terminal, err);
	EXPECT_OK(launch_wait_ready(&launch, err));
	EXPECT(fstat(launch.master_fd, &one) == 0 && stat("/dev/null", &two) == 0 &&
	       one.st_rdev == two.st_rdev);
	EXPECT_INT(fcntl(launch.master_fd, F_GETFD), FD_CLOEXEC);
	launch_abort(&launch);
	launch_clear(&launch);
}

static int play_hooks(int fd, struct error *err)
{
	if (channel_send(fd, STEP_HOOKS, 0, err) < 0 ||
	    channel_expect(fd, STEP_HOOKED, NULL, err) < 0)
		return -1;
	return play_ready(fd, err);
}

static int count_hooks(struct launch *launch, void *data, struct error *err)
{
	int *n = data;

	(void)launch;
	(void)err;
	++*n;
	return 0;
}

TEST(hooks_run_while_the_init_waits)
{
	struct launch launch = LAUNCH_NONE;
	int n = 0;

	launch.on_hooks = count_hooks;
	launch.data = &n;
	begin(&launch, play_hooks, err);
	EXPECT_OK(launch_wait_ready(&launch, err));
	EXPECT_INT(n, 1);
	launch_abort(&launch);
	launch_clear(&launch);
}

static int fail_hooks(struct launch *launch, void *data, struct error *err)
{
	(void)launch;
	(void)data;
	return error_set(err, ERR_SYSTEM, "hooks.prestart[0]: no");
}

TEST(an_init_whose_hooks_failed_is_not_told_to_go_on)
{
	struct launch launch = LAUNCH_NONE;

	launch.on_hooks = fail_hooks;
	begin(&launch, play_hooks, err);
	EXPECT_ERROR(launch_wait_ready(&launch, err), ERR_SYSTEM, "hooks.prestart[0]: no");
	fd_close(&launch.channel_fd);
	EXPECT_INT(status_of(&launch, err), 1);
	launch_clear(&launch);
}

TEST(hooks_that_nobody_has_are_out_of_turn)
{
	struct launch launch = LAUNCH_NONE;

	begin(&launch, play_hooks, err);
	EXPECT_ERROR(launch_wait_ready(&launch, err), ERR_INVALID,
	             "init channel: unexpected step 4");
	launch_abort(&launch);
	launch_clear(&launch);
}

static int play_failure(int fd, struct error *err)
{
	error_set(err, ERR_DENIED, "mounts: mount proc on /proc: Operation not permitted");
	channel_send_error(fd, err);
	return 0;
}

TEST(the_error_of_the_init_is_the_error)
{
	struct launch launch = LAUNCH_NONE;

	begin(&launch, play_failure, err);
	EXPECT_ERROR(launch_wait_ready(&launch, err), ERR_DENIED,
	             "mounts: mount proc on /proc: Operation not permitted");
	launch_abort(&launch);
	launch_clear(&launch);
}

static int play_exec_failure(int fd, struct error *err)
{
	if (play_ready(fd, err) < 0)
		return -1;
	error_set(err, ERR_EXEC_NOT_FOUND, "execute x: No such file or directory");
	channel_send_error(fd, err);
	return 0;
}

TEST(a_program_that_cannot_be_executed_is_told)
{
	struct launch launch = LAUNCH_NONE;

	begin(&launch, play_exec_failure, err);
	EXPECT_OK(launch_wait_ready(&launch, err));
	EXPECT_OK(launch_start(&launch, err));
	EXPECT_ERROR(launch_wait_exec(&launch, err), ERR_EXEC_NOT_FOUND,
	             "execute x: No such file or directory");
	launch_abort(&launch);
	launch_clear(&launch);
}

static int play_death(int fd, struct error *err)
{
	(void)fd;
	(void)err;
	return raise(SIGKILL);
}

TEST(an_init_that_ends_while_it_is_set_up_is_an_error)
{
	struct launch launch = LAUNCH_NONE;

	begin(&launch, play_death, err);
	EXPECT_ERROR(launch_wait_ready(&launch, err), ERR_SYSTEM,
	             "the container's init ended while it was set up");
	launch_abort(&launch);
	launch_clear(&launch);
}

static int play_twice_ready(int fd, struct error *err)
{
	if (play_ready(fd, err) < 0)
		return -1;
	return channel_send(fd, STEP_READY, 0, err);
}

TEST(nothing_but_the_end_or_an_error_follows_the_start)
{
	struct launch launch = LAUNCH_NONE;

	begin(&launch, play_twice_ready, err);
	EXPECT_OK(launch_wait_ready(&launch, err));
	EXPECT_OK(launch_start(&launch, err));
	EXPECT_ERROR(launch_wait_exec(&launch, err), ERR_INVALID,
	             "init channel: unexpected step 7");
	launch_abort(&launch);
	launch_clear(&launch);
}

static int play_for_ever(int fd, struct error *err)
{
	(void)fd;
	(void)err;
	while (pause() < 0)
		;
	return 0;
}

TEST(an_init_that_is_given_up_is_killed_and_reaped)
{
	struct launch launch = LAUNCH_NONE;
	pid_t pid;

	begin(&launch, play_for_ever, err);
	pid = launch.pid;
	launch_abort(&launch);
	EXPECT(waitpid(pid, NULL, 0) < 0 && errno == ECHILD);
	EXPECT(launch.pid == -1 && launch.pidfd == -1);
	launch_abort(&launch);
	launch_clear(&launch);
}

TEST(a_process_that_was_never_made_is_not_killed)
{
	struct launch launch = LAUNCH_NONE;

	launch_abort(&launch);
	launch.pid = 0;
	launch_abort(&launch);
	launch_clear(&launch);
	EXPECT_INT(launch.pidfd, -1);
}

static int play_listener(int fd, struct error *err)
{
	auto_fd int null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	/* an init that is ready at once may be faster than its joiner */
	if (channel_send(fd, STEP_READY, 0, err) < 0 ||
	    channel_send_fd(fd, STEP_LISTENER, null_fd, err) < 0)
		return -1;
	return channel_expect(fd, STEP_START, NULL, err);
}

static int count_listener(struct launch *launch, int fd, void *data, struct error *err)
{
	(void)err;
	EXPECT(fcntl(fd, F_GETFD) >= 0);
	EXPECT_INT(launch->joiner, -1);
	++*(int *)data;
	return 0;
}

static pid_t fork_joiner(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	return pid;
}

TEST(an_init_is_ready_when_its_listener_has_come_as_well)
{
	struct launch launch = LAUNCH_NONE;
	struct init_ctx ctx = {.has_listener = true};
	int n_listeners = 0;
	pid_t joiner;

	begin(&launch, play_listener, err);
	launch.ctx = &ctx;
	launch.joiner = joiner = fork_joiner();
	launch.on_listener = count_listener;
	launch.data = &n_listeners;
	EXPECT_OK(launch_wait_ready(&launch, err));
	EXPECT_INT(n_listeners, 1);
	EXPECT(waitpid(joiner, NULL, 0) < 0 && errno == ECHILD);
	EXPECT_OK(launch_start(&launch, err));
	EXPECT_OK(launch_wait_exec(&launch, err));
	EXPECT_INT(status_of(&launch, err), 0);
	launch_clear(&launch);
}

TEST(an_init_that_dies_before_its_listener_is_noticed_though_the_channel_stays_open)
{
	struct launch launch = LAUNCH_NONE;
	struct init_ctx ctx = {.has_listener = true};
	int ends[2];

	REQUIRE_OK(channel_open(ends, err));
	launch.ctx = &ctx;
	launch.channel_fd = ends[0]; /* ends[1] stays open, as in a joiner */
	launch.joiner = fork_joiner();
	launch.pid = fork_joiner();
	EXPECT_ERROR(launch_wait_ready(&launch, err), ERR_SYSTEM,
	             "the container's init ended while it was set up");
	launch_abort(&launch);
	EXPECT_INT(launch.joiner, -1);
	launch_clear(&launch);
	close(ends[1]);
}

TEST(a_listener_that_nobody_asked_for_is_an_error)
{
	struct launch launch = LAUNCH_NONE;

	begin(&launch, play_listener, err);
	launch.joiner = fork_joiner();
	EXPECT_ERROR(launch_wait_ready(&launch, err), ERR_INVALID,
	             "init channel: unexpected step 6");
	launch_abort(&launch);
	launch_clear(&launch);
}
