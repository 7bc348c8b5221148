/* SPDX-License-Identifier: Apache-2.0 */
/* See cgroup_freeze.h. Process: any. */
#include "kernel/cgroup_freeze.h"

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/cleanup.h"

#define V1_FILE "freezer.state"

/* v1 says nothing when it is done: look this often. */
#define V1_INTERVAL_NS 1000000

/* What is written to which file, and what then stands where. */
struct freezer {
	const char *file;
	const char *frozen;
	const char *thawed;
	const char *state_file;
	const char *is_frozen;
	const char *is_thawed;
	bool is_polled; /* poll(2) tells of a change */
};

static const struct freezer freezers[] = {
	{"cgroup.freeze", "1", "0", "cgroup.events", "frozen 1", "frozen 0", true},
	{V1_FILE, "FROZEN", "THAWED", V1_FILE, "FROZEN", "THAWED", false},
};

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* One write; -1 with errno. */
static int write_text(int dir_fd, const char *file, const char *text)
{
	auto_fd int fd = openat(dir_fd, file, O_WRONLY | O_CLOEXEC);
	size_t n = strlen(text);

	return fd < 0 || write(fd, text, n) != (ssize_t)n ? -1 : 0;
}

/* The file from its beginning; these are a few dozen bytes. -1 with errno. */
static int read_text(int fd, char *ret, size_t size)
{
	ssize_t n = pread(fd, ret, size - 1, 0);

	if (n < 0)
		return -1;
	ret[n] = '\0';
	return 0;
}

static void wait_for_change(const struct freezer *freezer, int fd, int timeout_ms)
{
	const struct timespec interval = {.tv_nsec = V1_INTERVAL_NS};

	if (freezer->is_polled)
		poll(&(struct pollfd){.fd = fd, .events = POLLPRI}, 1, timeout_ms);
	else
		nanosleep(&interval, NULL);
}

/* Until @expected stands in the state's file. Return: 0; 1 when the time is over; -1 with errno. */
static int wait_for_state(const struct freezer *freezer, int dir_fd, bool is_frozen, int timeout_ms)
{
	const char *expected = is_frozen ? freezer->is_frozen : freezer->is_thawed;
	auto_fd int fd = openat(dir_fd, freezer->state_file, O_RDONLY | O_CLOEXEC);
	long end = now_ms() + timeout_ms;
	char text[256];

	if (fd < 0)
		return -1;
	for (;;) {
		long left = end - now_ms();

		if (read_text(fd, text, sizeof(text)) < 0)
			return -1;
		if (strstr(text, expected))
			return 0;
		if (left <= 0)
			return 1;
		wait_for_change(freezer, fd, (int)left);
		/* a process that was forked meanwhile is only seen when it is said again */
		if (!freezer->is_polled && is_frozen &&
		    write_text(dir_fd, freezer->file, freezer->frozen) < 0)
			return -1;
	}
}

static const struct freezer *find_freezer(int dir_fd)
{
	for (size_t i = 0; i < sizeof(freezers) / sizeof(*freezers); i++)
		if (faccessat(dir_fd, freezers[i].file, F_OK, 0) == 0)
			return &freezers[i];
	return NULL;
}

static int fail(const struct freezer *freezer, bool is_frozen, struct error *err)
{
	if (errno == ENODEV || errno == ENOENT)
		return error_set(err, ERR_NOT_FOUND, "%s: the cgroup was removed", freezer->file);
	return error_errno(err, "write %s to %s", is_frozen ? freezer->frozen : freezer->thawed,
	                   freezer->file);
}

int cgroup_freeze_set(int dir_fd, bool is_frozen, int timeout_ms, struct error *err)
{
	const struct freezer *freezer = find_freezer(dir_fd);
	int status;

	if (!freezer)
		return error_set(err, ERR_UNSUPPORTED,
		                 "the cgroup has neither cgroup.freeze (Linux 5.2) nor " V1_FILE);
	if (write_text(dir_fd, freezer->file, is_frozen ? freezer->frozen : freezer->thawed) < 0)
		return fail(freezer, is_frozen, err);
	status = wait_for_state(freezer, dir_fd, is_frozen, timeout_ms);
	if (status == 0)
		return 0;
	if (status < 0)
		return fail(freezer, is_frozen, err);
	if (is_frozen)
		write_text(dir_fd, freezer->file, freezer->thawed);
	return error_set(err, ERR_LIMIT, "%s: not every process could be %s within %d ms",
	                 freezer->file, is_frozen ? "frozen" : "thawed", timeout_ms);
}

int cgroup_freeze_get(int dir_fd)
{
	const struct freezer *freezer = freezers;
	char text[256];
	auto_fd int fd = openat(dir_fd, freezer->file, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		fd = openat(dir_fd, (++freezer)->file, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || read_text(fd, text, sizeof(text)) < 0)
		return -1;
	if (freezer == freezers)
		return text[0] == '1';
	/* FREEZING is on its way there */
	return strncmp(text, "FR", 2) == 0;
}
