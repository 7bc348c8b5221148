/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The vocabulary of mount options: those that mount(2) and mount_setattr(2) take as
 * flags. What is not in it is data for the filesystem's own parser.
 * runtime-spec, config, Linux mount options; mount(8).
 */
#ifndef RTL_KERNEL_MOUNT_OPTION_H
#define RTL_KERNEL_MOUNT_OPTION_H

#include <stdbool.h>
#include <stddef.h>

/* What a list of options comes to. All members are MS_* bits. */
struct mount_flags {
	unsigned long set;     /* MS_BIND and MS_REC among them for bind and rbind */
	unsigned long clear;   /* named expressly, such as "rw" or "suid" */
	unsigned long rec_set; /* the r* options: for the mount and all below it */
	unsigned long rec_clear;
	unsigned long propagation; /* MS_PRIVATE, MS_SHARED, … with MS_REC; 0: left as it is */
};

/*
 * mount_option_apply() - add option @name to @flags; a later option overrides an earlier one
 * Return: true, or false if it is no flag.
 */
bool mount_option_apply(const char *name, struct mount_flags *flags);

/* mount_option_names() - all names mount_option_apply() knows, @ret_n of them, static. */
const char *const *mount_option_names(size_t *ret_n);

#endif
