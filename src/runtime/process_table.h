/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Processes as a table, read from /proc: what `ps -ef` prints, for a host without ps.
 * proc_pid_stat(5). Process: runtime parent.
 */
#ifndef RTL_RUNTIME_PROCESS_TABLE_H
#define RTL_RUNTIME_PROCESS_TABLE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "common/error.h"
#include "common/str.h"

/* What a stat file says. */
struct process_stat {
	char name[64]; /* the command's name, without its parentheses */
	pid_t ppid;
	unsigned tty;         /* device number as the kernel writes it; 0: none */
	uint64_t cpu_ticks;   /* used by the process itself, in user mode and in the kernel */
	uint64_t child_ticks; /* by children it has waited for */
	uint64_t user_ticks;  /* of both what was used in user mode */
	uint64_t start_ticks; /* since boot */
};

/* process_table_parse() - @text of a stat file; 0, or -1 if it is none. */
int process_table_parse(const char *text, struct process_stat *ret);

/* process_table_tty() - "pts/3", "tty1", "ttyS0", or "?". */
void process_table_tty(unsigned device, char *ret, size_t size);

/*
 * process_table_format() - append heading and a line for each of @pids
 * @proc_fd: /proc
 *
 * Columns UID PID PPID C STIME TTY TIME CMD; a process that has ended is left out.
 */
int process_table_format(int proc_fd, const pid_t *pids, size_t n, struct str *out,
                         struct error *err);

#endif
