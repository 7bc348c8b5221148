/* SPDX-License-Identifier: Apache-2.0 */
/* See oom.h. The kernel's cgroup-v2.rst and cgroup-v1/memory.rst, OOM Control. */
#include "runtime/oom.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "kernel/cgroup.h"
#include "kernel/cgroup_tree.h"

#define V1_FILE "memory.oom_control"

/* How often a process was killed. The read is what the next poll compares with; -1: removed. */
static int read_kills(int fd, uint64_t *ret)
{
	char text[1024];
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);
	const char *line;

	if (n < 0)
		return -1;
	text[n] = '\0';
	line = strstr(text, "oom_kill ");
	*ret = line ? strtoull(line + strlen("oom_kill "), NULL, 10) : 0;
	return 0;
}

static void open_v2(int dir_fd, struct oom *ret)
{
	auto_fd int fd = openat(dir_fd, "memory.events", O_RDONLY | O_CLOEXEC);

	if (fd < 0 || read_kills(fd, &ret->kills) < 0)
		return;
	ret->fd = fd_take(&fd);
	ret->events = POLLPRI;
}

static void open_v1(int dir_fd, struct oom *ret)
{
	auto_fd int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	auto_fd int file_fd = openat(dir_fd, V1_FILE, O_RDONLY | O_CLOEXEC);
	auto_fd int control_fd = openat(dir_fd, "cgroup.event_control", O_WRONLY | O_CLOEXEC);
	char text[32];
	int n = snprintf(text, sizeof(text), "%d %d", fd, file_fd);

	if (fd < 0 || file_fd < 0 || control_fd < 0 || write(control_fd, text, (size_t)n) != n)
		return;
	ret->fd = fd_take(&fd);
	ret->events = POLLIN;
	ret->dir_fd = fcntl(dir_fd, F_DUPFD_CLOEXEC, 3);
}

void oom_open(const char *path, struct oom *ret)
{
	auto_cgroup_layout struct cgroup_layout layout = {0};
	struct error ignored;

	*ret = (struct oom)OOM_NONE;
	if (!path || cgroup_layout_find(&layout, &ignored) < 0)
		return;
	for (size_t i = 0; i < layout.n_v1; i++) {
		auto_fd int fd = -1;

		if (!cgroup_has_controller(layout.v1[i].controllers, "memory"))
			continue;
		fd = cgroup_tree_open_in(&layout.v1[i], path);
		if (fd >= 0)
			open_v1(fd, ret);
		return;
	}
	auto_fd int fd = cgroup_tree_open_in(&layout.v2, path);

	if (fd >= 0)
		open_v2(fd, ret);
}

bool oom_has_killed(const char *path)
{
	auto_oom struct oom oom = OOM_NONE;
	auto_fd int fd = -1;

	oom_open(path, &oom);
	if (oom.dir_fd >= 0) {
		fd = openat(oom.dir_fd, V1_FILE, O_RDONLY | O_CLOEXEC);
		if (fd < 0 || read_kills(fd, &oom.kills) < 0)
			return false;
	}
	return oom.kills > 0;
}

bool oom_happened(struct oom *oom)
{
	uint64_t before = oom->kills;
	uint64_t count;

	if (oom->events == POLLIN)
		return read(oom->fd, &count, sizeof(count)) == sizeof(count) &&
		       faccessat(oom->dir_fd, V1_FILE, F_OK, 0) == 0;
	if (read_kills(oom->fd, &oom->kills) == 0)
		return oom->kills > before;
	/* the cgroup is gone, and poll(2) would say so for ever */
	oom_close(oom);
	return false;
}

void oom_close(struct oom *oom)
{
	fd_close(&oom->fd);
	fd_close(&oom->dir_fd);
}
