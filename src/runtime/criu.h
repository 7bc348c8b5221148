/* SPDX-License-Identifier: Apache-2.0 */
/*
 * criu(8) as a child: `criu swrk FD` serves the requests that come over one socket and
 * ends. That is all libcriu does as well, which a static binary could not load (ADR
 * 0014). Process: runtime parent; criu is a program of the host and runs with the
 * parent's rights.
 */
#ifndef RTL_RUNTIME_CRIU_H
#define RTL_RUNTIME_CRIU_H

#include <sys/types.h>

#include "common/cleanup.h"
#include "common/error.h"
#include "runtime/criu_rpc.h"

/* The oldest that rtl drives: it has status-ready, external PID namespaces and --lsm-mount-context.
 */
#define CRIU_MIN_VERSION 31600

/* Number of the first of criu_start.fds in the criu process. */
#define CRIU_FIRST_FD 4

#define CRIU_N_DIRS 2

/* How to start it. */
struct criu_start {
	bool has_streams; /* it gets our standard streams, for the container; else /dev/null */
	const int *fds;   /* further descriptors, to be CRIU_FIRST_FD and so on there */
	size_t n_fds;
	int cgroup_fd; /* cgroup v2 directory to start in, or -1 */
	/* Restore: a mount namespace of its own, in which the root filesystem is bound to root. */
	int rootfs_fd; /* or -1 */
	const char *rootfs;
	const char *root;
	const char *dirs[CRIU_N_DIRS]; /* to be opened there: of images, of work */
};

/* A criu that waits for a request. */
struct criu {
	pid_t pid;
	int socket_fd;
	int dir_fds[CRIU_N_DIRS]; /* criu_start.dirs, open here; -1 without a root */
};

#define CRIU_NONE                                                                                  \
	{                                                                                          \
		.pid = -1, .socket_fd = -1, .dir_fds = { -1, -1 }                                  \
	}

/*
 * What is to be done at a notification; @fd is the descriptor that came with it or -1, and is
 * closed afterwards. Return: 0, or -1: criu gives up.
 */
typedef int criu_notify(const struct criu_rpc_response *said, int fd, void *data,
                        struct error *err);

/*
 * criu_start() - run it, from PATH
 * Return: 0; ERR_UNSUPPORTED if there is none. The caller ends it with criu_end().
 */
int criu_start(const struct criu_start *how, struct criu *ret, struct error *err);

/*
 * criu_request() - send @request and serve notifications until the answer
 * @on_notify: NULL: none is expected, and what comes is approved
 *
 * Return: 0 with @ret filled; -1 with the error of @on_notify, or criu's own.
 */
int criu_request(const struct criu *criu, const struct str *request, criu_notify *on_notify,
                 void *data, struct criu_rpc_response *ret, struct error *err);

/* criu_end() - close the socket and wait for its end; accepts CRIU_NONE and what has ended. */
void criu_end(struct criu *criu);

#define auto_criu auto_call(criu_end)

/*
 * criu_check() - is there a criu, and is it new enough?
 * Return: 0; ERR_UNSUPPORTED with what to install.
 */
int criu_check(struct error *err);

/* criu_check_features() - does this kernel have what is asked for? else ERR_UNSUPPORTED. */
int criu_check_features(bool needs_mem_track, bool needs_lazy_pages, struct error *err);

#endif
