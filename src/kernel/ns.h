/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Namespaces. setns(2) and unshare(2) stand only here; their callers are
 * runtime/init/join.c (a container's namespaces given by path, exec) and
 * runtime/init/namespaces.c (cgroup and time, which must not come from clone).
 */
#ifndef RTL_KERNEL_NS_H
#define RTL_KERNEL_NS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "common/error.h"

/* One kind of namespace. */
struct ns_kind {
	const char *name;      /* as the spec calls it */
	const char *proc_name; /* file below /proc/PID/ns */
	int flag;              /* CLONE_NEW* */
};

/* All kinds; the user namespace stands first. */
extern const struct ns_kind ns_kinds[];
extern const size_t ns_n_kinds;

/*
 * ns_join() - enter the namespace at @fd, a CLONE_NEW* @flag or 0; or those of the process at pidfd
 *             @fd, several flags; @name is for the message
 */
int ns_join(int fd, int flag, const char *name, struct error *err);

/* ns_unshare() - leave for new namespaces of the kinds in @flags. */
int ns_unshare(int flags, struct error *err);

/* ns_is_own() - is the namespace at @fd the one of kind @proc_name that this process is in? */
bool ns_is_own(int procfd, int fd, const char *proc_name);

/* ns_open() - the namespace of kind @flag of process @pid; the caller closes; -1 with errno. */
int ns_open(int procfd, pid_t pid, int flag);

/*
 * ns_is_shared() - is process @pid in the same namespace of this kind as this process?
 * Return: 1 if so, or if the kernel has no such kind; 0 if not; -1 with errno.
 */
int ns_is_shared(int procfd, pid_t pid, const struct ns_kind *kind);

/* ns_is_initial_user() - is this process in the initial user namespace (or one that maps all IDs)?
 */
bool ns_is_initial_user(int procfd);

#endif
