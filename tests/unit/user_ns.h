/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A user and a mount namespace of the process's own, so that an ordinary user may mount as well:
 * for bodies of test_child().
 */
#pragma once

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "test.h"

static inline void user_ns_put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		test_skip("ID maps cannot be written here");
	close(fd);
}

/* user_ns_enter() - be root of a new user namespace with mounts of its own; skips if it cannot. */
static inline void user_ns_enter(void)
{
	unsigned uid = geteuid();
	unsigned gid = getegid();
	char text[64];

	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
		test_skip("user namespaces cannot be made here");
	user_ns_put("/proc/self/setgroups", "deny");
	snprintf(text, sizeof(text), "0 %u 1", uid);
	user_ns_put("/proc/self/uid_map", text);
	snprintf(text, sizeof(text), "0 %u 1", gid);
	user_ns_put("/proc/self/gid_map", text);
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("tmpfs", test_dir(), "tmpfs", 0, "mode=755") < 0)
		test_skip("nothing can be mounted here");
}
