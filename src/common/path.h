/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Paths inside a tree that somebody else wrote. They are resolved once, under a
 * root descriptor that plays the part of "/", and used as descriptors from then
 * on: openat2(2) with RESOLVE_IN_ROOT, or where the kernel does not have it a
 * walk that opens one component at a time and follows links itself.
 */
#ifndef RTL_COMMON_PATH_H
#define RTL_COMMON_PATH_H

#include <stdbool.h>
#include <sys/types.h>

#include "common/error.h"

/*
 * path_open_in_root() - open @path with "/" meaning @rootfd
 * @flags: open(2) flags; O_CLOEXEC is added. O_NOFOLLOW applies to the last component only.
 * Return: a descriptor the caller closes, or -1. ".." and absolute links stay inside the
 * root; magic links of proc are refused.
 */
int path_open_in_root(int rootfd, const char *path, int flags, struct error *err);

/*
 * path_make_in_root() - open @path as O_PATH, making what is missing
 * @is_dir: whether the last component is to be a directory (0755) or an empty file (0644);
 *          what exists is taken as it is, and a dangling link has its target made
 * Return: a descriptor the caller closes, or -1.
 */
int path_make_in_root(int rootfd, const char *path, bool is_dir, struct error *err);

/*
 * path_make_nofollow_in_root() - as path_make_in_root(), but a link as last component is opened
 *                                itself, whether its target is there or not
 */
int path_make_nofollow_in_root(int rootfd, const char *path, bool is_dir, struct error *err);

/*
 * path_open_parent_in_root() - directory that holds the last component of @path, made if missing
 * @ret_name: the last component, never "", "." or ".."; caller frees
 */
int path_open_parent_in_root(int rootfd, const char *path, char **ret_name, struct error *err);

/*
 * path_clean() - lexical normal form of @path: no empty, "." or ".." component, no trailing
 * slash; ".." at the root is dropped; absolute stays absolute. Caller frees.
 */
char *path_clean(const char *path);

/* path_absolute() - @path made absolute against the working directory, then cleaned; caller frees.
 * NULL with the error if the working directory is gone. */
char *path_absolute(const char *path, struct error *err);

/* path_fd_link() - "/proc/self/fd/N" for calls that take only a path. */
struct path_fd_link {
	char s[sizeof("/proc/self/fd/") + 11];
};
struct path_fd_link path_fd_link(int fd);

#endif
