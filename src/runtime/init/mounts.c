/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The mounts of config.json, onto a root filesystem that is not "/" yet.
 * Process: container init. runtime-spec, config, Mounts.
 *
 * Each destination is resolved once below rootfs_fd and mounted on by descriptor;
 * what the image has put there, links included, cannot lead outside.
 */
#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/file.h"
#include "common/mem.h"
#include "common/path.h"
#include "common/str.h"
#include "kernel/mount.h"
#include "kernel/mount_new.h"
#include "runtime/init/bind.h"
#include "runtime/init/copy_up.h"
#include "runtime/init/init.h"

#define CGROUP_ROOT "/sys/fs/cgroup"

/*
 * Without the newer calls the mount must be found again, and its path may lead through
 * directories that the user namespace has no right to. From below, it is one step: ".." of any
 * of its directories is resolved to what is mounted there now.
 */
static int bind_root_by_path(const struct init_ctx *ctx, struct error *err)
{
	static const char *const names[] = {"proc", "dev", "sys", "etc", "usr", "bin", "tmp"};
	int fd;

	if (mount(".", ".", NULL, MS_BIND | MS_REC, NULL) < 0)
		return error_errno(err, "bind root filesystem %s", ctx->rootfs);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		auto_fd int below = open(names[i], O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

		if (below < 0)
			continue;
		fd = openat(below, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (fd >= 0)
			return fd;
	}
	fd = open(ctx->rootfs, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? error_errno(err, "open root filesystem %s", ctx->rootfs) : fd;
}

/*
 * pivot_root(2) wants a mount point. The working directory stands in for the path: the
 * parent has opened it with its own rights, which the user namespace may not have.
 */
static int bind_root(const struct init_ctx *ctx, struct error *err)
{
	auto_fd int tree = mount_clone_here();

	if (tree >= 0)
		return fd_take(&tree);
	if (errno == ENOSYS || errno == EPERM)
		return bind_root_by_path(ctx, err);
	return error_errno(err, "bind root filesystem %s", ctx->rootfs);
}

static int open_target(const struct init_ctx *ctx, const char *path, bool is_dir,
                       struct mount_target *ret, struct error *err)
{
	int fd = path_make_in_root(ctx->rootfs_fd, path, is_dir, err);

	if (fd < 0)
		return -1;
	*ret = (struct mount_target){.rootfd = ctx->rootfs_fd, .path = path, .fd = fd};
	return 0;
}

/*
 * The kernel's own trees go where the path says or nowhere (CVE-2019-19921, CVE-2023-28642): what
 * is looked at here is what is mounted on, whatever the path leads to by then.
 */
static int open_own_dir(const struct init_ctx *ctx, const char *path, struct mount_target *ret,
                        struct error *err)
{
	auto_fd int fd = path_make_nofollow_in_root(ctx->rootfs_fd, path, true, err);
	struct stat st;

	if (fd < 0)
		return -1;
	if (fstat(fd, &st) == 0 && S_ISLNK(st.st_mode))
		return error_set(err, ERR_INVALID, "%s is a symlink in the root filesystem", path);
	*ret = (struct mount_target){
		.rootfd = ctx->rootfs_fd, .path = path, .fd = fd_take(&fd), .is_nofollow = true};
	return 0;
}

/* A source that is not config.json's but the host's own tree. */
static int bind_path(const struct init_ctx *ctx, const struct init_mount *mount, struct error *err)
{
	auto_fd int source = open(mount->source, O_PATH | O_CLOEXEC);

	if (source < 0)
		return error_errno(err, "open bind source %s for %s", mount->source,
		                   mount->destination);
	return bind_attach(ctx, mount, source, err);
}

/* The same mount as a bind of the host's @source, with all below it. */
static int bind_instead(const struct init_ctx *ctx, const struct init_mount *mount,
                        const char *source, struct error *err)
{
	struct init_mount bind = *mount;

	bind.source = source;
	bind.flags.set |= MS_REC;
	if (mount->is_own_dir)
		bind.flags.extra |= MOUNT_DEST_NOFOLLOW;
	return bind_path(ctx, &bind, err);
}

static int mount_new(const struct init_ctx *ctx, const struct init_mount *mount, const char *type,
                     const char *data, struct error *err)
{
	struct mount_target target;
	auto_fd int target_fd = -1;

	if ((mount->is_own_dir ? open_own_dir(ctx, mount->destination, &target, err)
	                       : open_target(ctx, mount->destination, true, &target, err)) < 0)
		return -1;
	target_fd = target.fd;
	return mount_fs(&target, type, mount->source ? mount->source : type, &mount->flags, data,
	                err);
}

static bool has_option(const char *data, const char *name)
{
	size_t len = strlen(name);

	for (const char *p = data; p && *p; p += strcspn(p, ","), p += *p == ',') {
		if (strncmp(p, name, len) == 0 && p[len] == '=')
			return true;
	}
	return false;
}

/* Filled while it is attached nowhere; only then read-only and there. */
static int attach_copy(const struct init_mount *mount, const char *data,
                       const struct mount_target *target, int covered_fd, struct error *err)
{
	struct mount_flags flags = mount->flags;
	bool is_readonly = (flags.set | flags.rec_set) & MS_RDONLY;
	auto_fd int tree = -1;
	auto_fd int root = -1;

	flags.set &= ~(unsigned long)MS_RDONLY;
	flags.rec_set &= ~(unsigned long)MS_RDONLY;
	tree = mount_new_make("tmpfs", mount->source, &flags, data, err);
	if (tree < 0)
		return error_wrap(err, "mount tmpfs on %s", target->path);
	root = openat(tree, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return error_errno(err, "open the new tmpfs for %s", target->path);
	if (copy_up_tree(covered_fd, root, target->path, err) < 0)
		return -1;
	if (!has_option(data, "uid") && !has_option(data, "gid") &&
	    copy_up_attributes(covered_fd, root, target->path, err) < 0)
		return -1;
	if (is_readonly && mount_set_readonly(tree, err) < 0)
		return -1;
	return mount_attach(target, tree) < 0 ? error_errno(err, "mount tmpfs on %s", target->path)
	                                      : 0;
}

/* Before the newer calls: mounted first, its root found again and looked at. */
static int mount_copy_by_path(const struct init_mount *mount, const char *data,
                              const struct mount_target *target, int covered_fd, struct error *err)
{
	struct mount_flags flags = mount->flags;
	auto_fd int root = -1;
	struct stat covered;
	struct stat st;
	struct statfs fs;

	flags.set &= ~(unsigned long)MS_RDONLY;
	if (mount_fs(target, "tmpfs", mount->source, &flags, data, err) < 0)
		return -1;
	root = path_open_in_root(target->rootfd, target->path, O_RDONLY | O_DIRECTORY, err);
	if (root < 0)
		return -1;
	if (fstat(covered_fd, &covered) < 0 || fstat(root, &st) < 0 || fstatfs(root, &fs) < 0)
		return error_errno(err, "look at the new tmpfs on %s", target->path);
	if (fs.f_type != TMPFS_MAGIC || st.st_dev == covered.st_dev)
		return error_set(err, ERR_INVALID, "%s was changed while it was mounted on",
		                 target->path);
	if (copy_up_tree(covered_fd, root, target->path, err) < 0)
		return -1;
	return mount->flags.set & MS_RDONLY ? mount_set_readonly(root, err) : 0;
}

static int mount_copy(const struct init_mount *mount, const char *data,
                      const struct mount_target *target, struct error *err)
{
	auto_fd int covered = openat(target->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (covered < 0)
		return error_errno(err, "tmpcopyup of %s", target->path);
	if (attach_copy(mount, data, target, covered, err) == 0)
		return 0;
	if (err->errnum != ENOSYS && err->errnum != EPERM)
		return -1;
	return mount_copy_by_path(mount, data, target, covered, err);
}

/*
 * A tmpfs has the mode of the directory it covers, unless one is given: so runc and crun do, and
 * /tmp stays writable for all.
 */
static int mount_tmpfs(const struct init_ctx *ctx, const struct init_mount *mount,
                       struct error *err)
{
	struct mount_target target = {.rootfd = ctx->rootfs_fd, .path = mount->destination};
	auto_fd int fd = path_open_in_root(ctx->rootfs_fd, mount->destination, O_PATH, err);
	auto_free char *with_mode = NULL;
	const char *data = mount->data;
	struct stat st;

	if (fd < 0 && err->errnum != ENOENT)
		return -1;
	if (fd < 0)
		return mount_new(ctx, mount, "tmpfs", data, err);
	target.fd = fd;
	if (fstat(fd, &st) == 0 && !has_option(data, "mode"))
		data = with_mode = mem_printf("mode=%o%s%s", (unsigned)st.st_mode & 07777,
		                              data ? "," : "", data ? data : "");
	if (mount->flags.extra & MOUNT_COPY_UP)
		return mount_copy(mount, data, &target, err);
	return mount_fs(&target, "tmpfs", mount->source ? mount->source : "tmpfs", &mount->flags,
	                data, err);
}

/* One line of /proc/self/cgroup: "3:cpu,cpuacct:/path". The hierarchy's directory and its path. */
static bool parse_cgroup_line(char *line, const char **ret_dir, const char **ret_path)
{
	char *controllers = strchr(line, ':');
	char *path = controllers ? strchr(controllers + 1, ':') : NULL;

	if (!path || path[1] != '/')
		return false;
	*controllers++ = '\0';
	*path++ = '\0';
	if (strncmp(controllers, "name=", 5) == 0)
		controllers += 5;
	*ret_dir = controllers[0] ? controllers : "unified";
	*ret_path = path;
	return true;
}

static int bind_hierarchy(const struct init_ctx *ctx, const struct init_mount *mount, char *line,
                          struct error *err)
{
	auto_free char *source = NULL;
	auto_free char *destination = NULL;
	struct init_mount bind = *mount;
	const char *dir;
	const char *path;

	if (!parse_cgroup_line(line, &dir, &path))
		return 0;
	source = mem_printf(CGROUP_ROOT "/%s%s", dir, path);
	/* A hierarchy that is mounted nowhere, or elsewhere, cannot be shown. */
	if (access(source, F_OK) < 0)
		return 0;
	destination = mem_printf("%s/%s", mount->destination, dir);
	bind.source = source;
	bind.destination = destination;
	return bind_path(ctx, &bind, err);
}

/*
 * cgroup v1 and hybrid: a tmpfs with one directory for each hierarchy, in which the
 * container sees its own cgroup and nothing above.
 */
static int mount_cgroup_v1(const struct init_ctx *ctx, const struct init_mount *mount,
                           char *membership, struct error *err)
{
	struct init_mount top = *mount;
	struct mount_target target;
	auto_fd int fd = -1;
	char *save = NULL;

	top.source = "tmpfs";
	top.flags.set &= ~(unsigned long)MS_RDONLY;
	if (mount_new(ctx, &top, "tmpfs", "mode=755", err) < 0)
		return -1;
	for (char *line = strtok_r(membership, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		if (bind_hierarchy(ctx, mount, line, err) < 0)
			return -1;
	}
	if (!(mount->flags.set & MS_RDONLY))
		return 0;
	if (open_target(ctx, mount->destination, true, &target, err) < 0)
		return -1;
	fd = target.fd;
	return mount_set_readonly(fd, err);
}

/*
 * A cgroup2 mount from the initial cgroup namespace waits for RCU, milliseconds of it; a bind
 * does not. In a namespace of its own the container gets a mount of its own.
 */
static int mount_cgroup(const struct init_ctx *ctx, const struct init_mount *mount,
                        struct error *err)
{
	auto_free char *membership = NULL;
	struct init_mount bind = *mount;

	if (!ctx->is_cgroup_v2) {
		if (file_read(ctx->proc_fd, "self/cgroup", 1 << 16, &membership, err) < 0)
			return -1;
		return mount_cgroup_v1(ctx, mount, membership, err);
	}
	if (ctx->unshare_flags & CLONE_NEWCGROUP) {
		bind.source = "cgroup";
		if (mount_new(ctx, &bind, "cgroup2", NULL, err) == 0)
			return 0;
		if (err->errnum != EPERM && err->errnum != EBUSY)
			return -1;
	}
	/* The host's whole tree: never writable for somebody else's namespace (CVE-2023-25809). */
	if (ctx->is_in_user_ns)
		bind.flags.set |= MS_RDONLY;
	return bind_instead(ctx, &bind, CGROUP_ROOT, err);
}

/*
 * sysfs belongs to a network namespace, proc to a PID namespace, mqueue to an IPC namespace;
 * without one of its own the user namespace may not mount a new one, and gets the caller's. With
 * one given by path that would be the wrong processes or queues; of sysfs, which the user
 * namespace may not own either, it is only the list of interfaces.
 */
static const struct {
	const char *type;
	const char *source;
	uint64_t needs;
	bool also_if_joined;
} kernel_trees[] = {
	{"sysfs", "/sys", CLONE_NEWNET, true},
	{"proc", "/proc", CLONE_NEWPID, false},
	{"mqueue", "/dev/mqueue", CLONE_NEWIPC, false},
};

static bool is_callers(const struct init_ctx *ctx, size_t i)
{
	uint64_t own = kernel_trees[i].also_if_joined ? ctx->clone_flags : ctx->own_flags;

	return !(own & kernel_trees[i].needs);
}

static int mount_filesystem(const struct init_ctx *ctx, const struct init_mount *mount,
                            struct error *err)
{
	if (mount_new(ctx, mount, mount->type, mount->data, err) == 0)
		return 0;
	if (err->errnum != EPERM || !ctx->is_in_user_ns)
		return -1;
	for (size_t i = 0; i < sizeof(kernel_trees) / sizeof(kernel_trees[0]); i++) {
		if (strcmp(mount->type, kernel_trees[i].type) == 0 && is_callers(ctx, i))
			return bind_instead(ctx, mount, kernel_trees[i].source, err);
	}
	return -1;
}

static int bind_configured(const struct init_ctx *ctx, size_t number, struct error *err)
{
	const struct init_mount *mount = &ctx->mounts[number];
	auto_fd int source = -1;

	if (mount->tree_fd >= 0)
		return bind_attach(ctx, mount, mount->tree_fd, err);
	source = bind_open(ctx, number, err);
	return source < 0 ? -1 : bind_attach(ctx, mount, source, err);
}

/* The option remount: what an earlier mount has put there is changed. */
static int change_mount(const struct init_ctx *ctx, const struct init_mount *mount,
                        struct error *err)
{
	struct mount_target target = {.rootfd = ctx->rootfs_fd, .path = mount->destination};
	auto_fd int fd = path_open_in_root(ctx->rootfs_fd, mount->destination, O_PATH, err);

	if (fd < 0)
		return -1;
	target.fd = fd;
	return mount_change(&target, &mount->flags, err);
}

static int mount_one(const struct init_ctx *ctx, size_t number, struct error *err)
{
	const struct init_mount *mount = &ctx->mounts[number];

	if (mount->flags.set & MS_REMOUNT)
		return change_mount(ctx, mount, err);
	if (mount->is_bind)
		return bind_configured(ctx, number, err);
	if (strcmp(mount->type, "tmpfs") == 0)
		return mount_tmpfs(ctx, mount, err);
	if (strcmp(mount->type, "cgroup") == 0 || strcmp(mount->type, "cgroup2") == 0)
		return mount_cgroup(ctx, mount, err);
	return mount_filesystem(ctx, mount, err);
}

int init_source_flags(const struct mount_flags *flags)
{
	bool is_link = flags->extra & (MOUNT_SRC_NOFOLLOW | MOUNT_COPY_SYMLINK);

	return O_PATH | O_CLOEXEC | (is_link ? O_NOFOLLOW : 0);
}

/**
 * init_mounts() - bind the root filesystem and mount all of config.json below it
 *
 * Holds: CAP_SYS_ADMIN over the mount namespace; the working directory is the root
 *        filesystem, unless the mount namespace was given by path.
 * Must:  leave rootfs_fd, a mount of its own; change nothing in the host's mount table,
 *        whatever propagation the host or the config asks for: all becomes rslave first.
 */
int init_mounts(struct init_ctx *ctx, struct error *err)
{
	if (!ctx->has_mount_ns) {
		ctx->rootfs_fd = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
		return ctx->rootfs_fd < 0 ? error_errno(err, "open %s", ctx->rootfs) : 0;
	}
	if (ctx->is_mount_ns_joined && chdir(ctx->rootfs) < 0)
		return error_errno(err, "enter root filesystem %s", ctx->rootfs);
	if (mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0)
		return error_errno(err, "make the host's mounts slaves");
	ctx->rootfs_fd = bind_root(ctx, err);
	if (ctx->rootfs_fd < 0)
		return -1;
	for (size_t i = 0; i < ctx->n_mounts; i++) {
		if (mount_one(ctx, i, err) < 0)
			return error_wrap(err, "mounts[%zu]", i);
	}
	return 0;
}
