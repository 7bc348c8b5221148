/* SPDX-License-Identifier: Apache-2.0 */
/* The verb update. */
#ifndef RTL_RUNTIME_UPDATE_H
#define RTL_RUNTIME_UPDATE_H

#include "common/error.h"
#include "runtime/options.h"

struct oci_resources;

/* What is to change. */
struct update_request {
	struct oci_resources *changes; /* a JSON document; the caller frees it */
	const char *l3_cache_schema;   /* NULL: untouched */
	const char *mem_bw_schema;     /* NULL: untouched */
};

/*
 * runtime_update() - change limits of the created, running or paused container @id
 *
 * What @request does not name stays as it is; 0 where it means nothing is not named, -1 is no
 * limit. All is applied or nothing, and kept in the container's config.json.
 * Return: 0, or -1; ERR_STATE ("container not running"), ERR_UNSUPPORTED if it has no cgroup, or
 *         as cgroup_update().
 */
int runtime_update(const struct runtime_options *opts, const char *id,
                   const struct update_request *request, struct error *err);

/* update_read() - changes from a JSON document in the file @path, "-": standard input; NULL:
 * failed.
 */
struct oci_resources *update_read(const char *path, struct error *err);

#endif
