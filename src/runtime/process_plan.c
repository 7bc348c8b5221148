/* SPDX-License-Identifier: Apache-2.0 */
/* See process_plan.h. */
#include "runtime/process_plan.h"

#include <string.h>

#include "common/cleanup.h"
#include "common/log.h"
#include "common/mem.h"
#include "runtime/annotations.h"
#include "runtime/caller.h"
#include "runtime/process_tuning.h"
#include "runtime/seccomp_cache.h"
#include "runtime/seccomp_kernel.h"
#include "runtime/seccomp_listener.h"
#include "runtime/seccomp_raw.h"
#include "runtime/state_dir.h"

#define X(name) {#name, name},
static const struct {
	const char *name;
	int resource;
} rlimit_names[] = {X(RLIMIT_AS) X(RLIMIT_CORE) X(RLIMIT_CPU) X(RLIMIT_DATA) X(RLIMIT_FSIZE)
                            X(RLIMIT_LOCKS) X(RLIMIT_MEMLOCK) X(RLIMIT_MSGQUEUE) X(RLIMIT_NICE)
                                    X(RLIMIT_NOFILE) X(RLIMIT_NPROC) X(RLIMIT_RSS) X(RLIMIT_RTPRIO)
                                            X(RLIMIT_RTTIME) X(RLIMIT_SIGPENDING) X(RLIMIT_STACK)};
#undef X

static int find_rlimit(const char *name)
{
	for (size_t i = 0; i < sizeof(rlimit_names) / sizeof(rlimit_names[0]); i++) {
		if (strcmp(rlimit_names[i].name, name) == 0)
			return rlimit_names[i].resource;
	}
	return -1;
}

static int plan_rlimits(struct init_ctx *ctx, struct process_plan *plan, struct error *err)
{
	const struct oci_process *process = ctx->process;
	uint64_t seen = 0;

	plan->rlimits = mem_calloc(process->n_rlimits, sizeof(*plan->rlimits));
	for (size_t i = 0; i < process->n_rlimits; i++) {
		const struct oci_rlimit *rlimit = &process->rlimits[i];
		int resource = find_rlimit(rlimit->type);

		if (resource < 0)
			return error_set(err, ERR_INVALID,
			                 "process.rlimits[%zu].type: unknown limit %s", i,
			                 rlimit->type);
		if (seen >> resource & 1)
			return error_set(err, ERR_INVALID, "process.rlimits[%zu]: a second %s", i,
			                 rlimit->type);
		if (rlimit->soft > rlimit->hard)
			return error_set(err, ERR_INVALID,
			                 "process.rlimits[%zu].soft: above the hard limit", i);
		seen |= UINT64_C(1) << resource;
		plan->rlimits[i] = (struct init_rlimit){
			.resource = resource,
			.limit = {.rlim_cur = rlimit->soft, .rlim_max = rlimit->hard},
			.name = rlimit->type,
		};
	}
	ctx->rlimits = plan->rlimits;
	ctx->n_rlimits = process->n_rlimits;
	return 0;
}

static int caps_mask(const char *set, char *const *names, size_t n, uint64_t *ret,
                     struct error *err)
{
	for (size_t i = 0; i < n; i++) {
		int cap = caps_from_name(names[i]);

		if (cap < 0)
			return error_set(err, ERR_INVALID,
			                 "process.capabilities.%s[%zu]: unknown capability %s", set,
			                 i, names[i]);
		*ret |= UINT64_C(1) << cap;
	}
	return 0;
}

int process_plan_caps(const struct oci_capabilities *list, struct caps_sets *ret, struct error *err)
{
	if (!list)
		return 0;
	if (caps_mask("bounding", list->bounding, list->n_bounding, &ret->bounding, err) < 0 ||
	    caps_mask("effective", list->effective, list->n_effective, &ret->effective, err) < 0 ||
	    caps_mask("permitted", list->permitted, list->n_permitted, &ret->permitted, err) < 0 ||
	    caps_mask("inheritable", list->inheritable, list->n_inheritable, &ret->inheritable,
	              err) < 0 ||
	    caps_mask("ambient", list->ambient, list->n_ambient, &ret->ambient, err) < 0)
		return -1;
	/* The kernel has no effective capability that is not permitted, nor an ambient one. */
	ret->effective &= ret->permitted;
	ret->ambient &= ret->permitted & ret->inheritable;
	return 0;
}

static void warn_missing(uint64_t missing)
{
	auto_str struct str names = {0};
	char name[64];

	for (int i = 0; i < 64; i++) {
		if (!(missing >> i & 1))
			continue;
		caps_name(i, name, sizeof(name));
		str_appendf(&names, " %s", name);
	}
	log_warn("capabilities that rtl does not hold itself cannot be given:%s", names.s);
}

