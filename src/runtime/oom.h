/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Being told that a container ran out of memory: memory.events on cgroup v2, an eventfd on
 * memory.oom_control on v1. Process: runtime parent.
 */
#ifndef RTL_RUNTIME_OOM_H
#define RTL_RUNTIME_OOM_H

#include <stdbool.h>
#include <stdint.h>

#include "common/cleanup.h"

/* A watch; poll(2) fd for events. */
struct oom {
	int fd;         /* -1: the memory controller does not watch this container */
	short events;   /* POLLIN or POLLPRI */
	int dir_fd;     /* v1: the cgroup, whose removal is told in the same way */
	uint64_t kills; /* v2: how many there were */
};

/* A watch that is none. */
#define OOM_NONE                                                                                   \
	{                                                                                          \
		.fd = -1, .dir_fd = -1                                                             \
	}

/* oom_open() - watch the cgroup at @path, as the state records it; NULL: there is none. */
void oom_open(const char *path, struct oom *ret);

/* oom_happened() - once fd is ready: did the container run out of memory? */
bool oom_happened(struct oom *oom);

/* oom_has_killed() - has the kernel ended a process of the cgroup at @path (NULL: none) for memory?
 */
bool oom_has_killed(const char *path);

/* oom_close() - end the watch. */
void oom_close(struct oom *oom);

#define auto_oom auto_call(oom_close)

#endif
