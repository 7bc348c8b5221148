/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Directories of a cgroup hierarchy. cgroups(7); the kernel's cgroup-v2.rst.
 * Process: any. The tree below a container's cgroup may have been made by the
 * container, so that nothing here recurses by its depth or trusts that it stays still.
 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "common/cleanup.h"
#include "common/file.h"
#include "common/mem.h"
#include "common/process.h"
#include "common/str.h"
#include "kernel/cgroup.h"
#include "kernel/cgroup_tree.h"

#define LIST_MAX_BYTES (64u << 20)
#define KILL_MAX_ROUNDS 1000
#define TREE_MAX_DIRECTORIES 1000000

static const char *below_root(const char *path)
{
	path += strspn(path, "/");
	return *path ? path : ".";
}

int cgroup_tree_open(int root_fd, const char *path)
{
	return openat(root_fd, below_root(path), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

int cgroup_tree_open_mount(const struct cgroup_hierarchy *hierarchy)
{
	if (!hierarchy->mount_point) {
		errno = ENOENT;
		return -1;
	}
	return open(hierarchy->mount_point, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

int cgroup_tree_open_in(const struct cgroup_hierarchy *hierarchy, const char *path)
{
	auto_fd int root_fd = cgroup_tree_open_mount(hierarchy);

	return root_fd < 0 ? -1 : cgroup_tree_open(root_fd, path);
}

/* Calls @visit with each directory above @path but the root, top first, then @path itself. */
static int each_prefix(const char *path, int (*visit)(int root_fd, const char *prefix, void *data),
                       int root_fd, void *data)
{
	auto_free char *copy = mem_strdup(below_root(path));

	for (char *p = copy; (p = strchr(p, '/')); *p++ = '/') {
		*p = '\0';
		if (visit(root_fd, copy, data) < 0)
			return -1;
	}
	return visit(root_fd, copy, data);
}

static int make_one(int root_fd, const char *path, void *data)
{
	bool *is_new = data;

	*is_new = mkdirat(root_fd, path, 0755) == 0;
	return *is_new || errno == EEXIST ? 0 : -1;
}

int cgroup_tree_make(int root_fd, const char *path, bool *ret_is_new)
{
	bool is_new = false;
	int status = make_one(root_fd, below_root(path), &is_new);

	if (status < 0 && errno == ENOENT)
		status = each_prefix(path, make_one, root_fd, &is_new);
	if (ret_is_new)
		*ret_is_new = is_new;
	return status;
}

static int inherit(int parent_fd, int fd, const char *file, struct error *err)
{
	auto_free char *own = NULL, *parents = NULL;

	if (file_read(fd, file, LIST_MAX_BYTES, &own, err) < 0)
		return -1;
	if (own[strspn(own, " \n")])
		return 0;
	if (file_read(parent_fd, file, LIST_MAX_BYTES, &parents, err) < 0)
		return -1;
	return file_write(fd, file, parents, err);
}

static int init_cpuset(int root_fd, const char *path, void *data)
{
	auto_fd int fd = cgroup_tree_open(root_fd, path);
	auto_fd int parent_fd = fd < 0 ? -1 : openat(fd, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (parent_fd < 0)
		return error_errno(data, "open cgroup %s", path);
	if (inherit(parent_fd, fd, "cpuset.cpus", data) < 0)
		return -1;
	return inherit(parent_fd, fd, "cpuset.mems", data);
}

int cgroup_tree_init_cpuset(int root_fd, const char *path, struct error *err)
{
	return each_prefix(path, init_cpuset, root_fd, err);
}

/* Is @name a word of the file @file in @dir_fd? */
static bool file_has_word(int dir_fd, const char *file, const char *name)
{
	auto_free char *text = NULL;
	size_t n = strlen(name);
	struct error ignored = {0};

	if (file_read(dir_fd, file, LIST_MAX_BYTES, &text, &ignored) < 0)
		return false;
	for (const char *p = text; *(p += strspn(p, " \n"));) {
		size_t len = strcspn(p, " \n");

		if (len == n && memcmp(p, name, n) == 0)
			return true;
		p += len;
	}
	return false;
}

static int enable_in(int dir_fd, const char *name, const char *controller, struct error *err)
{
	char text[64];
	struct error failure = {0};

	if (file_has_word(dir_fd, "cgroup.subtree_control", controller))
		return 0;
	if (!file_has_word(dir_fd, "cgroup.controllers", controller))
		return error_set(err, ERR_UNSUPPORTED,
		                 "the %s controller is not delegated to the cgroup /%s", controller,
		                 name);
	snprintf(text, sizeof(text), "+%s", controller);
	if (file_write(dir_fd, "cgroup.subtree_control", text, &failure) == 0)
		return 0;
	errno = failure.errnum;
	if (errno == EBUSY)
		return error_set(err, ERR_UNSUPPORTED,
		                 "the %s controller cannot be enabled below the cgroup /%s: "
		                 "processes are in it",
		                 controller, name);
	error_errno(err, "the %s controller cannot be enabled below the cgroup /%s", controller,
	            name);
	err->kind = ERR_UNSUPPORTED;
	return -1;
}

int cgroup_tree_enable(int root_fd, const char *path, const char *controller, struct error *err)
{
	auto_free char *copy = mem_strdup(below_root(path));

	if (!file_has_word(root_fd, "cgroup.controllers", controller))
		return error_set(err, ERR_UNSUPPORTED,
		                 "this host has no %s controller on cgroup v2", controller);
	if (enable_in(root_fd, "", controller, err) < 0)
		return -1;
	for (char *p = copy; (p = strchr(p, '/')); *p++ = '/') {
		auto_fd int fd = -1;

		*p = '\0';
		fd = cgroup_tree_open(root_fd, copy);
		if (fd < 0)
			return error_errno(err, "open cgroup /%s", copy);
		if (enable_in(fd, copy, controller, err) < 0)
			return -1;
	}
	return 0;
}

int cgroup_tree_attach(int dir_fd, pid_t pid)
{
	auto_fd int fd = openat(dir_fd, "cgroup.procs", O_WRONLY | O_CLOEXEC);
	char text[16];
	int n = snprintf(text, sizeof(text), "%d", pid);

	return fd < 0 || write(fd, text, (size_t)n) != n ? -1 : 0;
}

/* The first directory in @dir_fd, or NULL; caller frees. */
static char *first_child(int dir_fd)
{
	auto_fd int fd = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	auto_dir DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (!dir)
		return NULL;
	fd_take(&fd);
	for (struct dirent *entry; (entry = readdir(dir));)
		if (entry->d_type == DT_DIR && strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0)
			return mem_strdup(entry->d_name);
	return NULL;
}

struct names {
	char **v;
	size_t n;
};

static void names_clear(struct names *names)
{
	while (names->n)
		free(names->v[--names->n]);
	free(names->v);
}

/*
 * Remove what is below @top_fd: down the first child until there is none, then one up. One
 * descriptor at a time, however deep the container made its tree. Return: 0, or -1 with errno.
 */
static int remove_below(int top_fd)
{
	auto_call(names_clear) struct names names = {0};
	auto_fd int fd = openat(top_fd, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);

	for (size_t n = 0; fd >= 0 && n < TREE_MAX_DIRECTORIES; n++) {
		char *child = first_child(fd);
		int next;

		if (!child && names.n == 0)
			return 0;
		next = openat(fd, child ? child : "..",
		              O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		fd_close(&fd);
		fd = next;
		if (child) {
			mem_array_grow(names.v, names.n);
			names.v[names.n++] = child;
		} else if (fd >= 0) {
			auto_free char *name = names.v[--names.n];

			if (unlinkat(fd, name, AT_REMOVEDIR) < 0 && errno != ENOENT)
				return -1;
		}
	}
	/* the directory we stood in was removed under us: the caller looks again */
	errno = EBUSY;
	return -1;
}

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* v1 tells nobody that a cgroup is empty: wait for the end of one process in it. */
static void wait_for_a_process(int dir_fd, int timeout_ms)
{
	auto_free pid_t *pids = NULL;
	struct error ignored = {0};
	size_t n = 0;
	struct pollfd poll_fd = {.fd = -1, .events = POLLIN};

	if (cgroup_tree_pids(dir_fd, &pids, &n, &ignored) == 0 && n)
		poll_fd.fd = process_pidfd_open(pids[0]);
	/* dying and not listed, or no pidfds: look again soon */
	poll(&poll_fd, 1, poll_fd.fd < 0 ? 1 : timeout_ms);
	fd_close(&poll_fd.fd);
}

static void wait_until_empty(int dir_fd, int timeout_ms)
{
	auto_fd int fd = openat(dir_fd, "cgroup.events", O_RDONLY | O_CLOEXEC);
	char text[256];
	ssize_t n;

	if (fd < 0) {
		wait_for_a_process(dir_fd, timeout_ms);
		return;
	}
	n = read(fd, text, sizeof(text) - 1);
	if (n < 0)
		return;
	text[n] = '\0';
	/* the poll ends when the file changed after the read; empty and busy: dying, look again
	 * soon */
	poll(&(struct pollfd){.fd = fd, .events = POLLPRI}, 1,
	     strstr(text, "populated 1") ? timeout_ms : 1);
}

int cgroup_tree_remove(int root_fd, const char *path, struct error *err)
{
	const char *name = below_root(path);
	long deadline = now_ms() + CGROUP_TREE_TIMEOUT_MS;

	while (unlinkat(root_fd, name, AT_REMOVEDIR) < 0) {
		auto_fd int fd = -1;
		long left;

		if (errno == ENOENT)
			return 0;
		if (errno != EBUSY)
			return error_errno(err, "remove cgroup /%s", name);
		fd = cgroup_tree_open(root_fd, name);
		if (fd < 0 && errno == ENOENT)
			return 0;
		if (fd < 0)
			return error_errno(err, "open cgroup /%s", name);
		if (remove_below(fd) < 0 && errno != EBUSY)
			return error_errno(err, "remove cgroups below /%s", name);
		if (unlinkat(root_fd, name, AT_REMOVEDIR) == 0)
			return 0;
		left = deadline - now_ms();
		if (left <= 0)
			return error_set(err, ERR_STATE,
			                 "remove cgroup /%s: processes are still in it", name);
		wait_until_empty(fd, (int)left);
	}
	return 0;
}

bool cgroup_tree_is_populated(int dir_fd)
{
	auto_free pid_t *pids = NULL;
	struct error ignored = {0};
	size_t n = 0;

	return cgroup_tree_pids(dir_fd, &pids, &n, &ignored) < 0 || n > 0;
}

struct pid_list {
	pid_t *v;
	size_t n;
};

static int read_procs(int dir_fd, struct pid_list *list, struct error *err)
{
	auto_free char *text = NULL;
	struct error failure = {0};

	if (file_read(dir_fd, "cgroup.procs", LIST_MAX_BYTES, &text, &failure) < 0) {
		/* removed meanwhile; or threaded, and then its processes stand above */
		if (failure.errnum == ENODEV || failure.errnum == ENOENT ||
		    failure.errnum == EOPNOTSUPP)
			return 0;
		*err = failure;
		return -1;
	}
	for (char *p = text, *end; *p; p = end) {
		pid_t pid = (pid_t)strtol(p, &end, 10);

		if (end == p)
			break;
		end += *end == '\n';
		if (pid <= 0)
			continue;
		mem_array_grow(list->v, list->n);
		list->v[list->n++] = pid;
	}
	return 0;
}

/* All directories of the tree, breadth first: each is a path below @top_fd. */
static int list_tree(int top_fd, struct pid_list *list, struct error *err)
{
	auto_call(names_clear) struct names names = {0};

	names.v = mem_calloc(1, sizeof(*names.v));
	names.v[names.n++] = mem_strdup(".");
	for (size_t i = 0; i < names.n && i < TREE_MAX_DIRECTORIES; i++) {
		auto_fd int fd =
			openat(top_fd, names.v[i], O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		auto_dir DIR *dir = NULL;

		if (fd < 0)
			continue;
		if (read_procs(fd, list, err) < 0)
			return -1;
		dir = fdopendir(fd);
		if (!dir)
			return error_errno(err, "list a cgroup");
		fd_take(&fd);
		for (struct dirent *entry; (entry = readdir(dir));) {
			if (entry->d_type != DT_DIR || strcmp(entry->d_name, ".") == 0 ||
			    strcmp(entry->d_name, "..") == 0)
				continue;
			mem_array_grow(names.v, names.n);
			names.v[names.n++] = mem_printf("%s/%s", names.v[i], entry->d_name);
		}
	}
	return 0;
}

int cgroup_tree_pids(int dir_fd, pid_t **ret, size_t *ret_n, struct error *err)
{
	struct pid_list list = {0};

	if (list_tree(dir_fd, &list, err) < 0) {
		cleanup_free(&list.v);
		return -1;
	}
	*ret = list.v;
	*ret_n = list.n;
	return 0;
}

static bool has_pid(const struct pid_list *list, pid_t pid)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->v[i] == pid)
			return true;
	return false;
}

/* Signal @pid if it is still in the tree once a pidfd holds it; true if it was. */
static void signal_member(int dir_fd, pid_t pid, int sig)
{
	auto_fd int pidfd = process_pidfd_open(pid);
	struct pid_list list = {0};
	struct error ignored = {0};

	if (pidfd < 0 && errno == ESRCH)
		return;
	if (list_tree(dir_fd, &list, &ignored) == 0 && has_pid(&list, pid))
		process_signal(pidfd, pid, sig);
	cleanup_free(&list.v);
}

static int signal_all(int dir_fd, int sig, struct pid_list *done, struct error *err)
{
	for (int round = 0; round < KILL_MAX_ROUNDS; round++) {
		auto_free pid_t *pids = NULL;
		size_t n = 0, n_before = done->n;

		if (cgroup_tree_pids(dir_fd, &pids, &n, err) < 0)
			return -1;
		for (size_t i = 0; i < n; i++) {
			if (has_pid(done, pids[i]))
				continue;
			signal_member(dir_fd, pids[i], sig);
			mem_array_grow(done->v, done->n);
			done->v[done->n++] = pids[i];
		}
		if (done->n == n_before)
			return 0;
	}
	return error_set(err, ERR_STATE, "processes appear faster than they can be signalled");
}

int cgroup_tree_kill(int dir_fd, int sig, struct error *err)
{
	struct pid_list done = {0};
	struct error ignored = {0};
	int status;

	if (sig == SIGKILL && file_write(dir_fd, "cgroup.kill", "1", &ignored) == 0)
		return 0;
	status = signal_all(dir_fd, sig, &done, err);
	cleanup_free(&done.v);
	return status;
}
