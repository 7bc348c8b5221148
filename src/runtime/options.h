/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the command line says to the operations of the runtime. Plain data that
 * borrows its strings; zeroed means the defaults.
 */
#ifndef RTL_RUNTIME_OPTIONS_H
#define RTL_RUNTIME_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

enum runtime_cgroup_manager {
	RUNTIME_CGROUP_AUTO, /* the form of cgroupsPath decides */
	RUNTIME_CGROUP_CGROUPFS,
	RUNTIME_CGROUP_SYSTEMD,
	RUNTIME_CGROUP_DISABLED,
};

/* Global options, given to every verb. */
struct runtime_options {
	const char *root; /* --root; NULL: the user's state directory, see state_dir.h */
	enum runtime_cgroup_manager cgroup_manager;
	bool is_strict_cgroups; /* a limit that cannot be applied is an error for anyone */
};

/* create and run. */
struct runtime_create_options {
	const char *bundle;         /* directory of config.json; NULL: "." */
	const char *config;         /* --config FILE; NULL: "config.json" in the bundle */
	const char *console_socket; /* where the terminal's master goes; NULL: none */
	const char *pid_file;
	unsigned preserve_fds; /* descriptors 3 to 2+N go to the container */
	bool is_detached;      /* run only */
	bool prints_id;        /* run only: the ID on standard output before the program starts */
	bool is_kept;          /* run only: keep the state after the end */
	bool no_new_keyring;
	bool no_pivot;
	const char *pidfd_socket; /* where a pidfd of the init goes; NULL: nowhere */
};

/* exec. Members left NULL or empty are taken from the container's own process. */
struct runtime_exec_options {
	const char *
		process_file; /* --process FILE; then the rest, but for streams, is not looked at */
	char *const *args;    /* NULL-terminated command */
	const char *cwd;
	const char *user;       /* USER[:GROUP], numbers or names, see exec_user.h */
	const char *const *env; /* NAME=VALUE, n_env of them, added to the container's */
	size_t n_env;
	const char *const *caps; /* CAP_*, added to every set but inheritable and ambient */
	size_t n_caps;
	const char *const *additional_gids;
	size_t n_additional_gids;
	const char *const *cgroups; /* n_cgroups values of --cgroup, see exec_cgroup.h */
	size_t n_cgroups;
	const char *apparmor;      /* profile in place of the container's */
	const char *process_label; /* SELinux label in place of the container's */
	const char *console_socket;
	const char *pid_file;
	const char *pidfd_socket; /* where a pidfd of the process goes; NULL: nowhere */
	unsigned preserve_fds;
	bool ignores_paused; /* also in a paused container, whose cgroup may hold the process back
	                      */
	bool has_tty;        /* --tty */
	bool is_detached;
	bool has_no_new_privs; /* --no-new-privs */
};

#endif
