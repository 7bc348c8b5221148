/* SPDX-License-Identifier: Apache-2.0 */
/* Options that checkpoint and restore share. */
#ifndef RTL_CLI_CRIU_SETTINGS_H
#define RTL_CLI_CRIU_SETTINGS_H

#include "cli/option.h"
#include "runtime/criu_setup.h"

/* What the rows below fill; the options structs of both verbs begin with it. */
struct criu_settings_options {
	struct criu_settings criu;
	struct option_list empty_ns;
	int cgroups_mode; /* index in criu_settings_cgroups_modes */
	int network_lock; /* index in criu_settings_network_locks */
};

/* Words of --manage-cgroups-mode and --network-lock. */
extern const char *const criu_settings_cgroups_modes[];
extern const char *const criu_settings_network_locks[];

#define CRIU_SETTING(name, kind, argument, member, help, words)                                    \
	{                                                                                          \
		name, 0, kind, argument, offsetof(struct criu_settings_options, member), help,     \
			words                                                                      \
	}
#define CRIU_SETTINGS                                                                              \
	CRIU_SETTING("image-path", OPTION_STRING, "DIR", criu.image_path,                          \
	             "directory of the images (default: checkpoint)", NULL),                       \
		CRIU_SETTING("work-path", OPTION_STRING, "DIR", criu.work_path,                    \
	                     "directory of criu's log (default: that of the images)", NULL),       \
		CRIU_SETTING("tcp-established", OPTION_FLAG, NULL, criu.tcp_established,           \
	                     "allow open TCP connections", NULL),                                  \
		CRIU_SETTING("ext-unix-sk", OPTION_FLAG, NULL, criu.ext_unix_sk,                   \
	                     "allow unix sockets whose other end is outside", NULL),               \
		CRIU_SETTING("shell-job", OPTION_FLAG, NULL, criu.shell_job,                       \
	                     "allow a session or terminal that began outside", NULL),              \
		CRIU_SETTING("lazy-pages", OPTION_FLAG, NULL, criu.lazy_pages,                     \
	                     "fetch memory when it is used (userfaultfd)", NULL),                  \
		CRIU_SETTING("file-locks", OPTION_FLAG, NULL, criu.file_locks, "allow file locks", \
	                     NULL),                                                                \
		CRIU_SETTING("manage-cgroups-mode", OPTION_WORD, "MODE", cgroups_mode,             \
	                     "soft (default), full, strict or ignore",                             \
	                     criu_settings_cgroups_modes),                                         \
		CRIU_SETTING("network-lock", OPTION_WORD, "METHOD", network_lock,                  \
	                     "how to hold up traffic: iptables, nftables or skip",                 \
	                     criu_settings_network_locks),                                         \
		CRIU_SETTING("empty-ns", OPTION_LIST, "KIND", empty_ns,                            \
	                     "make this namespace, but leave it empty: network", NULL),            \
		CRIU_SETTING("auto-dedup", OPTION_FLAG, NULL, criu.auto_dedup,                     \
	                     "punch memory out of images that later ones replace", NULL)

/* criu_settings_finish() - put words and lists of @options into its criu, which borrows them. */
void criu_settings_finish(struct criu_settings_options *options);

#endif
