/* SPDX-License-Identifier: Apache-2.0 */
/* The options that create and run share, and how both read their argument. */
#ifndef RTL_CLI_CREATE_OPTIONS_H
#define RTL_CLI_CREATE_OPTIONS_H

#include <stdbool.h>

#include "cli/option.h"
#include "runtime/options.h"

/* Rows for a struct that begins with a struct runtime_create_options. */
#define CREATE_OPTION(name, letter, kind, argument, member, help)                                  \
	{                                                                                          \
		name, letter, kind, argument, offsetof(struct runtime_create_options, member),     \
			help, NULL                                                                 \
	}
#define CREATE_OPTIONS                                                                             \
	CREATE_OPTION("bundle", 'b', OPTION_STRING, "DIR", bundle,                                 \
	              "directory of config.json (default: the working directory)"),                \
		CREATE_OPTION("config", 'f', OPTION_STRING, "FILE", config,                        \
	                      "read FILE instead of the bundle's config.json"),                    \
		CREATE_OPTION("console-socket", 0, OPTION_STRING, "SOCKET", console_socket,        \
	                      "unix socket that receives the terminal's master end"),              \
		CREATE_OPTION("pid-file", 0, OPTION_STRING, "FILE", pid_file,                      \
	                      "write the PID of the init process to FILE"),                        \
		CREATE_OPTION("pidfd-socket", 0, OPTION_STRING, "SOCKET", pidfd_socket,            \
	                      "unix socket that receives a pidfd of the init process"),            \
		CREATE_OPTION("preserve-fds", 0, OPTION_UINT, "N", preserve_fds,                   \
	                      "pass descriptors 3 to 2+N to the container"),                       \
		CREATE_OPTION("no-pivot", 0, OPTION_FLAG, NULL, no_pivot,                          \
	                      "do not use pivot_root(2), as on a ramdisk"),                        \
		CREATE_OPTION("no-new-keyring", 0, OPTION_FLAG, NULL, no_new_keyring,              \
	                      "keep the caller's session keyring")

/*
 * create_options_is_bundle() - is @argument a bundle and not an ID? So is one with a "/", and
 * "." and "..": no ID can be these.
 */
bool create_options_is_bundle(const char *argument);

#endif
