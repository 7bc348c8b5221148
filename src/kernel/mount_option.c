/* SPDX-License-Identifier: Apache-2.0 */
/* See mount_option.h. */
#include "kernel/mount_option.h"

#include <string.h>
#include <sys/mount.h>

#define IDMAP_MODES (MOUNT_IDMAP | MOUNT_IDMAP_REC)
#define ATIME_MODES (MS_NOATIME | MS_RELATIME | MS_STRICTATIME)

enum option_kind { FLAG, RECURSIVE, PROPAGATION, EXTRA, NOTHING };

/* name, kind, set, clear */
#define MOUNT_OPTIONS(X)                                                                           \
	X("async", FLAG, 0, MS_SYNCHRONOUS)                                                        \
	X("atime", FLAG, 0, MS_NOATIME)                                                            \
	X("bind", FLAG, MS_BIND, 0)                                                                \
	X("copy-symlink", EXTRA, MOUNT_COPY_SYMLINK, 0)                                            \
	X("defaults", NOTHING, 0, 0)                                                               \
	X("dest-nofollow", EXTRA, MOUNT_DEST_NOFOLLOW, 0)                                          \
	X("dev", FLAG, 0, MS_NODEV)                                                                \
	X("diratime", FLAG, 0, MS_NODIRATIME)                                                      \
	X("dirsync", FLAG, MS_DIRSYNC, 0)                                                          \
	X("exec", FLAG, 0, MS_NOEXEC)                                                              \
	X("idmap", EXTRA, MOUNT_IDMAP, IDMAP_MODES)                                                \
	X("iversion", FLAG, MS_I_VERSION, 0)                                                       \
	X("lazytime", FLAG, MS_LAZYTIME, 0)                                                        \
	X("loud", FLAG, 0, MS_SILENT)                                                              \
	X("mand", FLAG, MS_MANDLOCK, 0)                                                            \
	X("noatime", FLAG, MS_NOATIME, ATIME_MODES)                                                \
	X("nodev", FLAG, MS_NODEV, 0)                                                              \
	X("nodiratime", FLAG, MS_NODIRATIME, 0)                                                    \
	X("noexec", FLAG, MS_NOEXEC, 0)                                                            \
	X("noiversion", FLAG, 0, MS_I_VERSION)                                                     \
	X("nolazytime", FLAG, 0, MS_LAZYTIME)                                                      \
	X("nomand", FLAG, 0, MS_MANDLOCK)                                                          \
	X("norelatime", FLAG, 0, MS_RELATIME)                                                      \
	X("nostrictatime", FLAG, 0, MS_STRICTATIME)                                                \
	X("nosuid", FLAG, MS_NOSUID, 0)                                                            \
	X("nosymfollow", FLAG, MS_NOSYMFOLLOW, 0)                                                  \
	X("private", PROPAGATION, MS_PRIVATE, 0)                                                   \
	X("ratime", RECURSIVE, 0, MS_NOATIME)                                                      \
	X("rbind", FLAG, MS_BIND | MS_REC, 0)                                                      \
	X("rdev", RECURSIVE, 0, MS_NODEV)                                                          \
	X("rdiratime", RECURSIVE, 0, MS_NODIRATIME)                                                \
	X("relatime", FLAG, MS_RELATIME, ATIME_MODES)                                              \
	X("remount", FLAG, MS_REMOUNT, 0)                                                          \
	X("rexec", RECURSIVE, 0, MS_NOEXEC)                                                        \
	X("ridmap", EXTRA, MOUNT_IDMAP | MOUNT_IDMAP_REC, IDMAP_MODES)                             \
	X("rnoatime", RECURSIVE, MS_NOATIME, ATIME_MODES)                                          \
	X("rnodev", RECURSIVE, MS_NODEV, 0)                                                        \
	X("rnodiratime", RECURSIVE, MS_NODIRATIME, 0)                                              \
	X("rnoexec", RECURSIVE, MS_NOEXEC, 0)                                                      \
	X("rnorelatime", RECURSIVE, 0, MS_RELATIME)                                                \
	X("rnostrictatime", RECURSIVE, 0, MS_STRICTATIME)                                          \
	X("rnosuid", RECURSIVE, MS_NOSUID, 0)                                                      \
	X("rnosymfollow", RECURSIVE, MS_NOSYMFOLLOW, 0)                                            \
	X("ro", FLAG, MS_RDONLY, 0)                                                                \
	X("rprivate", PROPAGATION, MS_PRIVATE | MS_REC, 0)                                         \
	X("rrelatime", RECURSIVE, MS_RELATIME, ATIME_MODES)                                        \
	X("rro", RECURSIVE, MS_RDONLY, 0)                                                          \
	X("rrw", RECURSIVE, 0, MS_RDONLY)                                                          \
	X("rshared", PROPAGATION, MS_SHARED | MS_REC, 0)                                           \
	X("rslave", PROPAGATION, MS_SLAVE | MS_REC, 0)                                             \
	X("rstrictatime", RECURSIVE, MS_STRICTATIME, ATIME_MODES)                                  \
	X("rsuid", RECURSIVE, 0, MS_NOSUID)                                                        \
	X("rsymfollow", RECURSIVE, 0, MS_NOSYMFOLLOW)                                              \
	X("runbindable", PROPAGATION, MS_UNBINDABLE | MS_REC, 0)                                   \
	X("rw", FLAG, 0, MS_RDONLY)                                                                \
	X("shared", PROPAGATION, MS_SHARED, 0)                                                     \
	X("silent", FLAG, MS_SILENT, 0)                                                            \
	X("slave", PROPAGATION, MS_SLAVE, 0)                                                       \
	X("src-nofollow", EXTRA, MOUNT_SRC_NOFOLLOW, 0)                                            \
	X("strictatime", FLAG, MS_STRICTATIME, ATIME_MODES)                                        \
	X("suid", FLAG, 0, MS_NOSUID)                                                              \
	X("symfollow", FLAG, 0, MS_NOSYMFOLLOW)                                                    \
	X("sync", FLAG, MS_SYNCHRONOUS, 0)                                                         \
	X("tmpcopyup", EXTRA, MOUNT_COPY_UP, 0)                                                    \
	X("unbindable", PROPAGATION, MS_UNBINDABLE, 0)

