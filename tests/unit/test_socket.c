/* SPDX-License-Identifier: Apache-2.0 */
/* common/socket: descriptors on their way. */
#include "common/socket.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "common/cleanup.h"
#include "test.h"

static int receive_fd(int fd, char *text, size_t size)
{
	struct iovec iov = {.iov_base = text, .iov_len = size};
	char control[CMSG_SPACE(sizeof(int))] __attribute__((aligned(8)));
	struct msghdr header = {.msg_iov = &iov,
	                        .msg_iovlen = 1,
	                        .msg_control = control,
	                        .msg_controllen = sizeof(control)};
	struct cmsghdr *cmsg;
	int passed;

	if (recvmsg(fd, &header, MSG_CMSG_CLOEXEC) <= 0)
		return -1;
	cmsg = CMSG_FIRSTHDR(&header);
	if (!cmsg || cmsg->cmsg_type != SCM_RIGHTS)
		return -1;
	memcpy(&passed, CMSG_DATA(cmsg), sizeof(passed));
	return passed;
}

TEST(a_descriptor_arrives_with_its_data_and_stays_open_here)
{
	char text[16] = "";
	int ends[2];
	int pipe_fds[2];
	auto_fd int got = -1;
	struct stat sent;
	struct stat received;

	(void)err;
	REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
	REQUIRE(pipe(pipe_fds) == 0);
	REQUIRE(socket_send_fd(ends[0], "word", 4, pipe_fds[0]) == 0);
	got = receive_fd(ends[1], text, sizeof(text) - 1);
	EXPECT_STR(text, "word");
	REQUIRE(got >= 0 && got != pipe_fds[0]);
	EXPECT(fstat(got, &received) == 0 && fstat(pipe_fds[0], &sent) == 0);
	EXPECT(sent.st_ino == received.st_ino && sent.st_dev == received.st_dev);
	for (int i = 0; i < 2; i++) {
		close(ends[i]);
		close(pipe_fds[i]);
	}
}

TEST(a_peer_that_has_gone_is_an_error_and_no_signal)
{
	int ends[2];

	(void)err;
	REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
	close(ends[1]);
	EXPECT(socket_send_fd(ends[0], "word", 4, ends[0]) < 0 && errno == EPIPE);
	close(ends[0]);
}

TEST(what_is_not_open_is_not_sent)
{
	int ends[2];

	(void)err;
	REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
	EXPECT(socket_send_fd(ends[0], "word", 4, 999) < 0 && errno == EBADF);
	close(ends[0]);
	close(ends[1]);
}
