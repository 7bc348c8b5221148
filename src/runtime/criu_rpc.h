/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The messages of criu's RPC (criu.org/RPC; its rpc.proto): what rtl asks, and what
 * criu answers. Only encoding: the conversation is criu.h. What criu sends is read as
 * foreign bytes.
 */
#ifndef RTL_RUNTIME_CRIU_RPC_H
#define RTL_RUNTIME_CRIU_RPC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/error.h"
#include "common/str.h"

/* A longer answer is none of criu's. */
#define CRIU_RPC_MAX_BYTES 65536

/* criu_req_type */
enum criu_rpc_type {
	CRIU_RPC_DUMP = 1,
	CRIU_RPC_RESTORE = 2,
	CRIU_RPC_PRE_DUMP = 4,
	CRIU_RPC_NOTIFY = 6,
	CRIU_RPC_FEATURE_CHECK = 9,
	CRIU_RPC_VERSION = 10,
};

/* criu_cg_mode; 0, which is IGNORE there, cannot be told from "not given" here. */
enum criu_rpc_cgroups {
	CRIU_RPC_CGROUPS_IGNORE = 0,
	CRIU_RPC_CGROUPS_SOFT = 3,
	CRIU_RPC_CGROUPS_FULL = 4,
	CRIU_RPC_CGROUPS_STRICT = 5,
};

/* Two strings that belong together; borrowed. */
struct criu_rpc_pair {
	const char *key;
	const char *value;
};

/* A descriptor of the criu process that takes the place of something outside of the dump. */
struct criu_rpc_fd {
	const char *key;
	int fd;
};

/* criu_opts, as far as they are used. Borrowed; NULL, 0 and false are not sent, but for
 * images_dir_fd. */
struct criu_rpc_options {
	int images_dir_fd; /* of this process: criu opens it through /proc */
	int work_dir_fd;   /* the same; 0: none, as no directory is standard input */
	int32_t pid;
	int32_t log_level;
	enum criu_rpc_cgroups cgroups_mode; /* always sent */
	int32_t network_lock;               /* 1 iptables, 2 nftables, 3 skip */
	int32_t empty_ns;                   /* CLONE_NEW* */
	int32_t status_fd;
	bool leave_running, tcp_established, ext_unix_sk, shell_job, file_locks, link_remap;
	bool tcp_skip_in_flight, tcp_close, lazy_pages, auto_dedup, track_mem, evasive_devices;
	bool notify_scripts, orphan_pts_master, rst_sibling, ext_masters, manage_cgroups;
	const char *log_file;
	const char *root;
	const char *parent_img;
	const char *freeze_cgroup;
	const char *lsm_profile;
	const char *lsm_mount_context;
	const char *config_file;
	const char *page_server_address;
	int32_t page_server_port;

	const struct criu_rpc_pair *ext_mounts;
	size_t n_ext_mounts;
	const char *const *externals;
	size_t n_externals;
	const struct criu_rpc_fd *inherit_fds;
	size_t n_inherit_fds;
	const struct criu_rpc_pair *join_ns; /* kind, path */
	size_t n_join_ns;
	const struct criu_rpc_pair *cgroup_roots; /* controllers, path */
	size_t n_cgroup_roots;
};

/* What criu says, flat. */
struct criu_rpc_response {
	int type; /* enum criu_rpc_type, or one unknown here */
	bool is_success;
	int32_t pid; /* of a restored container, or what a notification is about; 0: none */
	int32_t error;
	int32_t version; /* 31701 for 3.17.1 */
	bool has_mem_track;
	bool has_lazy_pages;
	char script[64];   /* CRIU_RPC_NOTIFY: what happens */
	char message[256]; /* why it failed, if it says so */
};

/* criu_rpc_request() - append a request of @type to @out; @options may be NULL. */
void criu_rpc_request(struct str *out, enum criu_rpc_type type,
                      const struct criu_rpc_options *options);

/* criu_rpc_feature_request() - append a question for memory tracking and lazy pages. */
void criu_rpc_feature_request(struct str *out);

/* criu_rpc_notified() - append the answer to a notification: it was dealt with, or failed. */
void criu_rpc_notified(struct str *out, bool is_success);

/*
 * criu_rpc_response() - read an answer of @n bytes
 * Return: 0, or -1 with ERR_INVALID if it is none.
 */
int criu_rpc_response(const void *data, size_t n, struct criu_rpc_response *ret, struct error *err);

#endif
