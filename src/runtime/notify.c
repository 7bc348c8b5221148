/* SPDX-License-Identifier: Apache-2.0 */
/* See notify.h. */
#include "runtime/notify.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/log.h"
#include "common/mem.h"
#include "common/path.h"
#include "common/process.h"
#include "common/socket.h"
#include "common/str.h"
#include "runtime/activation.h"
#include "runtime/state_dir.h"

#define DIRECTORY "notify"
#define SOCKET_NAME "notify.sock"
#define INSIDE "/run/notify"
#define MESSAGE_MAX 4096
#define BARRIER_MS 30000 /* as sd_notify_barrier(3) is used everywhere */
#define POLL_MS 100      /* where there is no pidfd to wait on */

static const char *const options[] = {"bind", "ro", "nosuid", "noexec", "nodev"};
#define N_OPTIONS (sizeof(options) / sizeof(options[0]))

/* What a container may say; not which process the manager is to watch, nor what it is to keep. */
static const char *const forwarded[] = {
	"READY=",    "STATUS=",   "RELOADING=",          "ERRNO=", "STOPPING=", "MONOTONIC_USEC=",
	"BUSERROR=", "WATCHDOG=", "EXTEND_TIMEOUT_USEC="};

static bool is_mounted_by_config(const struct oci_config *config)
{
	for (size_t i = 0; i < config->n_mounts; i++) {
		auto_free char *destination = path_clean(config->mounts[i].destination);

		if (strcmp(destination, INSIDE) == 0 ||
		    strcmp(destination, INSIDE "/" SOCKET_NAME) == 0)
			return true;
	}
	return false;
}

static char *source_of(const struct runtime_options *opts, const char *id, struct error *err)
{
	auto_fd int root_fd = state_dir_open(opts, err);
	struct path_fd_link link = path_fd_link(root_fd);
	char path[PATH_MAX];
	ssize_t n;

	if (root_fd < 0)
		return NULL;
	n = readlink(link.s, path, sizeof(path) - 1);
	if (n < 0) {
		error_errno(err, "find the path of the state directory");
		return NULL;
	}
	path[n] = '\0';
	return mem_printf("%s/%s/" DIRECTORY, path, id);
}

static void add_mount(struct oci_config *config, const char *source)
{
	size_t n = config->n_mounts;
	struct oci_mount *mounts = json_alloc(config, (n + 1) * sizeof(*mounts));

	if (n)
		memcpy(mounts, config->mounts, n * sizeof(*mounts));
	mounts[n] = (struct oci_mount){
		.destination = INSIDE,
		.type = "bind",
		.source = json_strdup(config, source),
		.options = json_alloc(config, (N_OPTIONS + 1) * sizeof(char *)),
		.n_options = N_OPTIONS,
	};
	for (size_t i = 0; i < N_OPTIONS; i++)
		mounts[n].options[i] = (char *)options[i];
	config->mounts = mounts;
	config->n_mounts = n + 1;
}

int notify_plan(struct oci_config *config, const struct runtime_options *opts, const char *id,
                struct error *err)
{
	auto_free char *source = NULL;

	if (str_is_empty(getenv("NOTIFY_SOCKET")) || is_mounted_by_config(config))
		return 0;
	source = source_of(opts, id, err);
	if (!source)
		return error_wrap(err, "NOTIFY_SOCKET");
	add_mount(config, source);
	activation_set_env(config, json_strdup(config, "NOTIFY_SOCKET=" INSIDE "/" SOCKET_NAME));
	return 1;
}

int notify_make_dir(int dir_fd, struct error *err)
{
	if (mkdirat(dir_fd, DIRECTORY, 0755) < 0 || fchmodat(dir_fd, DIRECTORY, 0755, 0) < 0)
		return error_errno(err, "create the directory of the notification socket");
	return 0;
}

/* An address that begins with "@" is in the abstract namespace. */
static int connect_manager(const char *name, struct error *err)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	size_t len = strlen(name);
	auto_fd int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return error_errno(err, "create a socket");
	if (len >= sizeof(addr.sun_path) || (name[0] != '/' && name[0] != '@'))
		return error_set(err, ERR_INVALID, "NOTIFY_SOCKET=%s: is no address of a socket",
		                 name);
	memcpy(addr.sun_path, name, len);
	if (name[0] == '@')
		addr.sun_path[0] = '\0';
	if (connect(fd, (const struct sockaddr *)&addr,
	            (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)) < 0)
		return error_errno(err, "NOTIFY_SOCKET=%s: connect", name);
	return fd_take(&fd);
}

