/* SPDX-License-Identifier: Apache-2.0 */
/* See ns.h. */
#include "kernel/ns.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "common/cleanup.h"
#include "kernel/syscalls.h"

const struct ns_kind ns_kinds[] = {
	{"user", "user", CLONE_NEWUSER},       {"mount", "mnt", CLONE_NEWNS},
	{"pid", "pid", CLONE_NEWPID},          {"network", "net", CLONE_NEWNET},
	{"ipc", "ipc", CLONE_NEWIPC},          {"uts", "uts", CLONE_NEWUTS},
	{"cgroup", "cgroup", CLONE_NEWCGROUP}, {"time", "time", CLONE_NEWTIME},
};
const size_t ns_n_kinds = sizeof(ns_kinds) / sizeof(ns_kinds[0]);

int ns_join(int fd, int flag, const char *name, struct error *err)
{
	return setns(fd, flag) < 0 ? error_errno(err, "join %s namespace", name) : 0;
}

int ns_unshare(int flags, struct error *err)
{
	return unshare(flags) < 0 ? error_errno(err, "create namespaces (%#x)", (unsigned)flags)
	                          : 0;
}

bool ns_is_own(int procfd, int fd, const char *proc_name)
{
	char path[32];
	struct stat own;
	struct stat other;

	snprintf(path, sizeof(path), "self/ns/%s", proc_name);
	return fstatat(procfd, path, &own, 0) == 0 && fstat(fd, &other) == 0 &&
	       own.st_dev == other.st_dev && own.st_ino == other.st_ino;
}

static const char *proc_name(int flag)
{
	size_t i = 0;

	while (ns_kinds[i].flag != flag)
		i++;
	return ns_kinds[i].proc_name;
}

int ns_open(int procfd, pid_t pid, int flag)
{
	char path[32];

	snprintf(path, sizeof(path), "%d/ns/%s", pid, proc_name(flag));
	return openat(procfd, path, O_RDONLY | O_CLOEXEC);
}

int ns_is_shared(int procfd, pid_t pid, const struct ns_kind *kind)
{
	char path[32];
	struct stat own;
	struct stat other;

	snprintf(path, sizeof(path), "self/ns/%s", kind->proc_name);
	if (fstatat(procfd, path, &own, 0) < 0)
		return errno == ENOENT ? 1 : -1;
	snprintf(path, sizeof(path), "%d/ns/%s", pid, kind->proc_name);
	if (fstatat(procfd, path, &other, 0) < 0)
		return -1;
	return own.st_dev == other.st_dev && own.st_ino == other.st_ino;
}

/* The initial namespace has the whole map, and nobody else can have been given it. */
bool ns_is_initial_user(int procfd)
{
	char text[64];
	unsigned inside;
	unsigned outside;
	unsigned count;
	auto_fd int fd = openat(procfd, "self/uid_map", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (n < 0)
		return true;
	text[n] = '\0';
	return sscanf(text, "%u %u %u", &inside, &outside, &count) == 3 && inside == 0 &&
	       outside == 0 && count == 4294967295U;
}
