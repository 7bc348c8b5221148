/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Groups of the resctrl filesystem: shares of caches and memory bandwidth, and their monitoring.
 * Documentation/filesystems/resctrl.rst of the kernel. Paths are relative to its root; "." is the
 * root group. Errors end in the reason that the kernel keeps in info/last_cmd_status.
 */
#ifndef RTL_KERNEL_RESCTRL_H
#define RTL_KERNEL_RESCTRL_H

#include <stdbool.h>
#include <sys/types.h>

#include "common/error.h"

/* resctrl_open() - the root directory, O_PATH; ERR_UNSUPPORTED where it is not mounted. */
int resctrl_open(struct error *err);

/* resctrl_make_group() - make group @path, in "mon_groups" one of monitoring; it may exist. */
int resctrl_make_group(int root_fd, const char *path, bool *ret_is_new, struct error *err);

/* resctrl_has_group() - is there a group @path? */
bool resctrl_has_group(int root_fd, const char *path);

/* resctrl_remove_group() - remove group @path; its tasks fall to its parent. None is fine. */
int resctrl_remove_group(int root_fd, const char *path, struct error *err);

/* resctrl_write_schemata() - write @lines, each with its newline, in one go. */
int resctrl_write_schemata(int root_fd, const char *path, const char *lines, struct error *err);

/*
 * resctrl_has_schema() - does group @path have the shares that @line names?
 *
 * Such as "L3:0=7f0;1=1f": numbers may be padded, domains that @line does not name do not count.
 * Return: 1 or 0, -1.
 */
int resctrl_has_schema(int root_fd, const char *path, const char *line, struct error *err);

/* resctrl_add_task() - move process @pid into group @path. */
int resctrl_add_task(int root_fd, const char *path, pid_t pid, struct error *err);

#endif