/* Its path may be longer than an address can be: it is reached through the directory. */
static int bind_socket(int directory_fd, struct error *err)
{
	struct path_fd_link link = path_fd_link(directory_fd);
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	auto_fd int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/" SOCKET_NAME, link.s);
	unlinkat(directory_fd, SOCKET_NAME, 0);
	if (fd < 0 || bind(fd, (const struct sockaddr *)&addr, sizeof(addr)) < 0 ||
	    fchmodat(directory_fd, SOCKET_NAME, 0777, 0) < 0)
		return error_errno(err, "create the notification socket");
	return fd_take(&fd);
}

int notify_listen(int dir_fd, struct notify *ret, struct error *err)
{
	const char *manager = getenv("NOTIFY_SOCKET");
	auto_fd int directory_fd = -1;

	if (str_is_empty(manager))
		return 0;
	directory_fd = openat(dir_fd, DIRECTORY, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (directory_fd < 0)
		return errno == ENOENT ? 0 : error_errno(err, "open the notification directory");
	ret->manager_fd = connect_manager(manager, err);
	if (ret->manager_fd < 0)
		return -1;
	ret->fd = bind_socket(directory_fd, err);
	return ret->fd < 0 ? -1 : 0;
}

static bool is_forwarded(const char *line)
{
	for (size_t i = 0; i < sizeof(forwarded) / sizeof(forwarded[0]); i++) {
		if (str_has_prefix(line, forwarded[i]))
			return true;
	}
	return false;
}

/* The manager may look us up when it reads: we are not to be gone by then. */
static void send_barrier(int manager_fd)
{
	struct pollfd wait = {.events = 0};
	auto_fd int read_end = -1;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return;
	read_end = ends[0];
	if (socket_send_fd(manager_fd, "BARRIER=1", strlen("BARRIER=1"), ends[1]) < 0)
		log_warn("NOTIFY_SOCKET: %s", strerror(errno));
	close(ends[1]);
	wait.fd = read_end;
	(void)poll(&wait, 1, BARRIER_MS);
}

static void send_lines(struct notify *notify, const struct str *lines)
{
	if (send(notify->manager_fd, lines->s, lines->len, MSG_NOSIGNAL) < 0)
		log_warn("NOTIFY_SOCKET: %s", strerror(errno));
	else if (notify->is_ready && notify->main_pid)
		send_barrier(notify->manager_fd);
}

void notify_forward(void *data)
{
	struct notify *notify = data;
	char message[MESSAGE_MAX + 1];
	ssize_t n = recv(notify->fd, message, MESSAGE_MAX, 0);
	auto_str struct str lines = {0};
	char *rest = message;
	char *line;

	if (n <= 0)
		return;
	message[n] = '\0';
	while ((line = strsep(&rest, "\n"))) {
		bool is_ready = strcmp(line, "READY=1") == 0;

		if (!is_forwarded(line))
			continue;
		if (is_ready && notify->main_pid)
			str_appendf(&lines, "MAINPID=%d\n", notify->main_pid);
		notify->is_ready |= is_ready;
		str_appendf(&lines, "%s\n", line);
	}
	if (lines.len)
		send_lines(notify, &lines);
}

/* False when it has ended. */
static bool is_running(int pidfd, pid_t pid, const struct pollfd *event)
{
	return pidfd >= 0 ? !event->revents : kill(pid, 0) == 0;
}

static void pass_signals(int signal_fd, pid_t pid, int pidfd)
{
	struct signalfd_siginfo info;

	while (read(signal_fd, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo != SIGCHLD && info.ssi_signo != SIGPIPE)
			process_signal(pidfd, pid, (int)info.ssi_signo);
	}
}

void notify_wait(struct notify *notify, int signal_fd, pid_t pid, int pidfd)
{
	struct pollfd fds[3] = {
		{.fd = notify->fd, .events = POLLIN},
		{.fd = pidfd, .events = POLLIN},
		{.fd = signal_fd, .events = POLLIN},
	};

	if (notify->fd < 0)
		return;
	while (!notify->is_ready) {
		if (poll(fds, 3, pidfd < 0 ? POLL_MS : -1) < 0 && errno != EINTR)
			return;
		if (fds[0].revents)
			notify_forward(notify);
		else if (!is_running(pidfd, pid, &fds[1]))
			return;
		if (fds[2].revents)
			pass_signals(signal_fd, pid, pidfd);
	}
}

void notify_close(struct notify *notify)
{
	fd_close(&notify->fd);
	fd_close(&notify->manager_fd);
}
