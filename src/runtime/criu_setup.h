/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What checkpoint and restore tell criu alike: directories, flags, and what of the
 * container lies outside of it (mounts, namespaces). Process: runtime parent.
 */
#ifndef RTL_RUNTIME_CRIU_SETUP_H
#define RTL_RUNTIME_CRIU_SETUP_H

#include <stdbool.h>
#include <stddef.h>

#include "common/cleanup.h"
#include "common/error.h"
#include "libocispec/oci_config.h"
#include "runtime/criu_rpc.h"

/* Said on the command line of both verbs; borrowed. */
struct criu_settings {
	const char *image_path; /* NULL: "checkpoint" */
	const char *work_path;  /* NULL: the same */
	const char *const *empty_ns;
	size_t n_empty_ns;
	enum criu_rpc_cgroups cgroups_mode;
	int network_lock; /* enum of criu_rpc_options; 0: criu's default */
	bool tcp_established, ext_unix_sk, shell_job, file_locks, lazy_pages, auto_dedup;
	bool tcp_close;
};

/* The options for a request, and what they borrow. */
struct criu_setup {
	struct criu_rpc_options options;
	char *image_path; /* absolute */
	char *work_path;  /* absolute; the same without --work-path */
	char *log_path;   /* of criu's log, for messages */
	int image_fd;
	int work_fd; /* or -1 */
	struct criu_rpc_pair *mounts;
	size_t n_mounts;
	const char **externals;
	size_t n_externals;
	char **strings; /* all that was made for the options */
	size_t n_strings;
};

#define CRIU_SETUP_NONE                                                                            \
	{                                                                                          \
		.image_fd = -1, .work_fd = -1                                                      \
	}

/* criu_setup_clear() - release all of @setup. */
void criu_setup_clear(struct criu_setup *setup);

#define auto_criu_setup auto_call(criu_setup_clear)

/*
 * criu_setup_begin() - open the directories and fill the options that both verbs have
 * @config:   of the container; its annotation org.criu.config names criu's configuration file
 * @log_file: name of the log in the work directory
 * @is_made:  the directories are made if they are missing (0700)
 */
int criu_setup_begin(struct criu_setup *setup, const struct criu_settings *settings,
                     const struct oci_config *config, const char *log_file, bool is_made,
                     struct error *err);

/* criu_setup_string() - hand a heap string over to @setup; gives it back, to be borrowed. */
const char *criu_setup_string(struct criu_setup *setup, char *s);

/* criu_setup_external() - name something that is not to be dumped; takes the heap string @s. */
void criu_setup_external(struct criu_setup *setup, char *s);

/*
 * criu_setup_mounts() - the mounts that come from outside, by their place in the container
 * @root_fd:    its root: on the host for a restore, else as the container has it; links in
 *              destinations are resolved there
 * @bundle:     what relative sources are relative to
 * @is_restore: with what is to be mounted there; else the name is its own value
 *
 * Binds of config.json with the host's mounts below their sources, and masked files.
 */
int criu_setup_mounts(struct criu_setup *setup, const struct oci_config *config, int root_fd,
                      const char *bundle, bool is_restore, struct error *err);

/*
 * criu_setup_cgroup_mounts() - cgroup mounts of a host with v1 hierarchies, which are binds
 * @membership: /proc/PID/cgroup of the container's init, or of a criu that is in its cgroup; cut up
 * @is_restore: as above
 */
void criu_setup_cgroup_mounts(struct criu_setup *setup, const struct oci_config *config,
                              char *membership, bool is_restore);

/* criu_setup_explain() - put the first error of criu's log behind @err, and where it is. -1. */
int criu_setup_explain(const struct criu_setup *setup, struct error *err);

/* What criu calls a network or PID namespace that was given by path; NULL: not external. */
const char *criu_setup_ns_key(enum oci_namespace_type type);

#endif
