/* SPDX-License-Identifier: Apache-2.0 */
/* The init channel, both ends in one process. */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "runtime/init/channel.h"
#include "test.h"

static void open_ends(int ends[2], struct error *err)
{
	signal(SIGPIPE, SIG_IGN);
	REQUIRE_OK(channel_open(ends, err));
}

static void close_ends(int ends[2])
{
	close(ends[0]);
	close(ends[1]);
}

static int count_open(void)
{
	auto_dir DIR *dir = opendir("/proc/self/fd");
	int n = 0;

	while (dir && readdir(dir))
		n++;
	return n;
}

TEST(both_ends_close_on_exec)
{
	int ends[2];

	open_ends(ends, err);
	EXPECT_INT(fcntl(ends[0], F_GETFD), FD_CLOEXEC);
	EXPECT_INT(fcntl(ends[1], F_GETFD), FD_CLOEXEC);
	close_ends(ends);
}

TEST(steps_arrive_one_by_one_with_their_value)
{
	struct channel_message message;
	int ends[2];
	int value = 0;

	open_ends(ends, err);
	EXPECT_OK(channel_send(ends[1], STEP_CHILD, 12345, err));
	EXPECT_OK(channel_send(ends[1], STEP_READY, -1, err));
	EXPECT_OK(channel_expect(ends[0], STEP_CHILD, &value, err));
	EXPECT_INT(value, 12345);
	EXPECT_INT(channel_receive(ends[0], &message, NULL, err), 1);
	EXPECT_INT(message.step, STEP_READY);
	EXPECT_INT(message.value, -1);
	EXPECT_OK(channel_send(ends[0], STEP_START, 0, err));
	EXPECT_OK(channel_expect(ends[1], STEP_START, NULL, err));
	close_ends(ends);
}

TEST(the_end_of_the_other_side_is_told)
{
	struct channel_message message;
	int passed = 7;
	int ends[2];

	open_ends(ends, err);
	EXPECT_OK(channel_send(ends[1], STEP_READY, 0, err));
	close(ends[1]);
	EXPECT_OK(channel_expect(ends[0], STEP_READY, NULL, err));
	EXPECT_INT(channel_receive(ends[0], &message, &passed, err), 0);
	EXPECT_ERROR(channel_expect(ends[0], STEP_PLACED, NULL, err), ERR_SYSTEM,
	             "the other side ended before step 2");
	EXPECT_ERROR(channel_send(ends[0], STEP_START, 0, err), ERR_SYSTEM,
	             "send step 8 over the init channel: Broken pipe");
	EXPECT_ERROR(channel_send_fd(ends[0], STEP_TERMINAL, ends[0], err), ERR_SYSTEM,
	             "send a descriptor over the init channel: Broken pipe");
	close(ends[0]);
}

TEST(a_side_that_ends_with_unread_messages_has_ended_too)
{
	struct channel_message message;
	int ends[2];

	open_ends(ends, err);
	EXPECT_OK(channel_send(ends[0], STEP_PLACED, 0, err));
	close(ends[1]);
	EXPECT_INT(channel_receive(ends[0], &message, NULL, err), 0);
	close(ends[0]);
}

TEST(a_step_out_of_turn_is_an_error)
{
	int ends[2];

	open_ends(ends, err);
	EXPECT_OK(channel_send(ends[1], STEP_HOOKS, 0, err));
	EXPECT_ERROR(channel_expect(ends[0], STEP_PLACED, NULL, err), ERR_INVALID,
	             "init channel: step 4 instead of 2");
	close_ends(ends);
}

TEST(a_failure_comes_home_whole)
{
	struct error sent = {.kind = ERR_EXEC_DENIED, .errnum = 13};
	struct channel_message message;
	int ends[2];

	open_ends(ends, err);
	memset(sent.msg, 'x', sizeof(sent.msg) - 1);
	channel_send_error(ends[1], &sent);
	EXPECT_INT(channel_receive(ends[0], &message, NULL, err), -1);
	EXPECT_INT(err->kind, ERR_EXEC_DENIED);
	EXPECT_INT(err->errnum, 13);
	EXPECT_STR(err->msg, sent.msg);
	error_set(&sent, ERR_INVALID, "mounts: no");
	channel_send_error(ends[1], &sent);
	EXPECT_ERROR(channel_expect(ends[0], STEP_READY, NULL, err), ERR_INVALID, "mounts: no");
	close_ends(ends);
}

