/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the compiled filter answers, call by call, in an interpreter: for random
 * profiles what their rules say when read one by one, and what the filter that
 * libseccomp makes of the same profile answers, filled as runc and crun do it. The
 * second only where libseccomp 2.5 itself is right, see ADR 0006, and with runc's ENOSYS
 * for numbers above all that a profile names. A failure prints the seed and the call;
 * SECCOMP_SEED in the environment begins elsewhere ("time": anywhere).
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

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define N_PROFILES 1000
#define MAX_CALLS 24
#define MAX_NAMES 3
#define MAX_VALUES 64
#define N_NUMBERS 601
#define X32_BIT 0x40000000u

/* libseccomp 2.5 leaks nodes of its own when rules overlap. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libseccomp.so\n";
}

/* Which profiles to make. */
struct shape {
	bool is_mixed;     /* many actions; else only ALLOW, and ERRNO by default */
	unsigned max_args; /* conditions a rule has at most */
	unsigned n_names;  /* how many of name_pool are used */
	unsigned n_ops;    /* how many of op_pool are used */
	uint64_t mask;     /* on what arguments are compared with */
	bool is_plain_mux; /* no conditions but on the first argument where calls are multiplexed */
};

struct profile {
	struct oci_seccomp section;
	struct oci_seccomp_syscall calls[MAX_CALLS];
	struct oci_seccomp_arg args[MAX_CALLS][3];
	char *names[MAX_CALLS][MAX_NAMES];
	unsigned name_ids[MAX_CALLS][MAX_NAMES]; /* in name_pool */
	enum oci_seccomp_arch arches[4];
	uint64_t values[MAX_VALUES]; /* worth trying as arguments */
	size_t n_values;
};

struct filter {
	struct sock_filter *insns;
	size_t n;
};

/* Where calls have numbers: an audit architecture and the first number tried. */
static const struct space {
	uint32_t audit;
	uint32_t first;
	uint32_t token;
	bool is_wide;
} spaces[] = {
	{AUDIT_ARCH_X86_64, 0, SCMP_ARCH_X86_64, true},
	{AUDIT_ARCH_X86_64, X32_BIT, SCMP_ARCH_X32, false},
	{AUDIT_ARCH_I386, 0, SCMP_ARCH_X86, false},
	{AUDIT_ARCH_AARCH64, 0, SCMP_ARCH_AARCH64, true},
	{AUDIT_ARCH_ARM, 0, SCMP_ARCH_ARM, false},
	{AUDIT_ARCH_MIPSEL, 4000, SCMP_ARCH_MIPSEL, false},
	{AUDIT_ARCH_PPC64LE, 0, SCMP_ARCH_PPC64LE, true},
	{AUDIT_ARCH_RISCV64, 0, SCMP_ARCH_RISCV64, true},
};

/* The first N_PLAIN_NAMES have a number, or a way through a multiplexer, on all of them. */
#define N_DIRECT_NAMES 11 /* of these, those that are multiplexed nowhere */
#define N_PLAIN_NAMES 23
static char *const name_pool[] = {
	"read",    "write",      "openat",  "clone",      "personality",
	"statx",   "getrandom",  "clone3",  "futex",      "execve",
	"ioctl",   "socket",     "bind",    "accept4",    "recvmmsg",
	"shmat",   "msgctl",     "shmget",  "sendmmsg",   "connect",
	"listen",  "getsockopt", "no_such", "accept",     "send",
	"semop",   "semtimedop", "mmap2",   "socketcall", "ipc",
	"_llseek", "time",       "set_tls", "chown32",    "arm_fadvise64_64",
};

/* libseccomp 2.5 gets the first N_SOUND_OPS right, with many actions only N_ORDERED_OPS. */
#define N_ORDERED_OPS 1
#define N_SOUND_OPS 5
static const enum oci_seccomp_operator op_pool[] = {
	OCI_CMP_EQ, OCI_CMP_GE, OCI_CMP_GT, OCI_CMP_NE, OCI_CMP_MASKED_EQ, OCI_CMP_LT, OCI_CMP_LE,
};
static const enum oci_seccomp_arch arch_pool[] = {
	OCI_ARCH_X86_64, OCI_ARCH_X86,    OCI_ARCH_X32,     OCI_ARCH_AARCH64,
	OCI_ARCH_ARM,    OCI_ARCH_MIPSEL, OCI_ARCH_PPC64LE, OCI_ARCH_RISCV64,
};
static const enum oci_seccomp_action action_pool[] = {
	OCI_ACT_ALLOW, OCI_ACT_ERRNO,        OCI_ACT_KILL,  OCI_ACT_TRAP,   OCI_ACT_LOG,
	OCI_ACT_TRACE, OCI_ACT_KILL_PROCESS, OCI_ACT_ERRNO, OCI_ACT_NOTIFY,
};

