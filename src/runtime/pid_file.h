/* SPDX-License-Identifier: Apache-2.0 */
/* --pid-file: the PID as decimal text, complete as soon as the file can be seen. */
#ifndef RTL_RUNTIME_PID_FILE_H
#define RTL_RUNTIME_PID_FILE_H

#include <sys/types.h>

#include "common/error.h"

/* pid_file_write() - write @pid to @path, replacing what is there; a NULL @path is nothing to do.
 */
int pid_file_write(const char *path, pid_t pid, struct error *err);

#endif
