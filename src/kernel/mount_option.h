/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The vocabulary of mount options: those that mount(2) and mount_setattr(2) take as
 * flags, and those that ask the runtime for more than a mount. What is not in it is
 * data for the filesystem's own parser.
 * runtime-spec, config, Linux mount options; mount(8).
 */
#ifndef RTL_KERNEL_MOUNT_OPTION_H
#define RTL_KERNEL_MOUNT_OPTION_H

#include <stdbool.h>
#include <stddef.h>

/* What the runtime does beside the mount. */
enum mount_extra {
	MOUNT_COPY_UP = 1 << 0,       /* tmpfs: filled with what it covers */
	MOUNT_COPY_SYMLINK = 1 << 1,  /* bind: a source that is a link is made again, not mounted */
	MOUNT_SRC_NOFOLLOW = 1 << 2,  /* bind: the link itself is the source */
	MOUNT_DEST_NOFOLLOW = 1 << 3, /* bind: the link itself is mounted on */
	MOUNT_IDMAP = 1 << 4,         /* bind: with the owners mapped */
	MOUNT_IDMAP_REC = 1 << 5,     /* also of all mounts below */
};

/* What a list of options comes to. All members but extra are MS_* bits. */
struct mount_flags {
	unsigned long set;     /* MS_BIND and MS_REC among them for bind and rbind */
	unsigned long clear;   /* named expressly, such as "rw" or "suid" */
	unsigned long rec_set; /* the r* options: for the mount and all below it */
	unsigned long rec_clear;
	unsigned long propagation; /* MS_PRIVATE, MS_SHARED, … with MS_REC; 0: left as it is */
	unsigned long extra;       /* enum mount_extra */
};

/*
 * mount_option_apply() - add option @name to @flags; a later option overrides an earlier one
 * Return: true, or false if the vocabulary does not have it.
 */
bool mount_option_apply(const char *name, struct mount_flags *flags);

/* mount_option_names() - all names mount_option_apply() knows, @ret_n of them, static. */
const char *const *mount_option_names(size_t *ret_n);

#endif
