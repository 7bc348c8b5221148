/* SPDX-License-Identifier: Apache-2.0 */
/* The process of an exec: a document of its own, or the container's with changes. */
#ifndef RTL_RUNTIME_EXEC_PROCESS_H
#define RTL_RUNTIME_EXEC_PROCESS_H

#include "common/error.h"
#include "libocispec/oci_config.h"
#include "runtime/options.h"

/*
 * exec_process_make() - the process that @exec asks for
 * @root_fd: the container's root directory, for the names of --user; else -1
 * @config: of the container; what the process has of it belongs to it, and so does the result
 *          unless it came from a file
 * @ret_document: the document of --process, which the caller releases with json_free(), or NULL
 * Return: the process, or NULL with the option that is wrong.
 */
const struct oci_process *exec_process_make(struct oci_config *config, int root_fd,
                                            const struct runtime_exec_options *exec,
                                            struct oci_process **ret_document, struct error *err);

#endif
