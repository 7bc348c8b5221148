/* SPDX-License-Identifier: Apache-2.0 */
/* See seccomp_listener.h. */
#include "runtime/seccomp_listener.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>

#include "common/cleanup.h"
#include "common/socket.h"
#include "common/str.h"
#include "runtime/annotations.h"

#define RECEIVER_VARIABLE "RUN_OCI_SECCOMP_RECEIVER"
#define LISTENER_FD_NAME "seccompFd"
#define AGENT_TIMEOUT_S 10

static const char *check_path(const char *source, const char *path, struct error *err)
{
	struct sockaddr_un addr;
	struct stat st;

	if (path[0] != '/') {
		error_set(err, ERR_INVALID, "%s %s: is not an absolute path", source, path);
		return NULL;
	}
	if (strlen(path) >= sizeof(addr.sun_path)) {
		error_set(err, ERR_INVALID, "%s %s: longer than %zu bytes", source, path,
		          sizeof(addr.sun_path) - 1);
		return NULL;
	}
	if (stat(path, &st) < 0) {
		error_errno(err, "%s: find the agent's socket %s", source, path);
		return NULL;
	}
	if (!S_ISSOCK(st.st_mode)) {
		error_set(err, ERR_INVALID, "%s %s: is not a socket", source, path);
		return NULL;
	}
	return path;
}

const char *seccomp_listener_path(const struct oci_config *config, struct error *err)
{
	const struct oci_seccomp *seccomp = config->linux->seccomp;
	const char *path = seccomp ? seccomp->listener_path : NULL;

	if (!str_is_empty(path))
		return check_path("linux.seccomp.listenerPath", path, err);
	path = annotations_find(config, ANNOTATION_SECCOMP_RECEIVER);
	if (!str_is_empty(path))
		return check_path("annotations." ANNOTATION_SECCOMP_RECEIVER, path, err);
	path = getenv(RECEIVER_VARIABLE);
	if (!str_is_empty(path))
		return check_path(RECEIVER_VARIABLE, path, err);
	error_set(err, ERR_INVALID,
	          "linux.seccomp.listenerPath: SCMP_ACT_NOTIFY needs the socket of an agent");
	return NULL;
}

static int connect_agent(const char *path, struct error *err)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	struct timeval timeout = {.tv_sec = AGENT_TIMEOUT_S};
	auto_fd int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	memcpy(addr.sun_path, path, strlen(path));
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout)) < 0 ||
	    connect(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0)
		return error_errno(err, "linux.seccomp: connect to the agent at %s", path);
	return fd_take(&fd);
}

int seccomp_listener_send(const char *path, const struct seccomp_listener_owner *owner, int fd,
                          struct error *err)
{
	static char *names[] = {LISTENER_FD_NAME, NULL};
	const struct oci_seccomp *seccomp = owner->config->linux->seccomp;
	const struct state_record *record = owner->record;
	struct oci_state state = {
		.oci_version = record->oci_version,
		.id = record->id,
		.status = owner->status,
		.pid = owner->container_pid,
		.bundle = record->bundle,
		.annotations = record->annotations,
	};
	const struct oci_container_process_state process = {
		.oci_version = record->oci_version,
		.fds = names,
		.n_fds = 1,
		.pid = owner->pid,
		.metadata = seccomp ? seccomp->listener_metadata : NULL,
		.state = &state,
	};
	auto_str struct str text = {0};
	auto_fd int agent_fd = connect_agent(path, err);

	if (agent_fd < 0)
		return -1;
	json_write(&oci_container_process_state_type, &process, NULL, &text);
	if (socket_send_fd(agent_fd, text.s, text.len, fd) < 0)
		return error_errno(err, "linux.seccomp: send the listener to the agent at %s",
		                   path);
	return 0;
}
