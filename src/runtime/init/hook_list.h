/* SPDX-License-Identifier: Apache-2.0 */
/* One list of hooks, run in order by whichever process calls this. */
#ifndef RTL_RUNTIME_INIT_HOOK_LIST_H
#define RTL_RUNTIME_INIT_HOOK_LIST_H

#include <stddef.h>

#include "common/error.h"
#include "libocispec/oci_config.h"

/*
 * hook_list_run() - run the @n hooks of @list
 * @stage:    name of the member, for messages
 * @state_fd: file with the state document, given to each on standard input from its start
 *
 * Return: 0; -1 at the first that fails, with the end of what it said.
 */
int hook_list_run(const char *stage, const struct oci_hook *list, size_t n, int state_fd,
                  struct error *err);

/*
 * hook_list_run_to() - the same, with files for what the hooks say
 * @output_fds: for standard output and error; -1 for one that is kept for the message
 */
int hook_list_run_to(const char *stage, const struct oci_hook *list, size_t n, int state_fd,
                     const int output_fds[2], struct error *err);

#endif