static uint64_t random_state;

static uint32_t random_below(size_t n)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)((random_state >> 33) % n);
}

static uint64_t random_value(void)
{
	static const uint64_t pool[] = {
		0,
		1,
		2,
		8,
		0xffff,
		0x20000,
		0x7fffffff,
		0x80000000,
		0xffffffff,
		0x100000000,
		0x100000001,
		0x7fffffffffffffff,
		0xffffffff00000000,
		UINT64_MAX,
	};

	if (random_below(3) == 0)
		return (uint64_t)random_below(1u << 31) << random_below(33);
	return pool[random_below(LENGTH(pool))];
}

static void value_note(struct profile *profile, uint64_t value)
{
	const uint64_t near[] = {
		value, value - 1, value + 1, (uint32_t)value, value ^ (UINT64_C(1) << 32), ~value,
	};

	for (size_t i = 0; i < LENGTH(near) && profile->n_values < MAX_VALUES; i++)
		profile->values[profile->n_values++] = near[i];
}

static void arg_make(struct profile *profile, const struct shape *shape, bool is_first_only,
                     struct oci_seccomp_arg *arg)
{
	arg->index = random_below(is_first_only ? 1 : random_below(3) ? 2 : 6);
	arg->op = op_pool[random_below(shape->n_ops)];
	arg->value = random_value() & shape->mask;
	arg->value_two = random_below(4) ? random_value() & arg->value : random_value();
	value_note(profile, arg->value);
	value_note(profile, arg->value_two);
}

static void call_make(struct profile *profile, const struct shape *shape, size_t index)
{
	struct oci_seccomp_syscall *call = &profile->calls[index];
	bool is_first_only = false;

	call->names = profile->names[index];
	call->n_names = 1 + random_below(MAX_NAMES);
	for (size_t i = 0; i < call->n_names; i++) {
		profile->name_ids[index][i] = random_below(shape->n_names);
		call->names[i] = name_pool[profile->name_ids[index][i]];
		is_first_only |=
			shape->is_plain_mux && profile->name_ids[index][i] >= N_DIRECT_NAMES;
	}
	call->action = action_pool[shape->is_mixed ? random_below(LENGTH(action_pool)) : 0];
	if (call->action == OCI_ACT_ERRNO || call->action == OCI_ACT_TRACE) {
		call->has_errno_ret = random_below(2);
		call->errno_ret = random_below(40);
	}
	call->args = profile->args[index];
	call->n_args = random_below(3) ? 1 + random_below(shape->max_args) : 0;
	for (size_t i = 0; i < call->n_args; i++)
		arg_make(profile, shape, is_first_only, &call->args[i]);
}

static void profile_make(struct profile *profile, const struct shape *shape)
{
	*profile = (struct profile){
		.section.default_action =
			shape->is_mixed ? action_pool[random_below(5)] : OCI_ACT_ERRNO,
		.section.architectures = profile->arches,
		.section.n_architectures = random_below(5),
		.section.syscalls = profile->calls,
		.section.n_syscalls = random_below(MAX_CALLS + 1),
	};
	for (size_t i = 0; i < profile->section.n_architectures; i++)
		profile->arches[i] = arch_pool[random_below(random_below(2) ? 3 : 8)];
	for (size_t i = 0; i < profile->section.n_syscalls; i++)
		call_make(profile, shape, i);
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
		[OCI_ARCH_X86_64] = SCMP_ARCH_X86_64,   [OCI_ARCH_X86] = SCMP_ARCH_X86,
		[OCI_ARCH_X32] = SCMP_ARCH_X32,         [OCI_ARCH_AARCH64] = SCMP_ARCH_AARCH64,
		[OCI_ARCH_ARM] = SCMP_ARCH_ARM,         [OCI_ARCH_MIPSEL] = SCMP_ARCH_MIPSEL,
		[OCI_ARCH_PPC64LE] = SCMP_ARCH_PPC64LE, [OCI_ARCH_RISCV64] = SCMP_ARCH_RISCV64,
	};

	return tokens[arch];
}

