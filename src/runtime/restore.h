/* SPDX-License-Identifier: Apache-2.0 */
/* The verb restore: a container again from the files of a checkpoint, by criu(8). */
#ifndef RTL_RUNTIME_RESTORE_H
#define RTL_RUNTIME_RESTORE_H

#include "common/error.h"
#include "runtime/criu_setup.h"
#include "runtime/options.h"

/* Said on the command line; borrowed. */
struct runtime_restore_options {
	struct criu_settings criu;
	struct runtime_create_options create; /* bundle, console_socket, pid_file, is_detached */
	const char *lsm_profile;              /* TYPE:NAME */
	const char *lsm_mount_context;
};

/*
 * runtime_restore() - make container @id from a bundle and a checkpoint, running where it was
 * @ret_status: exit status of the container, as runtime_run(); 0 if detached
 *
 * prestart and createRuntime hooks run once the namespaces are there. On failure no state, process,
 * mount or cgroup is left.
 * Process: runtime parent, which must be root.
 */
int runtime_restore(const struct runtime_options *opts, const char *id,
                    const struct runtime_restore_options *options, int *ret_status,
                    struct error *err);

#endif