TEST(a_failure_without_an_end_of_text_gets_one)
{
	struct channel_message message = {.step = STEP_FAILED, .error = {.kind = ERR_STATE}};
	int ends[2];

	open_ends(ends, err);
	memset(message.error.msg, 'x', sizeof(message.error.msg));
	REQUIRE(write(ends[1], &message, sizeof(message)) == sizeof(message));
	EXPECT_INT(channel_receive(ends[0], &message, NULL, err), -1);
	EXPECT_INT(strlen(err->msg), sizeof(err->msg) - 1);
	close_ends(ends);
}

TEST(a_message_of_another_size_is_an_error)
{
	struct channel_message message = {.step = STEP_READY};
	char longer[sizeof(message) + 1] = {0};
	int ends[2];

	open_ends(ends, err);
	REQUIRE(write(ends[1], &message, 4) == 4);
	EXPECT_ERROR(channel_receive(ends[0], &message, NULL, err), ERR_INVALID,
	             "init channel: message of 4 bytes");
	REQUIRE(write(ends[1], longer, sizeof(longer) - 2) == sizeof(longer) - 2);
	EXPECT(channel_receive(ends[0], &message, NULL, err) < 0);
	EXPECT_INT(err->kind, ERR_INVALID);
	close_ends(ends);
}

TEST(a_descriptor_comes_with_its_step_and_closes_on_exec)
{
	struct channel_message message;
	struct stat one;
	struct stat two;
	int passed = -1;
	int ends[2];

	open_ends(ends, err);
	EXPECT_OK(channel_send_fd(ends[1], STEP_TERMINAL, ends[1], err));
	EXPECT_INT(channel_receive(ends[0], &message, &passed, err), 1);
	EXPECT_INT(message.step, STEP_TERMINAL);
	EXPECT_INT(fcntl(passed, F_GETFD), FD_CLOEXEC);
	EXPECT(fstat(passed, &one) == 0 && fstat(ends[1], &two) == 0 && one.st_ino == two.st_ino);
	close(passed);
	EXPECT_OK(channel_send(ends[1], STEP_READY, 0, err));
	EXPECT_INT(channel_receive(ends[0], &message, &passed, err), 1);
	EXPECT_INT(passed, -1);
	close_ends(ends);
}

/* Send @size bytes of a READY message with @n copies of @fd. */
static void send_fds(int to, size_t size, int fd, size_t n)
{
	struct channel_message message = {.step = STEP_READY};
	struct iovec iov = {.iov_base = &message, .iov_len = size};
	union {
		char buf[CMSG_SPACE(8 * sizeof(int))];
		struct cmsghdr align;
	} control = {0};
	struct msghdr header = {.msg_iov = &iov,
	                        .msg_iovlen = 1,
	                        .msg_control = control.buf,
	                        .msg_controllen = CMSG_SPACE(n * sizeof(int))};
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&header);

	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(n * sizeof(int));
	for (size_t i = 0; i < n; i++)
		memcpy(CMSG_DATA(cmsg) + i * sizeof(int), &fd, sizeof(int));
	REQUIRE(sendmsg(to, &header, 0) == (ssize_t)size);
}

TEST(descriptors_that_nobody_asked_for_are_closed)
{
	const size_t whole = offsetof(struct channel_message, error);
	struct channel_message message;
	int passed = -1;
	int ends[2];
	int before;

	open_ends(ends, err);
	before = count_open();
	for (size_t n = 1; n <= 8; n++) {
		send_fds(ends[1], whole, ends[1], n);
		EXPECT_INT(channel_receive(ends[0], &message, NULL, err), 1);
		send_fds(ends[1], whole, ends[1], n);
		EXPECT_INT(channel_receive(ends[0], &message, &passed, err), 1);
		EXPECT(passed >= 0);
		close(passed);
		send_fds(ends[1], 4, ends[1], n);
		EXPECT_INT(channel_receive(ends[0], &message, &passed, err), -1);
		send_fds(ends[1], 0, ends[1], n);
		EXPECT_INT(channel_receive(ends[0], &message, &passed, err), 0);
	}
	EXPECT_INT(count_open(), before);
	close_ends(ends);
}

TEST(what_is_no_channel_cannot_be_read)
{
	struct channel_message message;
	auto_fd int file = open("/dev/null", O_RDWR | O_CLOEXEC);

	EXPECT_ERROR(channel_receive(file, &message, NULL, err), ERR_SYSTEM,
	             "read the init channel: Socket operation on non-socket");
}
