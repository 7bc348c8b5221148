/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The host's ps(1), and of its output the lines of some processes: so every option that
 * ps has can be given. Process: runtime parent.
 */
#ifndef RTL_RUNTIME_PS_PROGRAM_H
#define RTL_RUNTIME_PS_PROGRAM_H

#include <stddef.h>
#include <sys/types.h>

#include "common/error.h"
#include "common/str.h"

/*
 * ps_program_run() - what ps prints
 * @args: its options, NULL-terminated; none: -ef
 * @ret:  caller frees
 * Return: 0, or -1; ERR_UNSUPPORTED if there is no ps in PATH.
 */
int ps_program_run(char *const *args, char **ret, struct error *err);

/*
 * ps_program_filter() - of @text, which ps printed, the heading and the lines of @pids
 * @pids: ascending
 * Return: 0, or -1 with ERR_INVALID if it has no column PID, or no number stands there.
 */
int ps_program_filter(const char *text, const pid_t *pids, size_t n_pids, struct str *out,
                      struct error *err);

#endif
