/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The same profile, compiled by us and by libseccomp as runc and crun drive it, must
 * give the same verdict on every call. Both filters are interpreted. Profiles are
 * random; a failure prints the seed and the call, and SECCOMP_SEED repeats the run.
 */
#include "test.h"

#include <errno.h>
#include <linux/audit.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

#include "bpf_interpret.h"
#include "common/cleanup.h"
#include "common/mem.h"
#include "libocispec/oci_seccomp.h"
#include "runtime/seccomp.h"

#define N_PROFILES 400
#define MAX_CALLS 24
#define MAX_VALUES 64
#define N_NUMBERS 601
#define X32_BIT 0x40000000u

struct profile {
	struct oci_seccomp section;
	struct oci_seccomp_syscall calls[MAX_CALLS];
	struct oci_seccomp_arg args[MAX_CALLS][3];
	char *names[MAX_CALLS][4];
	enum oci_seccomp_arch arches[4];
	uint64_t values[MAX_VALUES]; /* worth trying as arguments */
	size_t n_values;
};

struct filter {
	struct sock_filter *insns;
	size_t n;
};

static uint64_t random_state;

static uint32_t random_below(uint32_t n)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(random_state >> 33) % n;
}

/* Names of all kinds: plain, multiplexed on x86, 32-bit only, of other machines, unknown. */
static char *const name_pool[] = {
	"read",        "write",    "openat",    "clone",    "personality", "socket",
	"socketpair",  "bind",     "accept",    "accept4",  "send",        "recvmmsg",
	"semop",       "shmat",    "msgctl",    "shmget",   "socketcall",  "ipc",
	"getrandom",   "statx",    "clone3",    "futex",    "_llseek",     "chown32",
	"arm_fadvise64_64", "set_tls", "no_such_call", "mmap2", "time",    "execve",
	"semtimedop",  "sendmmsg", "getsockopt",
};
static const enum oci_seccomp_arch arch_pool[] = {
	OCI_ARCH_X86_64, OCI_ARCH_X86, OCI_ARCH_X32,     OCI_ARCH_AARCH64,
	OCI_ARCH_ARM,    OCI_ARCH_MIPSEL, OCI_ARCH_PPC64LE, OCI_ARCH_RISCV64,
};
static const enum oci_seccomp_action action_pool[] = {
	OCI_ACT_ALLOW, OCI_ACT_ERRNO, OCI_ACT_KILL, OCI_ACT_TRAP,  OCI_ACT_LOG,
	OCI_ACT_TRACE, OCI_ACT_ERRNO, OCI_ACT_KILL_PROCESS,
};

static uint64_t random_value(void)
{
	static const uint64_t pool[] = {
		0, 1, 2, 8, 0xffff, 0x20000, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000,
		0x100000001, 0x7fffffffffffffff, 0xffffffff00000000, UINT64_MAX,
	};

	if (random_below(3) == 0)
		return (uint64_t)random_below(1u << 31) << random_below(33);
	return pool[random_below(sizeof(pool) / sizeof(pool[0]))];
}

static void value_note(struct profile *profile, uint64_t value)
{
	const uint64_t near[] = {value, value - 1, value + 1, (uint32_t)value,
	                         value ^ (UINT64_C(1) << 32), ~value};

	for (size_t i = 0; i < sizeof(near) / sizeof(near[0]) && profile->n_values < MAX_VALUES; i++)
		profile->values[profile->n_values++] = near[i];
}

static void arg_make(struct profile *profile, struct oci_seccomp_arg *arg, bool is_only)
{
	arg->index = random_below(random_below(3) ? 2 : 6);
	/* libseccomp 2.5 takes LE for GT on 32-bit machines when another condition precedes it */
	do
		arg->op = (enum oci_seccomp_operator)(OCI_CMP_NE + random_below(7));
	while (arg->op == OCI_CMP_LE && !is_only);
	arg->value = random_value();
	arg->value_two = random_below(4) ? random_value() & arg->value : random_value();
	value_note(profile, arg->value);
	value_note(profile, arg->value_two);
}

