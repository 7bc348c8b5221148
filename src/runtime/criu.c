/* SPDX-License-Identifier: Apache-2.0 */
/* See criu.h. */
#include "runtime/criu.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "common/log.h"
#include "common/mem.h"
#include "common/path.h"
#include "common/process.h"
#include "common/socket.h"
#include "runtime/caller.h"

#define SOCKET_FD 3

/* The program in PATH, as execvp(3) would find it; caller frees, NULL if there is none. */
static char *find_program(void)
{
	const char *path = getenv("PATH");

	if (!path)
		path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
	while (*path) {
		size_t n = strcspn(path, ":");
		auto_free char *file = mem_printf("%.*s/criu", (int)n, path);

		if (*path == '/' && access(file, X_OK) == 0)
			return ptr_take(file);
		path += n + (path[n] == ':');
	}
	return NULL;
}

/*
 * criu wants a root that is a mount point, and whose parent is not covered. Both mounts are
 * seen by nobody else and go with criu. A descriptor of before the clone is on a mount of the
 * other namespace, which cannot be bound: it says whether the path still leads to the same.
 */
static int make_root(const struct criu_start *how, struct error *err)
{
	auto_fd int fd = open(how->rootfs, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct path_fd_link link = path_fd_link(fd);
	struct stat now;
	struct stat before;

	if (fd < 0 || fstat(fd, &now) < 0 || fstat(how->rootfs_fd, &before) < 0)
		return error_errno(err, "open root filesystem %s", how->rootfs);
	if (now.st_dev != before.st_dev || now.st_ino != before.st_ino)
		return error_set(err, ERR_STATE, "root filesystem %s has been replaced",
		                 how->rootfs);
	if (mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0 ||
	    mount(link.s, how->root, NULL, MS_BIND | MS_REC, NULL) < 0)
		return error_errno(err, "bind root filesystem %s", how->rootfs);
	return 0;
}

/*
 * criu mounts below its working directory, so that this has to be of its own namespace; but it
 * takes it from the parent's descriptors. So the child opens it and sends it there.
 */
static int send_dirs(const struct criu_start *how, int socket_fd, struct error *err)
{
	for (size_t i = 0; i < CRIU_N_DIRS; i++) {
		auto_fd int fd = open(how->dirs[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		if (fd < 0 || socket_send_fd(socket_fd, err, sizeof(*err), fd) < 0)
			return error_errno(err, "open %s", how->dirs[i]);
	}
	return 0;
}

/* Number @fds[0] SOCKET_FD, and the others from CRIU_FIRST_FD: first out of each other's way. */
static int place_fds(int *fds, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		fds[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, SOCKET_FD + (int)n);
		if (fds[i] < 0)
			return -1;
	}
	for (size_t i = 0; i < n; i++) {
		if (dup2(fds[i], SOCKET_FD + (int)i) < 0)
			return -1;
	}
	return 0;
}

static int take_null_streams(void)
{
	int null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	return null_fd < 0 || dup2(null_fd, 0) < 0 || dup2(null_fd, 1) < 0 || dup2(null_fd, 2) < 0
	               ? -1
	               : 0;
}

__attribute__((noreturn)) static void child_main(const struct criu_start *how, const char *program,
                                                 int socket_fd)
{
	char number[] = "3";
	char *argv[] = {"criu", "swrk", number, NULL};
	int *fds = mem_calloc(how->n_fds + 1, sizeof(*fds));
	/* above the numbers that are given out, or one of them would take its place */
	int proc_fd =
		fcntl(caller_get()->proc_fd, F_DUPFD_CLOEXEC, SOCKET_FD + (int)how->n_fds + 1);
	struct error err = {0};
	sigset_t none;

	if (how->rootfs_fd >= 0 &&
	    (make_root(how, &err) < 0 || send_dirs(how, socket_fd, &err) < 0)) {
		send(socket_fd, &err, sizeof(err), MSG_NOSIGNAL);
		_exit(127);
	}
	fds[0] = socket_fd;
	for (size_t i = 0; i < how->n_fds; i++)
		fds[i + 1] = how->fds[i];
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	if ((how->has_streams || take_null_streams() == 0) && place_fds(fds, how->n_fds + 1) == 0 &&
	    process_close_except(proc_fd, SOCKET_FD + (unsigned)how->n_fds + 1, NULL, 0, &err) == 0)
		execve(program, argv, environ);
	/* criu's own output is the container's: the parent sees the socket's end instead */
	_exit(127);
}

/* What send_dirs() sends. */
static int receive_dirs(struct criu *criu, struct error *err)
{
	for (size_t i = 0; i < CRIU_N_DIRS; i++) {
		struct error theirs;
		ssize_t n = socket_receive_fd(criu->socket_fd, &theirs, sizeof(theirs),
		                              &criu->dir_fds[i]);

		if (n != sizeof(theirs))
			return error_set(err, ERR_SYSTEM, "criu's process ended before it began");
		if (criu->dir_fds[i] < 0) {
			*err = theirs;
			err->msg[sizeof(err->msg) - 1] = '\0';
			return -1;
		}
	}
	return 0;
}

int criu_start(const struct criu_start *how, struct criu *ret, struct error *err)
{
	const struct process_clone plan = {
		.flags = how->rootfs_fd >= 0 ? CLONE_NEWNS : 0,
		.cgroup_fd = how->cgroup_fd,
	};
	auto_free char *program = find_program();
	auto_fd int ours = -1;
	auto_fd int theirs = -1;
	int ends[2];

	if (!program)
		return error_set(err, ERR_UNSUPPORTED,
		                 "criu is not installed: install the package criu");
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return error_errno(err, "create a socket for criu");
	ours = ends[0];
	theirs = ends[1];
	signal(SIGPIPE, SIG_IGN);
	ret->pid = process_clone(&plan, NULL, err);
	if (ret->pid < 0)
		return error_wrap(err, "run criu");
	if (ret->pid == 0)
		child_main(how, program, theirs);
	ret->socket_fd = fd_take(&ours);
	fd_close(&theirs);
	return how->rootfs_fd >= 0 ? receive_dirs(ret, err) : 0;
}

static int receive(const struct criu *criu, struct criu_rpc_response *ret, int *ret_fd,
                   struct error *err)
{
	auto_free char *data = mem_zalloc(CRIU_RPC_MAX_BYTES);
	ssize_t n = socket_receive_fd(criu->socket_fd, data, CRIU_RPC_MAX_BYTES, ret_fd);

	if (n == 0 || (n < 0 && errno == ECONNRESET))
		return error_set(err, ERR_SYSTEM, "criu ended without an answer");
	if (n < 0)
		return error_errno(err, "receive criu's answer");
	return criu_rpc_response(data, (size_t)n, ret, err);
}

static int send_request(const struct criu *criu, const struct str *request, struct error *err)
{
	/* One that has ended may have said why: that is still to be received. */
	if (send(criu->socket_fd, request->s, request->len, MSG_NOSIGNAL) < 0 && errno != EPIPE)
		return error_errno(err, "send a request to criu");
	return 0;
}

/* criu waits for the answer; the first error is the one to tell. */
static int answer_notification(const struct criu *criu, const struct criu_rpc_response *said,
                               int fd, criu_notify *on_notify, void *data, struct error *err)
{
	auto_str struct str answer = {0};
	struct error ignored;
	int ret;

	log_debug("criu: %s", said->script);
	ret = on_notify ? on_notify(said, fd, data, err) : 0;
	criu_rpc_notified(&answer, ret == 0);
	if (send_request(criu, &answer, ret == 0 ? err : &ignored) < 0)
		return -1;
	return ret;
}

int criu_request(const struct criu *criu, const struct str *request, criu_notify *on_notify,
                 void *data, struct criu_rpc_response *ret, struct error *err)
{
	if (send_request(criu, request, err) < 0)
		return -1;
	for (;;) {
		auto_fd int fd = -1;

		if (receive(criu, ret, &fd, err) < 0)
			return -1;
		if (ret->type == CRIU_RPC_NOTIFY) {
			if (answer_notification(criu, ret, fd, on_notify, data, err) < 0)
				return -1;
		} else if (ret->is_success) {
			return 0;
		} else if (ret->message[0]) {
			return error_set(err, ERR_SYSTEM, "criu: %s", ret->message);
		} else if (ret->error) {
			errno = ret->error;
			return error_errno(err, "criu");
		} else {
			return error_set(err, ERR_SYSTEM, "criu failed");
		}
	}
}

void criu_end(struct criu *criu)
{
	struct error ignored;

	fd_close(&criu->socket_fd);
	for (size_t i = 0; i < CRIU_N_DIRS; i++)
		fd_close(&criu->dir_fds[i]);
	if (criu->pid > 0)
		process_wait(criu->pid, &ignored);
	criu->pid = -1;
}

/* One question to a criu of its own. */
static int ask(const struct str *request, struct criu_rpc_response *ret, struct error *err)
{
	const struct criu_start how = {.cgroup_fd = -1, .rootfs_fd = -1};
	auto_criu struct criu criu = CRIU_NONE;

	if (criu_start(&how, &criu, err) < 0)
		return -1;
	return criu_request(&criu, request, NULL, NULL, ret, err);
}

int criu_check(struct error *err)
{
	auto_str struct str request = {0};
	struct criu_rpc_response said;

	criu_rpc_request(&request, CRIU_RPC_VERSION, NULL);
	if (ask(&request, &said, err) < 0)
		return -1;
	if (said.version >= CRIU_MIN_VERSION)
		return 0;
	return error_set(err, ERR_UNSUPPORTED, "criu %d.%d is too old: %d.%d or newer is needed",
	                 said.version / 10000, said.version / 100 % 100, CRIU_MIN_VERSION / 10000,
	                 CRIU_MIN_VERSION / 100 % 100);
}

int criu_check_features(bool needs_mem_track, bool needs_lazy_pages, struct error *err)
{
	auto_str struct str request = {0};
	struct criu_rpc_response said;

	if (!needs_mem_track && !needs_lazy_pages)
		return 0;
	criu_rpc_feature_request(&request);
	if (ask(&request, &said, err) < 0)
		return -1;
	if (needs_mem_track && !said.has_mem_track)
		return error_set(
			err, ERR_UNSUPPORTED,
			"this kernel does not track changed memory "
			"(CONFIG_MEM_SOFT_DIRTY), which --pre-dump and --parent-path need");
	if (needs_lazy_pages && !said.has_lazy_pages)
		return error_set(err, ERR_UNSUPPORTED,
		                 "this kernel cannot restore memory lazily (CONFIG_USERFAULTFD)");
	return 0;
}
