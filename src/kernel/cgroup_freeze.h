/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stopping all processes of one cgroup directory and below: cgroup.freeze on v2 (5.2), the
 * freezer controller on v1. The kernel's cgroup-v2.rst and freezer-subsystem.rst.
 *
 * On v2 a frozen process still dies of SIGKILL; on v1 it dies when it is thawed.
 */
#ifndef RTL_KERNEL_CGROUP_FREEZE_H
#define RTL_KERNEL_CGROUP_FREEZE_H

#include <stdbool.h>

#include "common/error.h"

/* A process in an uninterruptible call may take its time. */
#define CGROUP_FREEZE_TIMEOUT_MS 10000

/*
 * cgroup_freeze_set() - freeze or thaw @dir_fd, and wait until the kernel says that it is so
 *
 * What cannot be frozen in @timeout_ms is thawed again.
 * Return: 0, or -1; ERR_UNSUPPORTED if the directory has neither file, ERR_NOT_FOUND if it was
 *         removed, ERR_LIMIT when the time was over.
 */
int cgroup_freeze_set(int dir_fd, bool is_frozen, int timeout_ms, struct error *err);

/*
 * cgroup_freeze_get() - was @dir_fd itself told to freeze?
 * Return: 1 or 0; -1 if it cannot be told: neither file is there.
 */
int cgroup_freeze_get(int dir_fd);

#endif
