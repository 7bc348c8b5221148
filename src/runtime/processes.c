/* SPDX-License-Identifier: Apache-2.0 */
/* See processes.h. Process: runtime parent. */
#include "runtime/processes.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>

#include "common/process.h"
#include "common/str.h"
#include "runtime/caller.h"

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

static int signal_member(int procfd, pid_t pid, ino_t ns, int sig, struct error *err)
{
	auto_fd int pidfd = process_pidfd_open(pid);
	ino_t found;

	if (pid_namespace(procfd, pid, &found) < 0 || found != ns)
		return 0;
	if (process_signal(pidfd, pid, sig) < 0 && errno != ESRCH)
		return error_errno(err, "send signal %d to process %d", sig, pid);
	return 0;
}

int processes_signal(const struct state *state, int sig, struct error *err)
{
	int procfd = caller_get()->proc_fd;
	int list_fd = openat(procfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	auto_dir DIR *dir = list_fd < 0 ? NULL : fdopendir(list_fd);
	struct dirent *entry;
	ino_t own;
	ino_t ns;
	uint64_t pid;

	if (!dir)
		return error_errno(err, "list processes");
	if (pid_namespace(procfd, getpid(), &own) < 0 ||
	    pid_namespace(procfd, state->record->pid, &ns) < 0)
		return error_errno(err, "find the PID namespace of container %s", state->id);
	if (ns == own)
		return error_set(
			err, ERR_UNSUPPORTED,
			"container %s has neither a cgroup nor a PID namespace of its own: "
			"its processes cannot be told from others",
			state->id);
	while ((entry = readdir(dir))) {
		if (str_to_uint(entry->d_name, INT32_MAX, &pid) == 0 &&
		    signal_member(procfd, (pid_t)pid, ns, sig, err) < 0)
			return -1;
	}
	return 0;
}
