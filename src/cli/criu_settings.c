/* SPDX-License-Identifier: Apache-2.0 */
/* See criu_settings.h. */
#include "cli/criu_settings.h"

const char *const criu_settings_cgroups_modes[] = {"soft", "full", "strict", "ignore", NULL};
static const enum criu_rpc_cgroups cgroups_values[] = {
	CRIU_RPC_CGROUPS_SOFT,
	CRIU_RPC_CGROUPS_FULL,
	CRIU_RPC_CGROUPS_STRICT,
	CRIU_RPC_CGROUPS_IGNORE,
};

/* In the order of criu_network_lock_method, behind 0: what criu does by itself. */
const char *const criu_settings_network_locks[] = {"default", "iptables", "nftables", "skip", NULL};

void criu_settings_finish(struct criu_settings_options *options)
{
	options->criu.cgroups_mode = cgroups_values[options->cgroups_mode];
	options->criu.network_lock = options->network_lock;
	options->criu.empty_ns = options->empty_ns.v;
	options->criu.n_empty_ns = options->empty_ns.n;
}
