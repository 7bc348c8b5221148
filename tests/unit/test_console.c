/* SPDX-License-Identifier: Apache-2.0 */
/* --console-socket. */
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/mem.h"
#include "runtime/console.h"
#include "test.h"

/* What listens in place of the caller's; its path is put into @path. */
static int listen_at(struct sockaddr_un *addr)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	*addr = (struct sockaddr_un){.sun_family = AF_UNIX};
	snprintf(addr->sun_path, sizeof(addr->sun_path), "%s/s", test_dir());
	REQUIRE(fd >= 0 && bind(fd, (struct sockaddr *)addr, sizeof(*addr)) == 0 &&
	        listen(fd, 1) == 0);
	return fd;
}

/* The descriptor that arrives at @fd, and the text with it. */
static int receive(int fd, char *text, size_t size)
{
	struct iovec iov = {.iov_base = text, .iov_len = size - 1};
	union {
		char buf[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control;
	struct msghdr header = {.msg_iov = &iov,
	                        .msg_iovlen = 1,
	                        .msg_control = control.buf,
	                        .msg_controllen = sizeof(control.buf)};
	ssize_t n = recvmsg(fd, &header, MSG_CMSG_CLOEXEC);
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&header);
	int passed = -1;

	REQUIRE(n > 0);
	text[n] = '\0';
	if (cmsg && cmsg->cmsg_type == SCM_RIGHTS && cmsg->cmsg_len == CMSG_LEN(sizeof(int)))
		memcpy(&passed, CMSG_DATA(cmsg), sizeof(int));
	return passed;
}

TEST(the_terminal_arrives_with_its_name)
{
	struct sockaddr_un addr;
	auto_fd int listener = listen_at(&addr);
	auto_fd int fd = console_connect(addr.sun_path, err);
	auto_fd int master = open("/dev/null", O_RDWR | O_CLOEXEC);
	auto_fd int accepted = -1;
	auto_fd int passed = -1;
	struct stat one;
	struct stat two;
	char text[64];

	REQUIRE_OK(fd);
	EXPECT_INT(fcntl(fd, F_GETFD), FD_CLOEXEC);
	EXPECT_OK(console_hand_over(fd, master, err));
	accepted = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	passed = receive(accepted, text, sizeof(text));
	EXPECT_STR(text, "/dev/ptmx");
	EXPECT(fstat(passed, &one) == 0 && fstat(master, &two) == 0 && one.st_rdev == two.st_rdev);
}

TEST(a_socket_that_nobody_listens_at_is_named)
{
	struct sockaddr_un addr;
	auto_free char *missing = mem_printf("%s/missing", test_dir());
	auto_free char *missing_text =
		mem_printf("connect to --console-socket %s: No such file or directory", missing);
	auto_free char *refused_text = NULL;

	EXPECT_ERROR(console_connect(missing, err), ERR_NOT_FOUND, missing_text);
	close(listen_at(&addr));
	refused_text =
		mem_printf("connect to --console-socket %s: Connection refused", addr.sun_path);
	EXPECT_ERROR(console_connect(addr.sun_path, err), ERR_SYSTEM, refused_text);
}

TEST(a_path_that_does_not_fit_is_refused_and_not_cut)
{
	auto_free char *longest = mem_printf("/%0107d", 1);
	auto_free char *text = mem_printf("--console-socket %s: longer than 107 bytes", longest);

	EXPECT_ERROR(console_connect(longest, err), ERR_INVALID, text);
	longest[107] = '\0';
	EXPECT(console_connect(longest, err) < 0);
	EXPECT_INT(err->kind, ERR_NOT_FOUND);
}

TEST(a_caller_that_went_away_is_an_error)
{
	auto_fd int null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	int ends[2];

	REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
	close(ends[1]);
	EXPECT_ERROR(console_hand_over(ends[0], null_fd, err), ERR_SYSTEM,
	             "send the terminal over --console-socket: Broken pipe");
	close(ends[0]);
}

TEST(terminal_socket_and_detachment_go_together)
{
	EXPECT_OK(console_check(false, NULL, true, err));
	EXPECT_OK(console_check(false, NULL, false, err));
	EXPECT_OK(console_check(true, NULL, false, err));
	EXPECT_OK(console_check(true, "/s", true, err));
	EXPECT_OK(console_check(true, "/s", false, err));
	EXPECT_ERROR(console_check(false, "/s", true, err), ERR_INVALID,
	             "--console-socket: the process has no terminal (process.terminal)");
	EXPECT_ERROR(console_check(true, NULL, true, err), ERR_INVALID,
	             "a detached process with a terminal needs --console-socket");
}
