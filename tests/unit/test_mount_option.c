/* SPDX-License-Identifier: Apache-2.0 */
/* The vocabulary of mount options. */
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>

#include "kernel/mount_option.h"
#include "kernel/syscalls.h"
#include "test.h"

#define ATIME (MS_NOATIME | MS_RELATIME | MS_STRICTATIME)

/* All of the comma separated @list, which must be known. */
static struct mount_flags apply(const char *list)
{
	struct mount_flags flags = {0};
	char copy[256];
	char *save = NULL;

	snprintf(copy, sizeof(copy), "%s", list);
	for (char *name = strtok_r(copy, ",", &save); name; name = strtok_r(NULL, ",", &save))
		EXPECT(mount_option_apply(name, &flags));
	return flags;
}

TEST(plain_options_set_and_clear_their_flag)
{
	static const struct {
		const char *list;
		unsigned long set;
		unsigned long clear;
	} cases[] = {
		{"ro", MS_RDONLY, 0},
		{"rw", 0, MS_RDONLY},
		{"nosuid,nodev,noexec", MS_NOSUID | MS_NODEV | MS_NOEXEC, 0},
		{"suid,dev,exec", 0, MS_NOSUID | MS_NODEV | MS_NOEXEC},
		{"bind", MS_BIND, 0},
		{"rbind", MS_BIND | MS_REC, 0},
		{"nosymfollow", MS_NOSYMFOLLOW, 0},
		{"sync,dirsync", MS_SYNCHRONOUS | MS_DIRSYNC, 0},
		{"async", 0, MS_SYNCHRONOUS},
		{"nodiratime", MS_NODIRATIME, 0},
		{"diratime", 0, MS_NODIRATIME},
		{"defaults", 0, 0},
		{"remount", MS_REMOUNT, 0},
		{"silent", MS_SILENT, 0},
		{"mand,iversion,lazytime", MS_MANDLOCK | MS_I_VERSION | MS_LAZYTIME, 0},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct mount_flags flags = apply(cases[i].list);

		EXPECT_INT(flags.set, cases[i].set);
		EXPECT_INT(flags.clear, cases[i].clear);
		EXPECT(!flags.rec_set && !flags.rec_clear && !flags.propagation);
	}
}

TEST(a_later_option_overrides_an_earlier_one)
{
	struct mount_flags flags = apply("ro,rw");

	EXPECT_INT(flags.set, 0);
	EXPECT_INT(flags.clear, MS_RDONLY);
	flags = apply("rw,ro,suid,nosuid");
	EXPECT_INT(flags.set, MS_RDONLY | MS_NOSUID);
	EXPECT_INT(flags.clear, 0);
	flags = apply("rro,rrw");
	EXPECT_INT(flags.rec_set, 0);
	EXPECT_INT(flags.rec_clear, MS_RDONLY);
	flags = apply("rshared,private");
	EXPECT_INT(flags.propagation, MS_PRIVATE);
}

TEST(there_is_one_mode_of_atime)
{
	struct mount_flags flags = apply("noatime,strictatime");

	EXPECT_INT(flags.set & ATIME, MS_STRICTATIME);
	flags = apply("strictatime,relatime");
	EXPECT_INT(flags.set & ATIME, MS_RELATIME);
	EXPECT_INT(flags.clear & ATIME, MS_NOATIME | MS_STRICTATIME);
	flags = apply("rstrictatime,rnoatime");
	EXPECT_INT(flags.rec_set & ATIME, MS_NOATIME);
	flags = apply("noatime,atime");
	EXPECT_INT(flags.set & ATIME, 0);
}

TEST(recursive_options_are_kept_apart)
{
	struct mount_flags flags = apply("rro,rnosuid,rnodev,rnoexec,rnosymfollow,exec");

	EXPECT_INT(flags.rec_set, MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOSYMFOLLOW);
	EXPECT_INT(flags.rec_clear, 0);
	EXPECT_INT(flags.set, 0);
	EXPECT_INT(flags.clear, MS_NOEXEC);
	flags = apply("rsuid,rdev,rexec,rsymfollow,rdiratime,ratime");
	EXPECT_INT(flags.rec_clear,
	           MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOSYMFOLLOW | MS_NODIRATIME | MS_NOATIME);
}