#define X(name, kind, set, clear) {name, kind, set, clear},
static const struct mount_option {
	const char *name;
	enum option_kind kind;
	unsigned long set;
	unsigned long clear;
} mount_options[] = {MOUNT_OPTIONS(X)};
#undef X

#define X(name, kind, set, clear) name,
static const char *const names[] = {MOUNT_OPTIONS(X)};
#undef X

static void change(unsigned long *set, unsigned long *clear, const struct mount_option *option)
{
	*set = (*set & ~option->clear) | option->set;
	*clear = (*clear | option->clear) & ~option->set;
}

bool mount_option_apply(const char *name, struct mount_flags *flags)
{
	for (size_t i = 0; i < sizeof(mount_options) / sizeof(mount_options[0]); i++) {
		const struct mount_option *option = &mount_options[i];

		if (strcmp(option->name, name) != 0)
			continue;
		if (option->kind == FLAG)
			change(&flags->set, &flags->clear, option);
		else if (option->kind == RECURSIVE)
			change(&flags->rec_set, &flags->rec_clear, option);
		else if (option->kind == PROPAGATION)
			flags->propagation = option->set;
		else if (option->kind == EXTRA)
			flags->extra = (flags->extra & ~option->clear) | option->set;
		return true;
	}
	return false;
}

const char *const *mount_option_names(size_t *ret_n)
{
	*ret_n = sizeof(names) / sizeof(names[0]);
	return names;
}
