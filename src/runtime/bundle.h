/* SPDX-License-Identifier: Apache-2.0 */
/* The bundle: a directory with config.json and the root filesystem. runtime-spec, bundle. */
#ifndef RTL_RUNTIME_BUNDLE_H
#define RTL_RUNTIME_BUNDLE_H

#include "common/cleanup.h"
#include "common/error.h"
#include "libocispec/oci_config.h"
#include "runtime/options.h"

struct bundle {
	char *path;                /* absolute */
	char *rootfs;              /* absolute */
	int rootfs_fd;             /* O_PATH */
	struct oci_config *config; /* linux is never NULL */
	char *text;                /* config.json as it was read */
	size_t text_len;
};

/*
 * bundle_open() - read the bundle that @create names
 *
 * Members that rtl does not know are passed over; values it cannot do are errors of config_check().
 * A root filesystem that is a symlink is refused.
 */
int bundle_open(const struct runtime_create_options *create, struct bundle *ret, struct error *err);

/* bundle_close() - release all of @bundle; zeroed with rootfs_fd -1 is accepted. */
void bundle_close(struct bundle *bundle);

#define auto_bundle auto_call(bundle_close)

#endif
