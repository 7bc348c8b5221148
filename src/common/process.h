/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Processes. This is the only file that forks or clones. A process is held by its
 * pidfd where the kernel has one (5.2); where it does not, functions that take a
 * pidfd accept -1 and fall back to the PID of a child that was not yet waited for.
 */
#ifndef RTL_COMMON_PROCESS_H
#define RTL_COMMON_PROCESS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/error.h"

/* What process_clone() is to make. */
struct process_clone {
	uint64_t flags; /* CLONE_NEW*, CLONE_PARENT, CLONE_FILES; nothing that shares memory */
	int cgroup_fd;  /* cgroup v2 directory to start in (CLONE_INTO_CGROUP), or -1 */
};

/*
 * process_clone() - fork with namespaces
 * @ret_pidfd: pidfd of the child, or -1 where the kernel has none; may be NULL
 *
 * clone3(2), or clone(2) where that answers ENOSYS or EPERM; a cgroup_fd then gives
 * ERR_UNSUPPORTED and the caller moves the child by writing cgroup.procs.
 * Return: the child's PID in the parent, 0 in the child, -1 on failure.
 */
pid_t process_clone(const struct process_clone *args, int *ret_pidfd, struct error *err);

/* process_pidfd_open() - pidfd of @pid; -1 with errno (ESRCH: no such process; ENOSYS: no pidfds).
 */
int process_pidfd_open(pid_t pid);

/*
 * process_signal() - send @sig through @pidfd, or to @pid if @pidfd is -1
 * Return: 0, or -1 with errno (ESRCH when the process has ended).
 */
int process_signal(int pidfd, pid_t pid, int sig);

/*
 * process_wait() - wait for the child @pid and reap it
 * Return: its wait status as waitpid(2) gives it, or -1.
 */
int process_wait(pid_t pid, struct error *err);

/* process_exit_status() - a wait status as a shell's exit status: code, or 128 + signal. */
int process_exit_status(int wait_status);

/*
 * process_start_time() - when @pid started, in clock ticks since boot (proc_pid_stat(5), field 22)
 * @procfd: descriptor of /proc
 * Return: 0; -1 with errno ESRCH or ENOENT if there is no such process or only a zombie.
 */
int process_start_time(int procfd, pid_t pid, uint64_t *ret);

/* process_pidfd_inode() - inode of a pidfd where it names one process (pidfs, 6.9), else 0. */
uint64_t process_pidfd_inode(int pidfd);

/* A program to be run to its end: a hook, newuidmap. */
struct process_command {
	const char *path;
	char *const *argv;
	char *const *envp; /* NULL: the caller's environment */
	int stdin_fd;      /* -1: /dev/null */
	/* stdout and stderr; -1 for one that is kept for the message; NULL: both are */
	const int *output_fds;
	int timeout_ms; /* 0: none; when it passes the program is killed: ERR_LIMIT */
};

/* A program under way; plain data. */
struct process_running {
	pid_t pid;
	int pidfd;
	int output_fd; /* its stdout and stderr */
};

/* process_spawn() - start @cmd; its standard output and error are kept for the error message. */
int process_spawn(const struct process_command *cmd, struct process_running *ret,
                  struct error *err);

/*
 * process_finish() - wait for a spawned program
 * Return: 0 if it exited with status 0; else -1 with a message that ends in the last line of
 * its output.
 */
int process_finish(const struct process_command *cmd, struct process_running *running,
                   struct error *err);

/* process_run() - process_spawn() and process_finish(). */
int process_run(const struct process_command *cmd, struct error *err);

/*
 * process_close_except() - close every descriptor from @first on but the @n in @keep
 * @procfd: /proc, whose self/fd is read where the kernel lacks close_range(2); closed as well
 * @keep:   sorted by this call; negative members are passed over
 */
int process_close_except(int procfd, unsigned first, int *keep, size_t n, struct error *err);

#endif