static void call_make(struct profile *profile, size_t index, bool is_mixed)
{
	struct oci_seccomp_syscall *call = &profile->calls[index];
	static const unsigned pool_size = sizeof(name_pool) / sizeof(name_pool[0]);

	call->names = profile->names[index];
	call->n_names = 1 + random_below(3);
	for (size_t i = 0; i < call->n_names; i++)
		call->names[i] = name_pool[random_below(pool_size)];
	call->action = action_pool[is_mixed ? random_below(sizeof(action_pool) / sizeof(action_pool[0])) : 0];
	if (call->action == OCI_ACT_ERRNO || call->action == OCI_ACT_TRACE) {
		call->has_errno_ret = random_below(2);
		call->errno_ret = random_below(40);
	}
	call->args = profile->args[index];
	call->n_args = random_below(3) ? 1 + random_below(3) : 0;
	for (size_t i = 0; i < call->n_args; i++)
		arg_make(profile, &call->args[i], call->n_args == 1);
}

static void profile_make(struct profile *profile, bool is_mixed)
{
	*profile = (struct profile){
		.section.default_action = is_mixed ? action_pool[random_below(5)] : OCI_ACT_ERRNO,
		.section.architectures = profile->arches,
		.section.n_architectures = random_below(5),
		.section.syscalls = profile->calls,
		.section.n_syscalls = random_below(MAX_CALLS + 1),
	};
	for (size_t i = 0; i < profile->section.n_architectures; i++)
		profile->arches[i] = arch_pool[random_below(random_below(2) ? 3 : 8)];
	for (size_t i = 0; i < profile->section.n_syscalls; i++)
		call_make(profile, i, is_mixed);
	value_note(profile, random_value());
}

static uint32_t action_of(enum oci_seccomp_action action, bool has_errno, uint32_t errno_ret)
{
	uint32_t data = has_errno ? errno_ret : EPERM;

	switch (action) {
	case OCI_ACT_TRAP:
		return SCMP_ACT_TRAP;
	case OCI_ACT_ERRNO:
		return SCMP_ACT_ERRNO(data);
	case OCI_ACT_TRACE:
		return SCMP_ACT_TRACE(data);
	case OCI_ACT_ALLOW:
		return SCMP_ACT_ALLOW;
	case OCI_ACT_LOG:
		return SCMP_ACT_LOG;
	case OCI_ACT_KILL_PROCESS:
		return SCMP_ACT_KILL_PROCESS;
	case OCI_ACT_NOTIFY:
		return SCMP_ACT_NOTIFY;
	default:
		return SCMP_ACT_KILL;
	}
}

static uint32_t token_of(enum oci_seccomp_arch arch)
{
	static const uint32_t tokens[] = {
		[OCI_ARCH_X86_64] = SCMP_ARCH_X86_64, [OCI_ARCH_X86] = SCMP_ARCH_X86,
		[OCI_ARCH_X32] = SCMP_ARCH_X32,       [OCI_ARCH_AARCH64] = SCMP_ARCH_AARCH64,
		[OCI_ARCH_ARM] = SCMP_ARCH_ARM,       [OCI_ARCH_MIPSEL] = SCMP_ARCH_MIPSEL,
		[OCI_ARCH_PPC64LE] = SCMP_ARCH_PPC64LE, [OCI_ARCH_RISCV64] = SCMP_ARCH_RISCV64,
	};

	return tokens[arch];
}

static struct scmp_arg_cmp compare_of(const struct oci_seccomp_arg *arg)
{
	static const enum scmp_compare ops[] = {
		[OCI_CMP_NE] = SCMP_CMP_NE, [OCI_CMP_LT] = SCMP_CMP_LT, [OCI_CMP_LE] = SCMP_CMP_LE,
		[OCI_CMP_EQ] = SCMP_CMP_EQ, [OCI_CMP_GE] = SCMP_CMP_GE, [OCI_CMP_GT] = SCMP_CMP_GT,
		[OCI_CMP_MASKED_EQ] = SCMP_CMP_MASKED_EQ,
	};

	return (struct scmp_arg_cmp){arg->index, ops[arg->op], arg->value, arg->value_two};
}

