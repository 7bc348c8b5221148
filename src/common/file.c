/* SPDX-License-Identifier: Apache-2.0 */
/* See file.h. */
#include "common/file.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "common/cleanup.h"
#include "common/mem.h"
#include "common/str.h"

ssize_t file_read_fd(int fd, const char *name, size_t max_bytes, char **ret, struct error *err)
{
	auto_str struct str buf = {0};
	struct stat st;

	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (size_t)st.st_size <= max_bytes)
		/* a file of /proc does not tell its size */
		str_reserve(&buf, st.st_size ? (size_t)st.st_size + 1 : 2000);
	for (;;) {
		ssize_t n;

		if (buf.cap - buf.len < 2)
			str_reserve(&buf, 4096);
		n = read(fd, buf.s + buf.len, buf.cap - buf.len - 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_errno(err, "read %s", name);
		if (n == 0)
			break;
		buf.len += (size_t)n;
		if (buf.len > max_bytes)
			return error_set(err, ERR_LIMIT, "read %s: larger than %zu bytes", name,
			                 max_bytes);
	}
	buf.s[buf.len] = '\0';
	*ret = buf.s;
	buf.s = NULL;
	return (ssize_t)buf.len;
}

ssize_t file_read(int dirfd, const char *path, size_t max_bytes, char **ret, struct error *err)
{
	/* Not to wait for the other end of a FIFO that nobody opens: it is empty then. */
	auto_fd int fd = openat(dirfd, path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return error_errno(err, "open %s", path);
	if (fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode) && fcntl(fd, F_SETFL, 0) < 0)
		return error_errno(err, "open %s", path);
	return file_read_fd(fd, path, max_bytes, ret, err);
}

int file_write_all(int fd, const void *data, size_t n)
{
	const char *p = data;

	while (n > 0) {
		ssize_t done = write(fd, p, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return -1;
		p += done;
		n -= (size_t)done;
	}
	return 0;
}

int file_write(int dirfd, const char *path, const char *text, struct error *err)
{
	auto_fd int fd = openat(dirfd, path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return error_errno(err, "open %s", path);
	if (write(fd, text, strlen(text)) < 0)
		return error_errno(err, "write %s to %s", text, path);
	return 0;
}

int file_replace(int dirfd, const char *path, const void *data, size_t n, mode_t mode,
                 struct error *err)
{
	auto_free char *temporary = mem_printf(".%s.new", path);
	auto_fd int fd = -1;

	fd = openat(dirfd, temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	/* What a killed writer left, or somebody else put there, is not written to. */
	if (fd < 0 && errno == EEXIST && unlinkat(dirfd, temporary, 0) == 0)
		fd = openat(dirfd, temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	if (fd < 0)
		return error_errno(err, "create %s", temporary);
	if (file_write_all(fd, data, n) < 0)
		error_errno(err, "write %s", temporary);
	else if (renameat(dirfd, temporary, dirfd, path) < 0)
		error_errno(err, "rename %s to %s", temporary, path);
	else
		return 0;
	unlinkat(dirfd, temporary, 0);
	return -1;
}

static int remove_contents(int fd, const char *name, struct error *err)
{
	auto_dir DIR *dir = fdopendir(fd);
	struct dirent *entry;

	if (!dir) {
		error_errno(err, "read directory %s", name);
		close(fd);
		return -1;
	}
	while ((errno = 0, entry = readdir(dir))) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (file_remove_tree(dirfd(dir), entry->d_name, err) < 0)
			return error_wrap(err, "%s", name);
	}
	return errno ? error_errno(err, "read directory %s", name) : 0;
}

int file_remove_tree(int dirfd, const char *name, struct error *err)
{
	int fd;

	if (unlinkat(dirfd, name, 0) == 0 || errno == ENOENT)
		return 0;
	if (errno != EISDIR && errno != EPERM)
		return error_errno(err, "remove %s", name);
	fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? 0 : error_errno(err, "open directory %s", name);
	if (remove_contents(fd, name, err) < 0)
		return -1;
	if (unlinkat(dirfd, name, AT_REMOVEDIR) < 0 && errno != ENOENT)
		return error_errno(err, "remove directory %s", name);
	return 0;
}
