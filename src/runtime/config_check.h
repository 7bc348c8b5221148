/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conditions on config.json that concern more than one member, this host, or what rtl
 * can do. Process: runtime parent, before anything is made.
 */
#ifndef RTL_RUNTIME_CONFIG_CHECK_H
#define RTL_RUNTIME_CONFIG_CHECK_H

#include "common/error.h"
#include "libocispec/oci_config.h"

/*
 * config_check() - can @config become a container here?
 * Return: 0, or -1 with the member and the reason; ERR_UNSUPPORTED for what asks for
 *         confinement or behaviour that cannot be had: nothing is left out in silence.
 */
int config_check(const struct oci_config *config, struct error *err);

/* config_check_process() - the same for a process alone, as exec takes it. */
int config_check_process(const struct oci_process *process, struct error *err);

#endif
