/* SPDX-License-Identifier: Apache-2.0 */
/* See bundle.h. */
#include "runtime/bundle.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/file.h"
#include "common/mem.h"
#include "common/path.h"

void bundle_close(struct bundle *bundle)
{
	cleanup_free(&bundle->path);
	cleanup_free(&bundle->rootfs);
	cleanup_free(&bundle->text);
	cleanup_fd(&bundle->rootfs_fd);
	json_free(bundle->config);
	*bundle = (struct bundle){.rootfs_fd = -1};
}

static int read_config(const struct runtime_create_options *create, int dirfd,
                       struct bundle *bundle, struct error *err)
{
	const char *name = create->config ? create->config : "config.json";
	/* --config is looked up as the caller wrote it, config.json in the bundle. */
	ssize_t n = file_read(create->config ? AT_FDCWD : dirfd, name, OCI_CONFIG_MAX_BYTES,
	                      &bundle->text, err);

	if (n < 0)
		return error_wrap(err, "bundle %s", bundle->path);
	bundle->text_len = (size_t)n;
	bundle->config = oci_config_read(name, bundle->text, bundle->text_len, err);
	if (!bundle->config)
		return error_wrap(err, "bundle %s", bundle->path);
	if (!bundle->config->linux)
		bundle->config->linux = json_alloc(bundle->config, sizeof(struct oci_linux));
	return 0;
}

static int open_rootfs(int dirfd, struct bundle *bundle, struct error *err)
{
	const struct oci_root *root = bundle->config->root;
	auto_free char *joined = NULL;
	struct stat st;

	if (!root)
		return error_set(err, ERR_INVALID, "bundle %s: config.json: root: missing",
		                 bundle->path);
	joined = mem_printf("%s/%s", root->path[0] == '/' ? "" : bundle->path, root->path);
	bundle->rootfs = path_clean(joined);
	bundle->rootfs_fd = openat(dirfd, bundle->rootfs, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (bundle->rootfs_fd < 0 || fstat(bundle->rootfs_fd, &st) < 0)
		return error_errno(err, "open root filesystem %s", bundle->rootfs);
	if (S_ISLNK(st.st_mode))
		return error_set(err, ERR_INVALID,
		                 "root filesystem %s is a symlink: root.path must name the "
		                 "directory itself",
		                 bundle->rootfs);
	if (!S_ISDIR(st.st_mode))
		return error_set(err, ERR_INVALID, "root filesystem %s is not a directory",
		                 bundle->rootfs);
	return 0;
}

int bundle_open(const struct runtime_create_options *create, struct bundle *ret, struct error *err)
{
	auto_bundle struct bundle bundle = {.rootfs_fd = -1};
	auto_fd int dirfd = -1;

	bundle.path = path_absolute(create->bundle ? create->bundle : ".", err);
	if (!bundle.path)
		return -1;
	dirfd = open(bundle.path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dirfd < 0)
		return error_errno(err, "open bundle %s", bundle.path);
	if (read_config(create, dirfd, &bundle, err) < 0 || open_rootfs(dirfd, &bundle, err) < 0)
		return -1;
	*ret = bundle;
	bundle = (struct bundle){.rootfs_fd = -1};
	return 0;
}
