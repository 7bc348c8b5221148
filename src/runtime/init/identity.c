/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who the container's process is: limits, groups, IDs, capabilities. Process: container
 * init, child of exec. capabilities(7), credentials(7).
 */
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/file.h"
#include "kernel/caps.h"
#include "runtime/init/init.h"

static const struct oci_user root_user;

static int set_rlimits(const struct init_ctx *ctx, struct error *err)
{
	for (size_t i = 0; i < ctx->n_rlimits; i++) {
		const struct init_rlimit *rlimit = &ctx->rlimits[i];

		if (setrlimit(rlimit->resource, &rlimit->limit) < 0)
			return error_errno(err, "set %s to %llu:%llu", rlimit->name,
			                   (unsigned long long)rlimit->limit.rlim_cur,
			                   (unsigned long long)rlimit->limit.rlim_max);
	}
	return 0;
}

/*
 * Pipes and files that are the standard streams belong to the process, or it could not open
 * /dev/stdout again. A terminal of the caller, devices and what cannot be given stay as they are.
 */
static void give_streams(uid_t uid)
{
	for (int fd = 0; fd < 3; fd++) {
		struct stat st;

		if (fstat(fd, &st) == 0 && st.st_uid != uid &&
		    (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode)))
			(void)!fchown(fd, uid, (gid_t)-1);
	}
}

/* So it is in a namespace made without privilege, in all below it, and in one joined by path. */
static bool is_setgroups_denied(const struct init_ctx *ctx)
{
	auto_free char *text = NULL;
	struct error ignored;

	return file_read(ctx->proc_fd, "self/setgroups", 64, &text, &ignored) > 0 &&
	       strncmp(text, "deny", 4) == 0;
}

static int set_groups(const struct init_ctx *ctx, const struct oci_user *user, struct error *err)
{
	if (ctx->keeps_groups || ctx->denies_setgroups ||
	    setgroups(user->n_additional_gids, user->additional_gids) == 0)
		return 0;
	error_errno(err, "process.user.additionalGids: set %zu groups", user->n_additional_gids);
	return !user->n_additional_gids && is_setgroups_denied(ctx) ? 0 : -1;
}

static int set_ids(const struct init_ctx *ctx, const struct oci_user *user, struct error *err)
{
	if (ctx->process->terminal && fchown(0, user->uid, (gid_t)-1) < 0 && errno != EPERM)
		return error_errno(err, "give the terminal to user %u", user->uid);
	give_streams(user->uid);
	if (set_groups(ctx, user, err) < 0)
		return -1;
	if (setresgid(user->gid, user->gid, user->gid) < 0)
		return error_errno(err, "process.user.gid: become group %u", user->gid);
	/* Until caps_apply() decides, the change of user must not drop everything. */
	if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0)
		return error_errno(err, "keep capabilities");
	if (setresuid(user->uid, user->uid, user->uid) < 0)
		return error_errno(err, "process.user.uid: become user %u", user->uid);
	return 0;
}

/*
 * Loading a filter without no_new_privs takes CAP_SYS_ADMIN, so that one is kept until the
 * execve, which computes the sets anew from inheritable, bounding and ambient: it is gone then.
 */
static int set_caps(const struct init_ctx *ctx, struct error *err)
{
	struct caps_sets sets = ctx->caps;

	if (ctx->filter && !ctx->process->no_new_privileges) {
		sets.permitted |= UINT64_C(1) << CAP_SYS_ADMIN;
		sets.effective |= UINT64_C(1) << CAP_SYS_ADMIN;
	}
	return caps_apply(&sets, err);
}

/**
 * init_identity() - become the user of config.json
 *
 * Holds: CAP_SETUID, CAP_SETGID, CAP_SETPCAP in the container's user namespace.
 * Must:  leave the five capability sets as configured, but for what set_caps() keeps.
 */
int init_identity(struct init_ctx *ctx, struct error *err)
{
	const struct oci_user *user = ctx->process->user ? ctx->process->user : &root_user;

	if (set_rlimits(ctx, err) < 0 || caps_drop_bounding(ctx->caps.bounding, err) < 0)
		return -1;
	if (set_ids(ctx, user, err) < 0 || set_caps(ctx, err) < 0)
		return -1;
	/* From here on the end of the channel tells of a parent that has gone. */
	if (prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0) < 0)
		return error_errno(err, "clear the parent death signal");
	umask(user->has_umask ? (mode_t)user->umask & 0777 : 022);
	return 0;
}