/* A new user namespace has all that the kernel knows. */
static void limit_caps(const struct init_ctx *ctx, struct caps_sets *sets)
{
	uint64_t known = (UINT64_C(2) << caps_last()) - 1;
	uint64_t held = ctx->has_user_ns ? known : caller_get()->permitted;
	uint64_t missing =
		(sets->bounding | sets->permitted | sets->inheritable | sets->ambient) & ~held;

	if (missing)
		warn_missing(missing);
	sets->bounding &= held;
	sets->effective &= held;
	sets->permitted &= held;
	sets->inheritable &= held;
	sets->ambient &= held;
}

/* Left out, or for crun's annotation refused. */
static int check_unknown(const struct oci_config *config, char **unknown, struct error *err)
{
	const char *must_fail = json_map_find(&config->annotations, ANNOTATION_FAIL_UNKNOWN);
	auto_str struct str names = {0};

	if (!unknown)
		return 0;
	for (char **name = unknown; *name; name++)
		str_appendf(&names, " %s", *name);
	if (must_fail && strcmp(must_fail, "0") != 0)
		return error_set(err, ERR_INVALID,
		                 "linux.seccomp.syscalls: unknown system calls:%s", names.s);
	log_warn("linux.seccomp.syscalls: unknown system calls are left out:%s", names.s);
	return 0;
}

/* A program that the caller compiled stands for the section's rules, not for its flags. */
static int decode_filter(const char *raw, const struct oci_seccomp *seccomp,
                         struct seccomp_program *ret, struct error *err)
{
	if (seccomp_raw_decode(raw, ret, err) < 0)
		return -1;
	ret->flags = seccomp_flags(seccomp, ret->has_notify);
	return 0;
}

/* Compile it, or take what was compiled before. */
static int make_filter(const struct oci_seccomp *seccomp, const struct runtime_options *opts,
                       struct seccomp_program *ret, struct error *err)
{
	struct seccomp_cache_key key;
	struct error ignored;
	auto_fd int root_fd = -1;

	if (!opts || !seccomp_cache_is_worth(seccomp) || !seccomp_cache_key(seccomp, &key))
		return seccomp_compile(seccomp, ret, err);
	root_fd = state_dir_open(opts, &ignored);
	if (root_fd < 0)
		return seccomp_compile(seccomp, ret, err);
	if (seccomp_cache_load(root_fd, &key, ret))
		return 0;
	if (seccomp_compile(seccomp, ret, err) < 0)
		return -1;
	seccomp_cache_store(root_fd, &key, ret);
	return 0;
}

static int compile_filter(const struct init_ctx *ctx, const struct oci_seccomp *seccomp,
                          const struct runtime_options *opts, struct seccomp_program *ret,
                          struct error *err)
{
	if (make_filter(seccomp, opts, ret, err) < 0 || seccomp_kernel_check(seccomp, ret, err) < 0)
		return -1;
	return check_unknown(ctx->config, ret->unknown, err);
}

static int plan_filter(struct init_ctx *ctx, const struct oci_seccomp *seccomp,
                       const struct runtime_options *opts, struct process_plan *plan,
                       struct error *err)
{
	const char *raw = ctx->config ? annotations_find(ctx->config, ANNOTATION_BPF_DATA) : NULL;
	struct seccomp_program *filter = &plan->filter;

	if (!raw && !seccomp)
		return 0;
	if (raw ? decode_filter(raw, seccomp, filter, err) < 0
	        : compile_filter(ctx, seccomp, opts, filter, err) < 0)
		return -1;
	if (filter->has_notify) {
		plan->listener_path = seccomp_listener_path(ctx->config, err);
		if (!plan->listener_path)
			return -1;
		ctx->has_listener = true;
	}
	ctx->filter = filter->insns;
	ctx->n_filter = filter->n;
	ctx->filter_flags = filter->flags;
	return 0;
}

int process_plan_make(struct init_ctx *ctx, const struct oci_seccomp *seccomp,
                      const struct runtime_options *opts, struct process_plan *ret,
                      struct error *err)
{
	if (plan_rlimits(ctx, ret, err) < 0 ||
	    process_plan_caps(ctx->process->capabilities, &ctx->caps, err) < 0)
		return -1;
	limit_caps(ctx, &ctx->caps);
	if (process_tuning_make(ctx->process, ctx->config ? ctx->config->linux : NULL, ctx->is_exec,
	                        &ret->tuning, err) < 0)
		return -1;
	ctx->tuning = ret->tuning;
	ctx->keeps_groups = ctx->config && annotations_find(ctx->config, ANNOTATION_KEEP_GROUPS);
	return plan_filter(ctx, seccomp, opts, ret, err);
}

void process_plan_clear(struct process_plan *plan)
{
	cleanup_free(&plan->rlimits);
	cleanup_free(&plan->tuning);
	seccomp_clear(&plan->filter);
}