static int theirs_add_call(scmp_filter_ctx ctx, const struct oci_seccomp_syscall *call,
                           uint32_t action, int nr)
{
	struct scmp_arg_cmp compares[6];
	unsigned counts[6] = {0};
	bool is_repeated = false;
	int failed = 0;

	for (size_t i = 0; i < call->n_args; i++) {
		compares[i] = compare_of(&call->args[i]);
		is_repeated |= counts[call->args[i].index]++ > 0;
	}
	if (!is_repeated)
		return seccomp_rule_add_array(ctx, action, nr, (unsigned)call->n_args, compares);
	for (size_t i = 0; i < call->n_args && !failed; i++)
		failed = seccomp_rule_add_array(ctx, action, nr, 1, &compares[i]);
	return failed;
}

/* Add the rules as runc and crun do; 0, or what libseccomp answered. */
static int theirs_add(scmp_filter_ctx ctx, const struct oci_seccomp *section, uint32_t by_default)
{
	int failed = 0;

	for (size_t i = 0; i < section->n_architectures && !failed; i++) {
		failed = seccomp_arch_add(ctx, token_of(section->architectures[i]));
		if (failed == -EEXIST)
			failed = 0;
	}
	for (size_t i = 0; i < section->n_syscalls; i++) {
		const struct oci_seccomp_syscall *call = &section->syscalls[i];
		uint32_t action = action_of(call->action, call->has_errno_ret, call->errno_ret);

		for (size_t n = 0; n < call->n_names && action != by_default && !failed; n++) {
			int nr = seccomp_syscall_resolve_name(call->names[n]);

			if (nr != __NR_SCMP_ERROR)
				failed = theirs_add_call(ctx, call, action, nr);
		}
	}
	return failed;
}

static int theirs_compile(const struct oci_seccomp *section, struct filter *ret)
{
	uint32_t by_default = action_of(section->default_action, section->has_default_errno_ret,
	                                section->default_errno_ret);
	scmp_filter_ctx ctx = seccomp_init(by_default);
	auto_fd int fd = memfd_create("filter", MFD_CLOEXEC);
	int failed = theirs_add(ctx, section, by_default);

	if (!failed)
		failed = seccomp_export_bpf(ctx, fd);
	seccomp_release(ctx);
	if (failed)
		return failed;
	ret->n = (size_t)lseek(fd, 0, SEEK_END) / sizeof(*ret->insns);
	ret->insns = mem_calloc(ret->n, sizeof(*ret->insns));
	return pread(fd, ret->insns, ret->n * sizeof(*ret->insns), 0) < 0 ? -errno : 0;
}

static bool cond_holds(const struct oci_seccomp_arg *arg, uint64_t value, bool is_wide)
{
	uint64_t width = is_wide ? UINT64_MAX : UINT32_MAX;
	uint64_t datum = arg->value & width;

	value &= width;
	switch (arg->op) {
	case OCI_CMP_NE:
		return value != datum;
	case OCI_CMP_LT:
		return value < datum;
	case OCI_CMP_LE:
		return value <= datum;
	case OCI_CMP_EQ:
		return value == datum;
	case OCI_CMP_GE:
		return value >= datum;
	case OCI_CMP_GT:
		return value > datum;
	default:
		return (value & datum) == (arg->value_two & datum);
	}
}

/* Do a rule's conditions hold, those on the first argument left out for a multiplexed call? */
static bool rule_holds(const struct oci_seccomp_syscall *call, const struct seccomp_data *data,
                       bool is_wide, bool is_multiplexed)
{
	unsigned counts[6] = {0};
	bool is_repeated = false;
	size_t n_hold = 0;

	for (size_t i = 0; i < call->n_args; i++) {
		const struct oci_seccomp_arg *arg = &call->args[i];

		is_repeated |= counts[arg->index]++ > 0;
		n_hold += (is_multiplexed && arg->index == 0) ||
		          cond_holds(arg, data->args[arg->index], is_wide);
	}
	return is_repeated ? n_hold > 0 : n_hold == call->n_args;
}

