/* SPDX-License-Identifier: Apache-2.0 */
/* See processes.h. Process: runtime parent. */
#include "runtime/processes.h"

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "common/file.h"
#include "common/mem.h"
#include "common/process.h"
#include "common/str.h"
#include "runtime/caller.h"

#define STATUS_MAX_BYTES (64u << 10)
#define STOP_INTERVAL_NS 1000000

/* A scan that finds everything at rest may have passed by a child made at its beginning. */
#define STOP_QUIET_SCANS 2

/* Which PID namespace @pid is in; a stat of the link needs the right to trace the process. */
static int pid_namespace(int procfd, pid_t pid, ino_t *ret)
{
	char path[32];
	struct stat st;

	snprintf(path, sizeof(path), "%d/ns/pid", pid);
	if (fstatat(procfd, path, &st, 0) < 0)
		return -1;
	*ret = st.st_ino;
	return 0;
}

static int find_namespace(const struct state *state, ino_t *ret, struct error *err)
{
	int procfd = caller_get()->proc_fd;
	ino_t own;

	if (pid_namespace(procfd, getpid(), &own) < 0 ||
	    pid_namespace(procfd, state->record->pid, ret) < 0)
		return error_errno(err, "find the PID namespace of container %s", state->id);
	if (*ret == own)
		return error_set(
			err, ERR_UNSUPPORTED,
			"container %s has neither a cgroup nor a PID namespace of its own: "
			"its processes cannot be told from others",
			state->id);
	return 0;
}

/* Calls @visit with every process of namespace @ns; it returns 0, or -1 to end. */
static int each_member(ino_t ns, int (*visit)(pid_t pid, ino_t ns, void *data, struct error *err),
                       void *data, struct error *err)
{
	int procfd = caller_get()->proc_fd;
	int list_fd = openat(procfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	auto_dir DIR *dir = list_fd < 0 ? NULL : fdopendir(list_fd);
	struct dirent *entry;
	uint64_t pid;
	ino_t found;

	if (!dir)
		return error_errno(err, "list processes");
	while ((entry = readdir(dir)))
		if (str_to_uint(entry->d_name, INT32_MAX, &pid) == 0 &&
		    pid_namespace(procfd, (pid_t)pid, &found) == 0 && found == ns &&
		    visit((pid_t)pid, ns, data, err) < 0)
			return -1;
	return 0;
}

struct pid_list {
	pid_t *v;
	size_t n;
};

static int append(pid_t pid, ino_t ns, void *data, struct error *err)
{
	struct pid_list *list = data;

	(void)ns;
	(void)err;
	mem_array_grow(list->v, list->n);
	list->v[list->n++] = pid;
	return 0;
}

int processes_list(const struct state *state, pid_t **ret, size_t *ret_n, struct error *err)
{
	struct pid_list list = {0};
	ino_t ns;

	if (find_namespace(state, &ns, err) < 0)
		return -1;
	if (each_member(ns, append, &list, err) < 0) {
		cleanup_free(&list.v);
		return -1;
	}
	*ret = list.v;
	*ret_n = list.n;
	return 0;
}

/* The namespace is asked for again once a pidfd holds the process. */
static int signal_one(pid_t pid, ino_t ns, void *data, struct error *err)
{
	const int *sig = data;
	auto_fd int pidfd = process_pidfd_open(pid);
	ino_t found;

	if (pid_namespace(caller_get()->proc_fd, pid, &found) < 0 || found != ns)
		return 0;
	if (process_signal(pidfd, pid, *sig) < 0 && errno != ESRCH)
		return error_errno(err, "send signal %d to process %d", *sig, pid);
	return 0;
}

int processes_signal(const struct state *state, int sig, struct error *err)
{
	ino_t ns;

	return find_namespace(state, &ns, err) < 0 ? -1 : each_member(ns, signal_one, &sig, err);
}

/* The value behind "@name:\t" in a status file, or "". */
static const char *status_value(const char *status, const char *name)
{
	const char *line = strstr(status, name);

	return line ? line + strlen(name) : "";
}

/*
 * Does @pid stand still? Stopped, traced or dead; or in the kernel until something happens, with
 * the signal waiting for the way out (a parent in vfork(2), a disk that does not answer).
 */
static bool is_at_rest(pid_t pid)
{
	auto_free char *status = NULL;
	struct error ignored;
	char path[32];
	uint64_t pending;

	snprintf(path, sizeof(path), "%d/status", pid);
	if (file_read(caller_get()->proc_fd, path, STATUS_MAX_BYTES, &status, &ignored) < 0)
		return true;
	pending = strtoull(status_value(status, "\nShdPnd:\t"), NULL, 16);
	switch (*status_value(status, "\nState:\t")) {
	case 'T':
	case 't':
	case 'Z':
	case 'X':
		return true;
	case 'D':
		return pending & UINT64_C(1) << (SIGSTOP - 1);
	default:
		return false;
	}
}

struct stopping {
	size_t n_moving;
};

static int stop_one(pid_t pid, ino_t ns, void *data, struct error *err)
{
	struct stopping *stopping = data;
	int sig = SIGSTOP;

	if (is_at_rest(pid))
		return 0;
	stopping->n_moving++;
	return signal_one(pid, ns, &sig, err);
}

static int stop_all(const struct state *state, ino_t ns, struct error *err)
{
	const struct timespec interval = {.tv_nsec = STOP_INTERVAL_NS};
	int n_quiet = 0;

	for (int left = PROCESSES_STOP_TIMEOUT_MS; left > 0; left--) {
		struct stopping stopping = {0};

		if (each_member(ns, stop_one, &stopping, err) < 0)
			return -1;
		n_quiet = stopping.n_moving ? 0 : n_quiet + 1;
		if (n_quiet == STOP_QUIET_SCANS)
			return 0;
		if (stopping.n_moving)
			nanosleep(&interval, NULL);
	}
	return error_set(err, ERR_LIMIT, "not every process of container %s could be stopped",
	                 state->id);
}

int processes_stop(const struct state *state, struct error *err)
{
	int go_on = SIGCONT;
	struct error ignored;
	ino_t ns;

	if (find_namespace(state, &ns, err) < 0)
		return -1;
	if (stop_all(state, ns, err) == 0)
		return 0;
	each_member(ns, signal_one, &go_on, &ignored);
	return -1;
}
