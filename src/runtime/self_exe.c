/* SPDX-License-Identifier: Apache-2.0 */
/* See self_exe.h. */
#include "runtime/self_exe.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/file.h"
#include "common/log.h"
#include "common/mem.h"
#include "kernel/exe_file.h"
#include "kernel/mount.h"
#include "runtime/caller.h"

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U
#endif

#define CMDLINE_MAX_BYTES (4 << 20)
#define SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

bool self_exe_is_writable(bool has_user_ns, const struct idmap_pair *maps, unsigned uid,
                          unsigned gid, unsigned mode)
{
	if (!has_user_ns)
		return caller_get()->is_root;
	if (!maps || (mode & S_IWOTH))
		return true;
	return idmap_has_outside(&maps->uid, uid) ||
	       ((mode & S_IWGRP) && idmap_has_outside(&maps->gid, gid));
}

/* A read-only mount, ours or the system's, or our sealed copy. */
static bool is_protected(int fd)
{
	struct statvfs vfs;
	int seals = fcntl(fd, F_GET_SEALS);

	return (seals >= 0 && (seals & F_SEAL_WRITE)) ||
	       (fstatvfs(fd, &vfs) == 0 && (vfs.f_flag & ST_RDONLY));
}

static int copy_all(int from, int to, off_t size)
{
	off_t offset = 0;

	while (offset < size) {
		if (sendfile(to, from, &offset, (size_t)(size - offset)) <= 0)
			return -1;
	}
	return 0;
}

static int make_sealed_copy(int exe_fd, struct error *err)
{
	struct stat st;
	auto_fd int fd = memfd_create("rtl", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC);

	if (fd < 0 && errno == EINVAL) /* before Linux 6.3 all are executable */
		fd = memfd_create("rtl", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd < 0 || fstat(exe_fd, &st) < 0 || copy_all(exe_fd, fd, st.st_size) < 0 ||
	    fchmod(fd, 0555) < 0 || fcntl(fd, F_ADD_SEALS, SEALS) < 0)
		return error_errno(err, "make a sealed copy of rtl");
	return fd_take(&fd);
}

static char **read_command_line(struct error *err)
{
	auto_free char *text = NULL;
	ssize_t size =
		file_read(caller_get()->proc_fd, "self/cmdline", CMDLINE_MAX_BYTES, &text, err);
	char **args = NULL;
	size_t n = 0;

	if (size < 0)
		return NULL;
	for (const char *p = text; p < text + size; p += strlen(p) + 1) {
		mem_array_grow(args, n);
		args[n++] = mem_strdup(p);
	}
	mem_array_grow(args, n);
	args[n] = NULL;
	return args;
}

/* Without a second execution, which costs ten times as much. */
static int go_on_from(int tree_fd, struct error *err)
{
	char name[sizeof("self/fd/") + 12];
	auto_fd int fd = -1;

	snprintf(name, sizeof(name), "self/fd/%d", tree_fd);
	fd = openat(caller_get()->proc_fd, name, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? error_errno(err, "open rtl's file") : exe_file_replace(fd, err);
}

static int execute_again(int exe_fd, int tree_fd, struct error *err)
{
	auto_strv char **args = read_command_line(err);
	auto_fd int copy_fd = -1;

	if (!args)
		return -1;
	if (tree_fd < 0) {
		copy_fd = make_sealed_copy(exe_fd, err);
		if (copy_fd < 0)
			return -1;
	}
	syscall(SYS_execveat, tree_fd < 0 ? copy_fd : tree_fd, "", args, environ, AT_EMPTY_PATH);
	return error_errno(err, "execute rtl from where containers cannot write it");
}

/* From a read-only mount, where that can be had. */
static int protect(int exe_fd, struct error *err)
{
	auto_fd int tree_fd = mount_clone_readonly(exe_fd);
	struct error reason;

	if (tree_fd >= 0) {
		if (go_on_from(tree_fd, &reason) == 0)
			return 0;
		log_debug("executing rtl again: %s", reason.msg);
	}
	return execute_again(exe_fd, tree_fd, err);
}

int self_exe_protect(bool has_user_ns, const struct idmap_pair *maps, struct error *err)
{
	auto_fd int fd = openat(caller_get()->proc_fd, "self/exe", O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return error_errno(err, "open /proc/self/exe");
	if (!self_exe_is_writable(has_user_ns, maps, st.st_uid, st.st_gid, st.st_mode))
		return 0;
	if (!is_protected(fd))
		return protect(fd, err);
	/* The kernel calls a program executed by descriptor after the descriptor. */
	prctl(PR_SET_NAME, "rtl");
	return 0;
}

int self_exe_protect_early(struct error *err)
{
	return caller_get()->is_root ? self_exe_protect(false, NULL, err) : 0;
}
