/* SPDX-License-Identifier: Apache-2.0 */
/* See lsm.h. */
#include "kernel/lsm.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/mem.h"

bool lsm_has_apparmor(void)
{
	char answer = 'N';
	auto_fd int fd = open("/sys/module/apparmor/parameters/enabled", O_RDONLY | O_CLOEXEC);

	return fd >= 0 && read(fd, &answer, 1) == 1 && answer == 'Y';
}

bool lsm_has_selinux(void)
{
	struct statfs fs;

	return statfs("/sys/fs/selinux", &fs) == 0 && fs.f_type == SELINUX_MAGIC;
}

/* Only procfs itself is written to, whatever was mounted in its place. */
static int open_attr(int procfd, const char *path)
{
	struct statfs fs;
	auto_fd int fd = openat(procfd, path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 || fstatfs(fd, &fs) < 0)
		return -1;
	if (fs.f_type != PROC_SUPER_MAGIC) {
		errno = EPERM;
		return -1;
	}
	return fd_take(&fd);
}

int lsm_set_apparmor_exec(int procfd, const char *profile, struct error *err)
{
	auto_free char *text = mem_printf("exec %s", profile);
	auto_fd int fd = open_attr(procfd, "thread-self/attr/apparmor/exec");

	if (fd < 0)
		fd = open_attr(procfd, "thread-self/attr/exec");
	if (fd >= 0 && write(fd, text, strlen(text)) >= 0)
		return 0;
	/* The file is there, so it is the profile that is not. */
	if (fd >= 0 && errno == ENOENT)
		return error_set(err, ERR_NOT_FOUND, "AppArmor profile %s is not loaded", profile);
	return error_errno(err, "set AppArmor profile %s", profile);
}

int lsm_set_selinux_exec(int procfd, const char *label, struct error *err)
{
	auto_fd int fd = open_attr(procfd, "thread-self/attr/exec");

	if (fd < 0 || write(fd, label, strlen(label)) < 0)
		return error_errno(err, "set SELinux label %s", label);
	return 0;
}

int lsm_set_selinux_key(int procfd, const char *label, struct error *err)
{
	auto_fd int fd = open_attr(procfd, "thread-self/attr/keycreate");

	/* A line without text is how an empty one is written: no bytes are no write. */
	if (fd < 0 || write(fd, label ? label : "\n", label ? strlen(label) : 1) < 0)
		return error_errno(err, "set SELinux label %s of keys", label ? label : "(none)");
	return 0;
}