static struct scmp_arg_cmp compare_of(const struct oci_seccomp_arg *arg)
{
	static const enum scmp_compare ops[] = {
		[OCI_CMP_NE] = SCMP_CMP_NE,
		[OCI_CMP_LT] = SCMP_CMP_LT,
		[OCI_CMP_LE] = SCMP_CMP_LE,
		[OCI_CMP_EQ] = SCMP_CMP_EQ,
		[OCI_CMP_GE] = SCMP_CMP_GE,
		[OCI_CMP_GT] = SCMP_CMP_GT,
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

/* How a name is called in a space; negative for a way there is not. */
struct way {
	int nr;
	int mux_nr;
	uint64_t mux_call;
};
static struct way ways[LENGTH(name_pool)][LENGTH(spaces)];

static void way_find(const struct space *space, const char *name, struct way *way)
{
	int nr = seccomp_syscall_resolve_name_arch(space->token, name);

	*way = (struct way){.nr = nr < 0 ? -1 : nr, .mux_nr = -1};
	if (nr > -100 || nr <= -300)
		return;
	way->mux_nr = seccomp_syscall_resolve_name_rewrite(space->token, name);
	way->mux_call = (uint64_t)-nr % 100;
	for (int n = (int)space->first; n < (int)space->first + N_NUMBERS && way->nr < 0; n++) {
		auto_free char *found = seccomp_syscall_resolve_num_arch(space->token, n);

		if (found && strcmp(found, name) == 0)
			way->nr = n;
	}
}

static void ways_find(void)
{
	for (size_t name = 0; name < LENGTH(name_pool); name++)
		for (size_t space = 0; space < LENGTH(spaces); space++)
			way_find(&spaces[space], name_pool[name], &ways[name][space]);
}

static bool is_native(const struct space *space)
{
	return space->token == seccomp_arch_native();
}

static bool is_listed(const struct oci_seccomp *section, const struct space *space)
{
	for (size_t i = 0; i < section->n_architectures; i++)
		if (token_of(section->architectures[i]) == space->token)
			return true;
	return is_native(space);
}

/* What a profile whose rules all say ALLOW says about a call: its rules read one by one. */
static uint32_t oracle(const struct profile *profile, const struct space *space,
                       const struct seccomp_data *data)
{
	const struct oci_seccomp *section = &profile->section;
	bool is_mux;

	if (!is_listed(section, space))
		return data->nr == -1 && space->token == SCMP_ARCH_X32 ? SCMP_ACT_ERRNO(EPERM)
		                                                       : SCMP_ACT_KILL;
	for (size_t i = 0; i < section->n_syscalls; i++)
		for (size_t n = 0; n < section->syscalls[i].n_names; n++) {
			const struct way *way = &ways[profile->name_ids[i][n]][space - spaces];

			is_mux = data->nr == way->mux_nr && data->nr != -1 &&
			         (uint32_t)data->args[0] == way->mux_call &&
			         (!space->is_wide || data->args[0] == way->mux_call);
			if (!is_mux && (data->nr != way->nr || data->nr == -1))
				continue;
			if (rule_holds(&section->syscalls[i], data, space->is_wide, is_mux))
				return SCMP_ACT_ALLOW;
		}
	return SCMP_ACT_ERRNO(EPERM);
}

/*
 * The highest number in a space that the profile names, by whichever way it is called; 0: none.
 * Rules that say what the default says count as well.
 */
static uint32_t last_named(const struct oci_seccomp *section, const struct space *space)
{
	int last = 0;

	for (size_t i = 0; i < section->n_syscalls; i++)
		for (size_t n = 0; n < section->syscalls[i].n_names; n++) {
			struct way way;

			way_find(space, section->syscalls[i].names[n], &way);
			last = way.nr > last ? way.nr : last;
			last = way.mux_nr > last ? way.mux_nr : last;
		}
	return (uint32_t)last;
}

/*
 * What runc puts before libseccomp's filter, unless the default lets calls through: numbers above
 * all that the profile names get ENOSYS. Of one audit architecture the x32 bit chooses the ABI.
 */
static bool is_beyond(const struct oci_seccomp *section, const uint32_t last[],
                      const struct seccomp_data *data)
{
	switch (section->default_action) {
	case OCI_ACT_ALLOW:
	case OCI_ACT_LOG:
	case OCI_ACT_TRACE:
		return false;
	default:
		break;
	}
	for (size_t i = 0; i < LENGTH(spaces); i++) {
		if (spaces[i].audit != data->arch || !is_listed(section, &spaces[i]))
			continue;
		if (data->arch == AUDIT_ARCH_X86_64 &&
		    ((uint32_t)data->nr & X32_BIT) != spaces[i].first)
			continue;
		return last[i] && (uint32_t)data->nr > last[i];
	}
	return false;
}

struct comparison {
	const struct profile *profile;
	uint32_t last[LENGTH(spaces)]; /* see last_named() */
	struct filter ours;
	struct filter theirs; /* n == 0: compare with oracle() */
	uint64_t seed;
	size_t n_calls;
	unsigned n_differences;
	unsigned max_steps; /* of ours */
};

static void compare_call(struct comparison *cmp, const struct space *space,
                         const struct seccomp_data *data)
{
	struct bpf_verdict ours = bpf_interpret(cmp->ours.insns, cmp->ours.n, data);
	uint32_t expected;

	if (is_beyond(&cmp->profile->section, cmp->last, data))
		expected = SCMP_ACT_ERRNO(ENOSYS);
	else if (cmp->theirs.n)
		expected = bpf_interpret(cmp->theirs.insns, cmp->theirs.n, data).value;
	else
		expected = oracle(cmp->profile, space, data);
	cmp->n_calls++;
	if (ours.n_steps > cmp->max_steps)
		cmp->max_steps = ours.n_steps;
	if ((!ours.is_broken && ours.value == expected) || cmp->n_differences++ > 0)
		return;
	test_fail(__FILE__, __LINE__,
	          "seed %ju: arch %#x nr %#x args %#jx %#jx %#jx %#jx %#jx %#jx: %#x%s, not %#x",
	          (uintmax_t)cmp->seed, data->arch, (unsigned)data->nr, (uintmax_t)data->args[0],
	          (uintmax_t)data->args[1], (uintmax_t)data->args[2], (uintmax_t)data->args[3],
	          (uintmax_t)data->args[4], (uintmax_t)data->args[5], ours.value,
	          ours.is_broken ? " (broken)" : "", expected);
}

static void compare_number(struct comparison *cmp, const struct space *space, uint32_t nr,
                           unsigned n_tries)
{
	struct seccomp_data data = {.arch = space->audit, .nr = (int)nr};

	for (unsigned i = 0; i < n_tries; i++) {
		for (unsigned arg = 0; arg < 6; arg++)
			data.args[arg] = cmp->profile->values[random_below(cmp->profile->n_values)];
		if (i % 4 == 1) /* index of a multiplexed call */
			data.args[0] = random_below(26);
		compare_call(cmp, space, &data);
	}
}

/* Is the number one of a name in the pool? Then its arguments may matter. */
static bool is_named(const struct space *space, uint32_t nr)
{
	for (size_t name = 0; name < LENGTH(name_pool); name++) {
		const struct way *way = &ways[name][space - spaces];

		if (way->nr == (int)nr || way->mux_nr == (int)nr)
			return true;
	}
	return false;
}

static void last_find(struct comparison *cmp)
{
	for (size_t i = 0; i < LENGTH(spaces); i++)
		cmp->last[i] = last_named(&cmp->profile->section, &spaces[i]);
}

static void compare_space(struct comparison *cmp, const struct space *space)
{
	static const uint32_t low[] = {0x3fffffff, 0xf0001, 0xf0005, 0xf0006, 4999, 1000};
	static const uint32_t high[] = {
		0x40000fff, 0x7fffffff, 0x80000000, 0x80000001, 0xbfffffff,
		0xc0000000, 0xc0000001, 0xfffffffe, UINT32_MAX,
	};

	for (uint32_t nr = space->first; nr < space->first + N_NUMBERS; nr++)
		compare_number(cmp, space, nr, is_named(space, nr) ? 40 : 1);
	for (size_t i = 0; i < LENGTH(low) && space->token != SCMP_ARCH_X32; i++)
		compare_number(cmp, space, low[i], 1);
	for (size_t i = 0; i < LENGTH(high) && space->token != SCMP_ARCH_X86_64; i++)
		compare_number(cmp, space, high[i], 1);
}

/* The same profiles each time, unless others are asked for. */
static uint64_t seed_choose(void)
{
	const char *asked = getenv("SECCOMP_SEED");
	struct timespec now;

	ways_find();
	if (!asked)
		return 1;
	if (strcmp(asked, "time") != 0)
		return strtoull(asked, NULL, 10);
	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000003 + (uint64_t)now.tv_nsec;
}

/*
 * Compare all calls with libseccomp's filter, or with the rules. What we refuse libseccomp
 * must refuse too. Returns whether there was something to compare.
 */
static bool compare_profile(const struct profile *profile, uint64_t seed, bool with_theirs,
                            size_t *n_calls)
{
	struct seccomp_program program auto_seccomp = {0};
	struct comparison cmp = {.profile = profile, .seed = seed};
	struct error err = {0};
	int theirs = with_theirs ? theirs_compile(&profile->section, &cmp.theirs) : 0;
	int ours = seccomp_compile(&profile->section, &program, &err);
	auto_free struct sock_filter *theirs_insns = cmp.theirs.insns;

	(void)theirs_insns;
	if (ours < 0 && (theirs >= 0 || err.kind != ERR_INVALID))
		test_fail(__FILE__, __LINE__, "seed %ju: %s", (uintmax_t)seed, err.msg);
	if (ours < 0 || theirs < 0)
		return false;
	cmp.ours = (struct filter){program.insns, program.n};
	last_find(&cmp);
	for (size_t i = 0; i < LENGTH(spaces); i++)
		compare_space(&cmp, &spaces[i]);
	*n_calls += cmp.n_calls;
	return true;
}

static void compare_random(struct shape shape, unsigned n_profiles, bool with_theirs)
{
	uint64_t seed = seed_choose();
	size_t n_calls = 0;
	unsigned n_compared = 0;

	/* those that contradict themselves are refused, by both, and do not count */
	for (unsigned i = 0; n_compared < n_profiles && i < 4 * n_profiles; i++) {
		struct profile profile;

		random_state = seed + i;
		profile_make(&profile, &shape);
		n_compared += compare_profile(&profile, seed + i, with_theirs, &n_calls);
	}
	printf("# seed %ju: %u profiles, %zu calls\n", (uintmax_t)seed, n_compared, n_calls);
	EXPECT_INT(n_compared, n_profiles);
}

TEST(a_filter_answers_what_the_rules_of_its_profile_say)
{
	struct shape shape = {
		.max_args = 3,
		.n_names = LENGTH(name_pool),
		.n_ops = LENGTH(op_pool),
		.mask = UINT64_MAX,
	};

	compare_random(shape, N_PROFILES, false);
}

TEST(a_filter_answers_what_libseccomps_answers)
{
	struct shape shape = {
		.max_args = 1,
		.n_names = N_PLAIN_NAMES,
		.n_ops = N_SOUND_OPS,
		.mask = UINT64_MAX,
		.is_plain_mux = true,
	};

	compare_random(shape, N_PROFILES, true);
}

TEST(rules_of_many_actions_are_tried_in_libseccomps_order)
{
	struct shape shape = {
		.is_mixed = true,
		.max_args = 1,
		.n_names = N_PLAIN_NAMES,
		.n_ops = N_ORDERED_OPS,
		.mask = UINT64_MAX,
		.is_plain_mux = true,
	};

	compare_random(shape, N_PROFILES, true);
}

/*
 * A profile of the size and shape of the engines' defaults: hundreds of names that are allowed,
 * some rules on arguments, all ABIs of the machine.
 */
#define MAX_ALLOWED 500
static char *allowed[MAX_ALLOWED + 1];

static size_t allowed_read(void)
{
	auto_stream FILE *in = fopen(test_data("../../bench/seccomp-allowed.txt"), "re");
	char line[128];
	size_t n = 0;

	while (in && n < MAX_ALLOWED && fgets(line, sizeof(line), in)) {
		line[strcspn(line, "\n")] = '\0';
		/* what libseccomp does not know it cannot be compared by */
		if (line[0] && line[0] != '#' &&
		    seccomp_syscall_resolve_name(line) != __NR_SCMP_ERROR)
			allowed[n++] = mem_strdup(line);
	}
	return n;
}

static void rule_append(struct profile *profile, const char *name, enum oci_seccomp_action action,
                        const struct oci_seccomp_arg *arg)
{
	size_t i = profile->section.n_syscalls++;

	profile->names[i][0] = (char *)name;
	profile->calls[i] = (struct oci_seccomp_syscall){
		.names = profile->names[i],
		.n_names = 1,
		.action = action,
		.has_errno_ret = action == OCI_ACT_ERRNO,
		.errno_ret = ENOSYS,
		.args = profile->args[i],
		.n_args = arg ? 1 : 0,
	};
	if (!arg)
		return;
	profile->args[i][0] = *arg;
	value_note(profile, arg->value);
}

static void default_like_make(struct profile *profile)
{
	static const struct oci_seccomp_arg personas[] = {
		{0, 0, 0, OCI_CMP_EQ},          {0, 8, 0, OCI_CMP_EQ},
		{0, 0x20000, 0, OCI_CMP_EQ},    {0, 0x20008, 0, OCI_CMP_EQ},
		{0, UINT32_MAX, 0, OCI_CMP_EQ},
	};
	static const struct oci_seccomp_arg no_namespaces = {0, 0x7e020000, 0, OCI_CMP_MASKED_EQ};
	static const struct oci_seccomp_arg not_netlink = {0, 16, 0, OCI_CMP_NE};
	static const struct oci_seccomp_arg not_audit = {2, 9, 0, OCI_CMP_NE};

	*profile = (struct profile){
		.section.default_action = OCI_ACT_ERRNO,
		.section.architectures = profile->arches,
		.section.n_architectures = 3,
		.section.syscalls = profile->calls,
		.arches = {OCI_ARCH_X86_64, OCI_ARCH_X86, OCI_ARCH_X32},
	};
	for (size_t i = 0; i < LENGTH(personas); i++)
		rule_append(profile, "personality", OCI_ACT_ALLOW, &personas[i]);
	rule_append(profile, "clone", OCI_ACT_ALLOW, &no_namespaces);
	rule_append(profile, "clone3", OCI_ACT_ERRNO, NULL);
	rule_append(profile, "socket", OCI_ACT_ALLOW, &not_netlink);
	rule_append(profile, "socket", OCI_ACT_ALLOW, &not_audit);
	rule_append(profile, "", OCI_ACT_ALLOW, NULL);
	profile->calls[profile->section.n_syscalls - 1].names = allowed;
	profile->calls[profile->section.n_syscalls - 1].n_names = allowed_read();
}

TEST(a_default_like_profile_answers_as_libseccomps_in_a_fraction_of_the_steps)
{
	struct profile profile;
	struct seccomp_program program auto_seccomp = {0};
	struct comparison cmp = {.profile = &profile, .seed = seed_choose()};

	default_like_make(&profile);
	EXPECT(profile.calls[profile.section.n_syscalls - 1].n_names > 300);
	REQUIRE_OK(seccomp_compile(&profile.section, &program, err));
	EXPECT_INT(theirs_compile(&profile.section, &cmp.theirs), 0);
	cmp.ours = (struct filter){program.insns, program.n};
	last_find(&cmp);
	for (size_t i = 0; i < LENGTH(spaces); i++)
		for (uint32_t nr = 0; nr < N_NUMBERS; nr++)
			compare_number(&cmp, &spaces[i], spaces[i].first + nr, 24);
	printf("# ours %zu instructions, at most %u executed; libseccomp's %zu\n", cmp.ours.n,
	       cmp.max_steps, cmp.theirs.n);
	EXPECT(cmp.max_steps <= 30);
	EXPECT(cmp.ours.n < cmp.theirs.n);
	free(cmp.theirs.insns);
	for (size_t i = 0; allowed[i]; i++)
		free(allowed[i]);
}