TEST(propagation_is_not_a_flag_of_the_mount)
{
	static const struct {
		const char *name;
		unsigned long propagation;
	} cases[] = {
		{"private", MS_PRIVATE},       {"rprivate", MS_PRIVATE | MS_REC},
		{"shared", MS_SHARED},         {"rshared", MS_SHARED | MS_REC},
		{"slave", MS_SLAVE},           {"rslave", MS_SLAVE | MS_REC},
		{"unbindable", MS_UNBINDABLE}, {"runbindable", MS_UNBINDABLE | MS_REC},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct mount_flags flags = apply(cases[i].name);

		EXPECT_INT(flags.propagation, cases[i].propagation);
		EXPECT(!flags.set && !flags.clear && !flags.rec_set && !flags.rec_clear);
	}
}

TEST(what_is_no_flag_changes_nothing)
{
	static const char *const names[] = {"noexce",   "",       "RO",     "ro ",
	                                    "size=64m", "mode=1", "ro=",    "rsync",
	                                    "r",        "gid=5",  "nofail", "rro=recursive",
	                                    "ro,rw"};
	struct mount_flags flags = {.set = MS_RDONLY};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		EXPECT(!mount_option_apply(names[i], &flags));
	EXPECT_INT(flags.set, MS_RDONLY);
	EXPECT(!flags.clear && !flags.rec_set && !flags.rec_clear && !flags.propagation);
}

TEST(every_name_is_known_once_in_order)
{
	size_t n = 0;
	const char *const *names = mount_option_names(&n);

	EXPECT(n > 50);
	for (size_t i = 0; i < n; i++) {
		struct mount_flags flags = {0};

		EXPECT(mount_option_apply(names[i], &flags));
		EXPECT(!i || strcmp(names[i - 1], names[i]) < 0);
	}
}

TEST(what_one_option_sets_its_opposite_clears)
{
	static const char *const pairs[][2] = {
		{"ro", "rw"},
		{"nosuid", "suid"},
		{"nodev", "dev"},
		{"noexec", "exec"},
		{"noatime", "atime"},
		{"nodiratime", "diratime"},
		{"sync", "async"},
		{"mand", "nomand"},
		{"nosymfollow", "symfollow"},
		{"silent", "loud"},
		{"relatime", "norelatime"},
		{"iversion", "noiversion"},
		{"lazytime", "nolazytime"},
		{"strictatime", "nostrictatime"},
	};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		struct mount_flags on = apply(pairs[i][0]);
		struct mount_flags off = {.set = on.set};

		EXPECT(on.set != 0);
		EXPECT(mount_option_apply(pairs[i][1], &off));
		EXPECT_INT(off.set, 0);
		EXPECT(off.clear & on.set);
	}
}

TEST(options_that_are_no_flag_are_kept_apart)
{
	static const struct {
		const char *list;
		unsigned long extra;
	} cases[] = {
		{"tmpcopyup", MOUNT_COPY_UP},
		{"copy-symlink", MOUNT_COPY_SYMLINK},
		{"src-nofollow,dest-nofollow", MOUNT_SRC_NOFOLLOW | MOUNT_DEST_NOFOLLOW},
		{"idmap", MOUNT_IDMAP},
		{"ridmap", MOUNT_IDMAP | MOUNT_IDMAP_REC},
		{"ridmap,idmap", MOUNT_IDMAP},
		{"idmap,ridmap", MOUNT_IDMAP | MOUNT_IDMAP_REC},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct mount_flags flags = apply(cases[i].list);

		EXPECT_INT(flags.extra, cases[i].extra);
		EXPECT(!flags.set && !flags.clear && !flags.rec_set && !flags.rec_clear);
	}
}
