/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Directories of one cgroup hierarchy, v1 or v2: made, joined, listed, killed, removed.
 * A path is taken below the descriptor of the hierarchy's mount point; its leading
 * slash is not looked at, and it never holds "..".
 */
#ifndef RTL_KERNEL_CGROUP_TREE_H
#define RTL_KERNEL_CGROUP_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "common/error.h"

/* Removal waits this long for processes on their way out. */
#define CGROUP_TREE_TIMEOUT_MS 1000

struct cgroup_hierarchy;

/* cgroup_tree_open_mount() - O_PATH descriptor of a hierarchy's mount point; -1 with errno. */
int cgroup_tree_open_mount(const struct cgroup_hierarchy *hierarchy);

/* cgroup_tree_open_in() - O_PATH descriptor of @path below the mount point; -1 with errno. */
int cgroup_tree_open_in(const struct cgroup_hierarchy *hierarchy, const char *path);

/* cgroup_tree_open() - O_PATH descriptor of the directory @path; -1 with errno. */
int cgroup_tree_open(int root_fd, const char *path);

/*
 * cgroup_tree_make() - make @path and the directories above it
 * @ret_is_new: whether @path itself did not exist; may be NULL
 * Return: 0, or -1 with errno.
 */
int cgroup_tree_make(int root_fd, const char *path, bool *ret_is_new);

/* cgroup_tree_init_cpuset() - v1: give every directory down @path without CPUs or memory nodes
 * those of its parent; a process cannot enter it before. */
int cgroup_tree_init_cpuset(int root_fd, const char *path, struct error *err);

/*
 * cgroup_tree_enable() - v2: let the children of every directory above @path have @controller
 *
 * Directories in which it is enabled already may be read-only.
 * Return: 0, or -1 with ERR_UNSUPPORTED and a text that completes "cannot be applied: ".
 */
int cgroup_tree_enable(int root_fd, const char *path, const char *controller, struct error *err);

/* cgroup_tree_attach() - move process @pid into @dir_fd; 0, or -1 with errno. */
int cgroup_tree_attach(int dir_fd, pid_t pid);

/* cgroup_tree_is_populated() - is there any process at @dir_fd or below? */
bool cgroup_tree_is_populated(int dir_fd);

/*
 * cgroup_tree_pids() - processes at @dir_fd and below
 * @ret: array the caller frees; NULL for none. Processes outside of the caller's PID
 *       namespace are left out.
 */
int cgroup_tree_pids(int dir_fd, pid_t **ret, size_t *ret_n, struct error *err);

/*
 * cgroup_tree_kill() - send @sig once to every process at @dir_fd and below
 *
 * cgroup.kill for SIGKILL if the kernel has it (5.14). Else the list is read until it holds no
 * new process; one is signalled only if it is still listed after its pidfd was opened.
 */
int cgroup_tree_kill(int dir_fd, int sig, struct error *err);

/*
 * cgroup_tree_remove() - remove @path and what is below it, deepest first
 *
 * Waits for processes that are ending, in all CGROUP_TREE_TIMEOUT_MS. A path that does not exist
 * is no error.
 * Return: 0, or -1 with ERR_STATE if processes stay, or what the kernel said.
 */
int cgroup_tree_remove(int root_fd, const char *path, struct error *err);

#endif
