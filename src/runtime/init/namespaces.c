/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first phases: until the parent has written maps and cgroup, then the namespaces
 * that must not come with the clone, and what names them. Process: container init.
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/types.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/file.h"
#include "common/mem.h"
#include "kernel/confine.h"
#include "kernel/lsm.h"
#include "kernel/ns.h"
#include "kernel/syscalls.h"
#include "runtime/init/channel.h"
#include "runtime/init/init.h"

int init_oom_score(const struct init_ctx *ctx, struct error *err)
{
	char text[16];

	if (!ctx->process->has_oom_score_adj)
		return 0;
	snprintf(text, sizeof(text), "%d", ctx->process->oom_score_adj);
	if (file_write(ctx->proc_fd, "self/oom_score_adj", text, err) == 0)
		return 0;
	/* Lowering it needs CAP_SYS_RESOURCE over the host, which no ordinary user has. */
	if (ctx->is_in_user_ns && err->kind == ERR_DENIED)
		return 0;
	return error_wrap(err, "process.oomScoreAdj %s", text);
}

/* With new maps the process has the overflow ID until it takes one that exists. */
static int take_root_ids(const struct init_ctx *ctx, struct error *err)
{
	if (setresgid(ctx->root_gid, ctx->root_gid, ctx->root_gid) < 0 ||
	    setresuid(ctx->root_uid, ctx->root_uid, ctx->root_uid) < 0)
		return error_errno(err, "become %u:%u in the user namespace", ctx->root_uid,
		                   ctx->root_gid);
	return 0;
}

/**
 * init_placed() - wait until the process is where it belongs
 *
 * Holds: nothing yet in a new user namespace: its maps are being written.
 * Must:  leave IDs that exist there. The joiner has set the OOM score already.
 */
int init_placed(struct init_ctx *ctx, struct error *err)
{
	if (ctx->waits_for_placing && channel_expect(ctx->channel_fd, STEP_PLACED, NULL, err) < 0)
		return -1;
	if (!ctx->has_joiner && init_oom_score(ctx, err) < 0)
		return -1;
	if (ctx->has_user_ns && take_root_ids(ctx, err) < 0)
		return -1;
	/* A parent killed while a hook of ours hangs: see init_identity() for the end of this. */
	return prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0
	               ? error_errno(err, "set the parent death signal")
	               : 0;
}

/*
 * The offsets can be set until the first process enters: so before the setns, which
 * spares the fork that unshare(2) of this kind would need.
 */
static int enter_time_namespace(const struct init_ctx *ctx, struct error *err)
{
	const struct oci_time_offsets *offsets = ctx->config->linux->time_offsets;
	const struct oci_time_offset *boot = offsets ? offsets->boottime : NULL;
	const struct oci_time_offset *mono = offsets ? offsets->monotonic : NULL;
	auto_fd int fd = -1;
	char text[128];

	snprintf(text, sizeof(text), "monotonic %lld %u\nboottime %lld %u\n",
	         mono ? (long long)mono->secs : 0, mono ? mono->nanosecs : 0,
	         boot ? (long long)boot->secs : 0, boot ? boot->nanosecs : 0);
	if (ctx->timens_offset &&
	    file_write(ctx->proc_fd, "self/timens_offsets", ctx->timens_offset, err) < 0)
		return error_wrap(err, "annotations.run.oci.timens_offset");
	if (offsets && !ctx->timens_offset &&
	    file_write(ctx->proc_fd, "self/timens_offsets", text, err) < 0)
		return error_wrap(err, "linux.timeOffsets");
	fd = openat(ctx->proc_fd, "self/ns/time_for_children", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return error_errno(err, "open the new time namespace");
	return ns_join(fd, CLONE_NEWTIME, "time", err);
}

static int set_names(const struct init_ctx *ctx, struct error *err)
{
	const char *host = ctx->config->hostname;
	const char *domain = ctx->config->domainname;

	if (host && host[0] && sethostname(host, strlen(host)) < 0)
		return error_errno(err, "set hostname %s", host);
	if (domain && domain[0] && setdomainname(domain, strlen(domain)) < 0)
		return error_errno(err, "set domainname %s", domain);
	return 0;
}

/**
 * init_keyring() - enter the container's session keyring, made by whoever comes first
 *
 * Holds: the IDs of root in the container's user namespace, which own it.
 * Must:  leave the caller's keys out of reach, unless --no-new-keyring said otherwise.
 */
int init_keyring(struct init_ctx *ctx, struct error *err)
{
	auto_free char *name = mem_printf("_ses.%s", ctx->id);
	const char *label = ctx->process->selinux_label;

	if (ctx->no_new_keyring)
		return 0;
	if (!label || !label[0])
		return confine_keyring(name, err);
	/* The program could not use a keyring of our label. */
	if (lsm_set_selinux_key(ctx->proc_fd, label, err) < 0 || confine_keyring(name, err) < 0)
		return -1;
	return lsm_set_selinux_key(ctx->proc_fd, NULL, err);
}

/**
 * init_namespaces() - session keyring, cgroup and time namespace, host name
 *
 * Holds: CAP_SYS_ADMIN in the container's user namespace; the cgroup has been joined,
 *        which is what a cgroup namespace takes as its root.
 */
int init_namespaces(struct init_ctx *ctx, struct error *err)
{
	if (init_keyring(ctx, err) < 0)
		return -1;
	if (ctx->unshare_flags && ns_unshare(ctx->unshare_flags, err) < 0)
		return -1;
	if ((ctx->unshare_flags & CLONE_NEWTIME) && enter_time_namespace(ctx, err) < 0)
		return -1;
	return set_names(ctx, err);
}
