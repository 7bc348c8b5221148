/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The end of the init: working directory, program, the wait for start, execve.
 * Process: container init, child of exec.
 *
 * Texts here are read by callers (containerd, Docker, Podman): "executable file not
 * found in $PATH", "no such file or directory", "permission denied".
 */
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/mem.h"
#include "common/process.h"
#include "common/str.h"
#include "runtime/init/channel.h"
#include "runtime/init/init.h"

/*
 * getcwd(2) says "(unreachable)" of a directory outside the root, which a cwd such as
 * /proc/self/fd/7 could reach (CVE-2024-21626).
 */
static int enter_cwd(const char *cwd, struct error *err)
{
	char now[PATH_MAX];

	if (chdir(cwd) < 0)
		return error_errno(err, "process.cwd %s", cwd);
	/* The system call itself: the C library's says ENOENT instead. */
	if (syscall(SYS_getcwd, now, sizeof(now)) < 0)
		return error_errno(err, "process.cwd %s: find where it is", cwd);
	if (now[0] != '/')
		return error_set(err, ERR_DENIED, "process.cwd %s: outside the root filesystem",
		                 cwd);
	return 0;
}

/* Why @path cannot be executed: 0 if it can. */
static int why_not(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return errno;
	if (!S_ISREG(st.st_mode))
		return S_ISDIR(st.st_mode) ? EISDIR : EACCES;
	return faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) < 0 ? errno : 0;
}

static int exec_error(int errnum, const char *name, struct error *err)
{
	switch (errnum) {
	case ENOENT:
	case ENOTDIR:
		return error_set(err, ERR_EXEC_NOT_FOUND, "%s: no such file or directory", name);
	case EISDIR:
		/* Docker takes the first for 126, Podman the second. */
		return error_set(err, ERR_EXEC_DENIED, "%s: is a directory: permission denied",
		                 name);
	case EACCES:
	case EPERM:
		return error_set(err, ERR_EXEC_DENIED, "%s: permission denied", name);
	case ENOEXEC:
		return error_set(err, ERR_EXEC_DENIED, "%s: exec format error", name);
	default:
		return error_set(err, ERR_EXEC_DENIED, "%s: %s", name, strerror(errnum));
	}
}

static const char *find_env(char *const *env, size_t n, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = n; i-- > 0;) {
		if (strncmp(env[i], name, len) == 0 && env[i][len] == '=')
			return env[i] + len + 1;
	}
	return NULL;
}

/* As execvp(3) does: what is found and may not be executed is remembered, not final. */
static char *search_path(const char *search, const char *name, int *ret_errnum)
{
	*ret_errnum = ENOENT;
	for (const char *p = search; *p;) {
		size_t len = strcspn(p, ":");
		auto_free char *candidate = mem_printf("%.*s/%s", (int)len, p, name);
		int errnum = why_not(len ? candidate : name);

		if (errnum == 0)
			return len ? ptr_take(candidate) : mem_printf("./%s", name);
		if (errnum == EACCES || errnum == EISDIR)
			*ret_errnum = EACCES;
		p += len + (p[len] == ':');
	}
	return NULL;
}

static int find_executable(struct init_ctx *ctx, const char *name, struct error *err)
{
	const char *search = find_env(ctx->process->env, ctx->process->n_env, "PATH");
	int errnum;

	if (strchr(name, '/')) {
		errnum = why_not(name);
		ctx->executable = mem_strdup(name);
		return errnum ? exec_error(errnum, name, err) : 0;
	}
	ctx->executable = search_path(search ? search : "/bin:/usr/bin", name, &errnum);
	if (ctx->executable)
		return 0;
	if (errnum == EACCES)
		return exec_error(errnum, name, err);
	return error_set(err, ERR_EXEC_NOT_FOUND, "\"%s\": executable file not found in $PATH",
	                 name);
}

void init_forget_environment(void)
{
	for (char **entry = environ; entry && *entry; entry++)
		memset(*entry, 0, strlen(*entry));
}

/**
 * init_executable() - working directory and program
 *
 * Holds: the identity of the container's process: what it may not enter or execute is an
 *        error now, in create.
 * Must:  leave no descriptor but 0-2, the preserved ones and those of the start.
 */
int init_executable(struct init_ctx *ctx, struct error *err)
{
	if (enter_cwd(ctx->process->cwd, err) < 0)
		return -1;
	if (init_close_descriptors(ctx, err) < 0)
		return -1;
	init_forget_environment();
	if (ctx->listen_pid)
		snprintf(ctx->listen_pid, INIT_LISTEN_PID_SIZE, "LISTEN_PID=%d", getpid());
	return find_executable(ctx, ctx->process->args[0], err);
}

/**
 * init_start() - wait until the container may start
 *
 * Holds: everything the program will have. From here on only what the filter allows.
 * Must:  not go on unless the parent has recorded the container; then, if there is a start
 *        FIFO, not before a byte comes through it.
 */
int init_start(struct init_ctx *ctx, struct error *err)
{
	char byte;

	if (channel_send(ctx->channel_fd, STEP_READY, 0, err) < 0)
		return -1;
	if (read(ctx->channel_fd, &(struct channel_message){0}, sizeof(struct channel_message)) <=
	    0)
		return error_set(err, ERR_SYSTEM, "the runtime ended before the start");
	if (ctx->start_fd < 0)
		return 0;
	while (read(ctx->start_fd, &byte, 1) != 1) {
		if (errno != EINTR)
			return error_errno(err, "wait for the start");
	}
	return 0;
}

/**
 * init_execve() - become the program; the channel and the result FIFO close with it
 */
int init_execve(struct init_ctx *ctx, struct error *err)
{
	static char *no_env[] = {NULL};

	signal(SIGPIPE, SIG_DFL);
	execve(ctx->executable, ctx->process->args, ctx->process->env ? ctx->process->env : no_env);
	return exec_error(errno, ctx->executable, err);
}