/* Is @data the call @name of the ABI @token, made directly or through its multiplexer? */
static bool is_call(const char *name, uint32_t token, const struct seccomp_data *data,
                    bool *ret_is_multiplexed)
{
	int nr = seccomp_syscall_resolve_name_arch(token, name);
	auto_free char *direct = seccomp_syscall_resolve_num_arch(token, data->nr);

	*ret_is_multiplexed = false;
	if (nr >= 0)
		return nr == data->nr;
	if (nr > -100 || nr <= -300)
		return false;
	if (direct && strcmp(direct, name) == 0)
		return true;
	*ret_is_multiplexed = seccomp_syscall_resolve_name_rewrite(token, name) == data->nr &&
	                      (uint32_t)data->args[0] == (uint32_t)-nr % 100;
	return *ret_is_multiplexed;
}

/* The verdict of the profile itself, if all its rules have one action. */
static uint32_t oracle(const struct oci_seccomp *section, uint32_t token,
                       const struct seccomp_data *data)
{
	bool is_wide = token == SCMP_ARCH_X86_64 || token == SCMP_ARCH_AARCH64 ||
	               token == SCMP_ARCH_PPC64LE || token == SCMP_ARCH_RISCV64;
	bool is_multiplexed;

	for (size_t i = 0; i < section->n_syscalls; i++)
		for (size_t n = 0; n < section->syscalls[i].n_names; n++)
			if (is_call(section->syscalls[i].names[n], token, data, &is_multiplexed) &&
			    rule_holds(&section->syscalls[i], data, is_wide, is_multiplexed))
				return action_of(section->syscalls[i].action, false, 0);
	return action_of(section->default_action, false, 0);
}

struct comparison {
	const struct profile *profile;
	struct filter ours;
	struct filter theirs;
	uint64_t seed;
	size_t n_calls;
	unsigned n_differences;
};

int dbg[4];
static void compare_call(struct comparison *cmp, const struct seccomp_data *data)
{
	struct bpf_verdict ours = bpf_interpret(cmp->ours.insns, cmp->ours.n, data);
	struct bpf_verdict theirs = bpf_interpret(cmp->theirs.insns, cmp->theirs.n, data);

	cmp->n_calls++;
	if (getenv("DBG") && cmp->profile->section.n_syscalls && data->arch == AUDIT_ARCH_X86_64 && (uint32_t)data->nr<X32_BIT) {
		uint32_t o = oracle(&cmp->profile->section, SCMP_ARCH_X86_64, data);
		extern int dbg[4]; dbg[(o==ours.value)*2+(o==theirs.value)]++;
	}
	if (!ours.is_broken && !theirs.is_broken && ours.value == theirs.value)
		return;
	if (cmp->n_differences++ == 0)
		test_fail(__FILE__, __LINE__,
		          "seed %llu: arch %#x nr %#x args %#llx %#llx %#llx %#llx %#llx %#llx: "
		          "ours %#x%s, libseccomp's %#x",
		          (unsigned long long)cmp->seed, data->arch, (unsigned)data->nr,
		          (unsigned long long)data->args[0], (unsigned long long)data->args[1],
		          (unsigned long long)data->args[2], (unsigned long long)data->args[3],
		          (unsigned long long)data->args[4], (unsigned long long)data->args[5],
		          ours.value, ours.is_broken ? " (broken)" : "", theirs.value);
}

static void compare_number(struct comparison *cmp, uint32_t arch, uint32_t nr, unsigned n_tries)
{
	struct seccomp_data data = {.arch = arch, .nr = (int)nr};

	for (unsigned i = 0; i < n_tries; i++) {
		for (unsigned arg = 0; arg < 6; arg++)
			data.args[arg] =
				cmp->profile->values[random_below((uint32_t)cmp->profile->n_values)];
		if (i % 4 == 1) /* index of a multiplexed call */
			data.args[0] = random_below(26);
		compare_call(cmp, &data);
	}
}

