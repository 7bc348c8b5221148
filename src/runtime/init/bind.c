/* SPDX-License-Identifier: Apache-2.0 */
/* See bind.h. */
#include "runtime/init/bind.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/path.h"
#include "kernel/mount.h"
#include "runtime/init/channel.h"

/* Our "/" goes along: what the parent opens below it is of our mount namespace, and can be bound.
 */
static int ask_parent(const struct init_ctx *ctx, size_t number, struct error *err)
{
	const struct init_mount *mount = &ctx->mounts[number];
	struct channel_message answer;
	auto_fd int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	auto_fd int source = -1;
	int got;

	if (root < 0)
		return error_errno(err, "open the host's root");
	if (channel_ask(ctx->channel_fd, STEP_SOURCE, (int)number, root, err) < 0)
		return -1;
	got = channel_receive(ctx->channel_fd, &answer, &source, err);
	if (got < 0)
		return -1;
	if (got == 0 || answer.step != STEP_SOURCE)
		return error_set(err, ERR_SYSTEM, "the parent gave no answer about %s",
		                 mount->source);
	if (source >= 0)
		return fd_take(&source);
	errno = -answer.value;
	return error_errno(err, "open bind source %s for %s", mount->source, mount->destination);
}

int bind_open(const struct init_ctx *ctx, size_t number, struct error *err)
{
	const struct init_mount *mount = &ctx->mounts[number];
	int fd = open(mount->source, init_source_flags(&mount->flags));

	if (fd >= 0)
		return fd;
	if (errno == EACCES && ctx->has_user_ns)
		return ask_parent(ctx, number, err);
	return error_errno(err, "open bind source %s for %s", mount->source, mount->destination);
}

static int check_link(int dirfd, const char *name, const char *target,
                      const struct init_mount *mount, struct error *err)
{
	char there[PATH_MAX];
	ssize_t n = readlinkat(dirfd, name, there, sizeof(there) - 1);

	there[n > 0 ? n : 0] = '\0';
	if (n >= 0 && strcmp(there, target) == 0)
		return 0;
	return error_set(err, ERR_EXISTS, "make link %s to %s: something else is there",
	                 mount->destination, target);
}

static int copy_symlink(const struct init_ctx *ctx, const struct init_mount *mount, int source_fd,
                        struct error *err)
{
	auto_free char *name = NULL;
	auto_fd int dirfd = -1;
	char target[PATH_MAX];
	ssize_t n = readlinkat(source_fd, "", target, sizeof(target) - 1);

	if (n < 0)
		return error_errno(err, "read link %s", mount->source);
	target[n] = '\0';
	dirfd = path_open_parent_in_root(ctx->rootfs_fd, mount->destination, &name, err);
	if (dirfd < 0)
		return -1;
	if (symlinkat(target, dirfd, name) == 0)
		return 0;
	if (errno == EEXIST)
		return check_link(dirfd, name, target, mount, err);
	return error_errno(err, "make link %s", mount->destination);
}

static int open_target(const struct init_ctx *ctx, const struct init_mount *mount, bool is_dir,
                       struct mount_target *ret, struct error *err)
{
	bool is_nofollow = mount->flags.extra & MOUNT_DEST_NOFOLLOW;
	int fd = is_nofollow ? path_make_nofollow_in_root(ctx->rootfs_fd, mount->destination,
	                                                  is_dir, err)
	                     : path_make_in_root(ctx->rootfs_fd, mount->destination, is_dir, err);

	*ret = (struct mount_target){.rootfd = ctx->rootfs_fd,
	                             .path = mount->destination,
	                             .fd = fd,
	                             .is_nofollow = is_nofollow};
	return fd < 0 ? -1 : 0;
}

/* Which of the two is what, behind the kernel's "Not a directory". */
static int explain(const struct init_mount *mount, bool is_dir, struct error *err)
{
	if (err->errnum != ENOTDIR)
		return -1;
	return error_append(err, ": it is %s, and the source %s is %s",
	                    is_dir ? "a file" : "a directory", mount->source,
	                    is_dir ? "a directory" : "a file");
}

int bind_attach(const struct init_ctx *ctx, const struct init_mount *mount, int source_fd,
                struct error *err)
{
	struct mount_target target;
	auto_fd int target_fd = -1;
	struct stat st;
	bool is_dir;

	if (fstat(source_fd, &st) < 0)
		return error_errno(err, "look at bind source %s", mount->source);
	if (S_ISLNK(st.st_mode) && (mount->flags.extra & MOUNT_COPY_SYMLINK))
		return copy_symlink(ctx, mount, source_fd, err);
	is_dir = S_ISDIR(st.st_mode);
	if (open_target(ctx, mount, is_dir, &target, err) < 0)
		return -1;
	target_fd = target.fd;
	if (mount->tree_fd >= 0) {
		if (mount_attach(&target, mount->tree_fd) == 0)
			return 0;
		error_errno(err, "bind mount on %s", target.path);
	} else if (mount_bind(&target, source_fd, &mount->flags, err) == 0) {
		return 0;
	}
	return explain(mount, is_dir, err);
}