/* Do arguments matter for this number? Then it is worth more tries. */
static bool is_conditional(const struct filter *filter, uint32_t arch, uint32_t nr)
{
	struct seccomp_data data = {.arch = arch, .nr = (int)nr};
	struct seccomp_data other = data;
	struct bpf_verdict a;
	struct bpf_verdict b;

	memset(other.args, 0xa5, sizeof(other.args));
	a = bpf_interpret(filter->insns, filter->n, &data);
	b = bpf_interpret(filter->insns, filter->n, &other);
	return a.n_steps != b.n_steps || a.value != b.value || a.n_steps > 20;
}

static void compare_arch(struct comparison *cmp, uint32_t arch, uint32_t first)
{
	static const uint32_t odd[] = {0x3fffffff, 0x40000000, 0x40000fff, 0x7fffffff, 0x80000000,
	                               0xfffffff0, 0xfffffffe, 0xffffffff, 4000,       0xf0005};

	for (uint32_t nr = first; nr < first + N_NUMBERS; nr++)
		compare_number(cmp, arch, nr, is_conditional(&cmp->ours, arch, nr) ? 40 : 1);
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
		compare_number(cmp, arch, odd[i], 1);
}

static void compare_all(struct comparison *cmp)
{
	static const struct {
		uint32_t arch;
		uint32_t first;
	} spaces[] = {
		{AUDIT_ARCH_X86_64, 0},  {AUDIT_ARCH_X86_64, X32_BIT}, {AUDIT_ARCH_I386, 0},
		{AUDIT_ARCH_AARCH64, 0}, {AUDIT_ARCH_ARM, 0},          {AUDIT_ARCH_MIPSEL, 4000},
		{AUDIT_ARCH_PPC64LE, 0}, {AUDIT_ARCH_RISCV64, 0},      {AUDIT_ARCH_S390X, 0},
	};

	for (size_t i = 0; i < sizeof(spaces) / sizeof(spaces[0]); i++)
		compare_arch(cmp, spaces[i].arch, spaces[i].first);
}

static uint64_t seed_choose(void)
{
	const char *fixed = getenv("SECCOMP_SEED");
	struct timespec now;

	if (fixed)
		return strtoull(fixed, NULL, 10);
	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000003 + (uint64_t)now.tv_nsec;
}

/* Both refuse, or both compile and agree. Returns whether there was something to compare. */
static bool compare_profile(const struct profile *profile, uint64_t seed, size_t *n_calls)
{
	struct seccomp_program program auto_seccomp = {0};
	struct comparison cmp = {.profile = profile, .seed = seed};
	struct error error = {0};
	struct error *err = &error;
	int theirs = theirs_compile(&profile->section, &cmp.theirs);
	int ours = seccomp_compile(&profile->section, &program, err);

	if (ours < 0 || theirs < 0) {
		if ((ours < 0) != (theirs < 0))
			test_fail(__FILE__, __LINE__, "seed %llu: ours %d (%s), libseccomp's %d",
			          (unsigned long long)seed, ours, error.msg, theirs);
		free(cmp.theirs.insns);
		return false;
	}
	cmp.ours = (struct filter){program.insns, program.n};
	compare_all(&cmp);
	*n_calls += cmp.n_calls;
	free(cmp.theirs.insns);
	return true;
}

static void compare_random(bool is_mixed)
{
	uint64_t seed = seed_choose();
	size_t n_calls = 0;
	unsigned n_compared = 0;

	for (unsigned i = 0; i < N_PROFILES; i++) {
		struct profile profile;

		random_state = seed + i;
		profile_make(&profile, is_mixed);
		n_compared += compare_profile(&profile, seed + i, &n_calls);
	}
	printf("# seed %llu: %u profiles, %zu calls\n", (unsigned long long)seed, n_compared,
	       n_calls);
	printf("# dbg both-wrong %d theirs-only-right %d ours-only-right %d both %d\n",dbg[0],dbg[1],dbg[2],dbg[3]);
	EXPECT(n_compared > N_PROFILES / 2);
}

TEST(random_profiles_of_one_action_get_the_verdicts_of_libseccomp)
{
	compare_random(false);
}

TEST(random_profiles_of_many_actions_get_the_verdicts_of_libseccomp)
{
	compare_random(true);
}
