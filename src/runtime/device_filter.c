/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Device rules: reduced, then compiled for cgroup v2 or written out for v1.
 * Process: runtime parent; nothing here touches the system.
 *
 * The program is kept short because the kernel verifies it at every container start:
 * 50 instructions cost ten times what 4 do. It walks the rules from the last to the
 * first, with the access bits that are not decided yet in a register.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/mem.h"
#include "libocispec/oci_resources.h"
#include "runtime/device_filter.h"

#define ACCESS_READ BPF_DEVCG_ACC_READ
#define ACCESS_WRITE BPF_DEVCG_ACC_WRITE
#define ACCESS_MKNOD BPF_DEVCG_ACC_MKNOD
#define ACCESS_ALL (ACCESS_READ | ACCESS_WRITE | ACCESS_MKNOD)

#define MAX_RULES 1000 /* what jumps can span, and quadratic work stands */

static const struct device_rule default_rules[] = {
	/* major, minor, access, type, is_allowed, is_default */
	{1, 3, ACCESS_ALL, 'c', true, true},     /* null */
	{1, 5, ACCESS_ALL, 'c', true, true},     /* zero */
	{1, 7, ACCESS_ALL, 'c', true, true},     /* full */
	{1, 8, ACCESS_ALL, 'c', true, true},     /* random */
	{1, 9, ACCESS_ALL, 'c', true, true},     /* urandom */
	{5, 0, ACCESS_ALL, 'c', true, true},     /* tty */
	{5, 1, ACCESS_ALL, 'c', true, true},     /* console */
	{5, 2, ACCESS_ALL, 'c', true, true},     /* ptmx */
	{136, -1, ACCESS_ALL, 'c', true, true},  /* pts */
	{-1, -1, ACCESS_MKNOD, 'a', true, true}, /* a node in the rootfs opens nothing */
};

#define N_DEFAULT_RULES (sizeof(default_rules) / sizeof(*default_rules))

void device_filter_clear(struct device_filter *filter)
{
	free(filter->rules);
	*filter = (struct device_filter){0};
}

/* Does @a match every device that @b matches? */
static bool covers(const struct device_rule *a, const struct device_rule *b)
{
	return (a->type == 'a' || a->type == b->type) && (a->major < 0 || a->major == b->major) &&
	       (a->minor < 0 || a->minor == b->minor);
}

/* Is there a request that both match? */
static bool overlaps(const struct device_rule *a, const struct device_rule *b)
{
	return (a->type == 'a' || b->type == 'a' || a->type == b->type) &&
	       (a->major < 0 || b->major < 0 || a->major == b->major) &&
	       (a->minor < 0 || b->minor < 0 || a->minor == b->minor) && (a->access & b->access);
}

static int parse_access(const char *text, uint8_t *ret)
{
	*ret = text ? 0 : ACCESS_ALL;
	for (const char *p = text; p && *p; p++) {
		if (*p == 'r')
			*ret |= ACCESS_READ;
		else if (*p == 'w')
			*ret |= ACCESS_WRITE;
		else if (*p == 'm')
			*ret |= ACCESS_MKNOD;
		else
			return -1;
	}
	return *ret ? 0 : -1;
}

static int parse_rule(const struct oci_device_rule *rule, size_t i, struct device_rule *ret,
                      struct error *err)
{
	const char *type = rule->type ? rule->type : "a";

	if (strlen(type) != 1 || !strchr("abc", type[0]))
		return error_set(err, ERR_INVALID,
		                 "linux.resources.devices[%zu].type: expected a, b or c, got %s", i,
		                 type);
	ret->type = type[0];
	ret->is_allowed = rule->allow;
	/* -1 for "all" is what the v1 file's readers got used to */
	ret->major = rule->has_major ? rule->major : -1;
	ret->minor = rule->has_minor ? rule->minor : -1;
	if (ret->major < -1 || ret->major > INT32_MAX || ret->minor < -1 || ret->minor > INT32_MAX)
		return error_set(err, ERR_INVALID,
		                 "linux.resources.devices[%zu]: device number out of range", i);
	if (parse_access(rule->access, &ret->access) < 0)
		return error_set(err, ERR_INVALID,
		                 "linux.resources.devices[%zu].access: expected letters of rwm, "
		                 "got %s",
		                 i, rule->access);
	return 0;
}

static void drop_empty(struct device_filter *filter)
{
	size_t n = 0;

	for (size_t i = 0; i < filter->n; i++)
		if (filter->rules[i].access)
			filter->rules[n++] = filter->rules[i];
	filter->n = n;
}

/* A rule for every device and access makes what stands before it idle. */
static void start_at_last_wildcard(struct device_filter *filter)
{
	for (size_t i = filter->n; i-- > 0;) {
		const struct device_rule *rule = &filter->rules[i];

		if (rule->type != 'a' || rule->major >= 0 || rule->minor >= 0 ||
		    rule->access != ACCESS_ALL)
			continue;
		filter->is_allowed_otherwise = rule->is_allowed;
		for (size_t j = 0; j <= i; j++)
			filter->rules[j].access = 0;
		break;
	}
	drop_empty(filter);
}

/* Take from each rule the accesses that a later one decides for all its devices. */
static void drop_overridden(struct device_filter *filter)
{
	for (size_t i = 0; i < filter->n; i++)
		for (size_t j = i + 1; j < filter->n; j++)
			if (covers(&filter->rules[j], &filter->rules[i]))
				filter->rules[i].access &= (uint8_t)~filter->rules[j].access;
	drop_empty(filter);
}

/* A rule that says what holds anyway matters only above one that says the opposite. */
static void drop_idle(struct device_filter *filter)
{
	for (size_t i = 0; i < filter->n; i++) {
		bool is_needed = filter->rules[i].is_allowed != filter->is_allowed_otherwise;

		for (size_t j = 0; j < i && !is_needed; j++)
			is_needed = filter->rules[j].is_allowed != filter->is_allowed_otherwise &&
			            overlaps(&filter->rules[j], &filter->rules[i]);
		if (!is_needed)
			filter->rules[i].access = 0;
	}
	drop_empty(filter);
}

/* The order of a run of rules with one verdict: those with the same type or number together, the
 * most general last, so that they override the others. */
static int compare_rules(const void *a, const void *b)
{
	const struct device_rule *x = a, *y = b;

	if (x->type != y->type)
		return x->type < y->type ? 1 : -1;
	if (x->major != y->major)
		return x->major < y->major ? 1 : -1;
	return x->minor < y->minor ? 1 : x->minor > y->minor ? -1 : 0;
}

static void sort_runs(struct device_rule *rules, size_t n)
{
	for (size_t i = 0, j; i < n; i = j) {
		for (j = i + 1; j < n && rules[j].is_allowed == rules[i].is_allowed;)
			j++;
		qsort(rules + i, j - i, sizeof(*rules), compare_rules);
	}
}

static bool is_contrary_wildcard(const struct device_filter *filter, const struct device_rule *rule)
{
	return rule->type == 'a' && rule->major < 0 && rule->minor < 0 &&
	       rule->is_allowed != filter->is_allowed_otherwise;
}

/* Wildcards that together decide every access are the verdict for what no rule matches. */
static void fold_wildcards(struct device_filter *filter)
{
	uint8_t access = 0;

	for (size_t i = 0; i < filter->n; i++)
		if (is_contrary_wildcard(filter, &filter->rules[i]))
			access |= filter->rules[i].access;
	if (access != ACCESS_ALL)
		return;
	for (size_t i = 0; i < filter->n; i++)
		if (is_contrary_wildcard(filter, &filter->rules[i]))
			filter->rules[i].access = 0;
	filter->is_allowed_otherwise = !filter->is_allowed_otherwise;
	drop_empty(filter);
}

static void reduce(struct device_filter *filter)
{
	size_t n_before;

	start_at_last_wildcard(filter);
	do {
		n_before = filter->n;
		sort_runs(filter->rules, filter->n);
		drop_overridden(filter);
		drop_idle(filter);
		fold_wildcards(filter);
	} while (filter->n != n_before);
}

int device_filter_build(const struct oci_device_rule *rules, size_t n, struct device_filter *ret,
                        struct error *err)
{
	auto_device_filter struct device_filter filter = {0};

	if (n > MAX_RULES)
		return error_set(err, ERR_LIMIT, "linux.resources.devices: more than %d rules",
		                 MAX_RULES);
	filter.rules = mem_calloc(n + N_DEFAULT_RULES, sizeof(*filter.rules));
	for (; filter.n < n; filter.n++)
		if (parse_rule(&rules[filter.n], filter.n, &filter.rules[filter.n], err) < 0)
			return -1;
	memcpy(filter.rules + n, default_rules, sizeof(default_rules));
	filter.n += N_DEFAULT_RULES;
	reduce(&filter);
	*ret = filter;
	filter = (struct device_filter){0};
	return 0;
}

bool device_filter_allows_all(const struct device_filter *filter)
{
	return filter->n == 0 && filter->is_allowed_otherwise;
}

/*
 * Registers: r2 type, r3 access bits not decided yet, r4 major, r5 minor.
 * Jumps to a verdict are patched when the verdicts' places are known.
 */
enum { REG_TYPE = 2, REG_ACCESS = 3, REG_MAJOR = 4, REG_MINOR = 5 };
enum { TO_ALLOW = -1, TO_DENY = -2 };

struct program {
	struct bpf_insn *v;
	size_t n;
};

static size_t emit(struct program *program, uint8_t code, uint8_t reg, int16_t off, int32_t imm)
{
	mem_array_grow(program->v, program->n);
	program->v[program->n] =
		(struct bpf_insn){.code = code, .dst_reg = reg, .off = off, .imm = imm};
	return program->n++;
}

static void emit_load(struct program *program, uint8_t reg, size_t offset)
{
	size_t i = emit(program, BPF_LDX | BPF_W | BPF_MEM, reg, (int16_t)offset, 0);

	program->v[i].src_reg = BPF_REG_1;
}

/* The forward jump at @from lands on the next instruction. */
static void land(struct program *program, size_t from)
{
	program->v[from].off = (int16_t)(program->n - from - 1);
}

/* What a matching rule does to a request; @open are the bits that can still be undecided. */
static void emit_decision(struct program *program, const struct device_rule *rule, uint8_t open)
{
	bool is_all = (open & ~rule->access) == 0;

	if (is_all) {
		emit(program, BPF_JMP | BPF_JA, 0, rule->is_allowed ? TO_ALLOW : TO_DENY, 0);
	} else if (rule->is_allowed) {
		emit(program, BPF_ALU | BPF_AND | BPF_K, REG_ACCESS, 0, ACCESS_ALL & ~rule->access);
		emit(program, BPF_JMP | BPF_JEQ | BPF_K, REG_ACCESS, TO_ALLOW, 0);
	} else {
		emit(program, BPF_JMP | BPF_JSET | BPF_K, REG_ACCESS, TO_DENY, rule->access);
	}
}

/* One test "register is value"; falls through if so. */
struct test {
	uint8_t reg;
	int32_t value;
};

static size_t tests_of(const struct device_rule *rule, struct test ret[3])
{
	size_t n = 0;

	if (rule->type != 'a')
		ret[n++] = (struct test){REG_TYPE, rule->type == 'b' ? BPF_DEVCG_DEV_BLOCK
		                                                     : BPF_DEVCG_DEV_CHAR};
	if (rule->major >= 0)
		ret[n++] = (struct test){REG_MAJOR, (int32_t)rule->major};
	if (rule->minor >= 0)
		ret[n++] = (struct test){REG_MINOR, (int32_t)rule->minor};
	return n;
}

static bool is_same_test(const struct test *a, const struct test *b)
{
	return a->reg == b->reg && a->value == b->value;
}

/* How many of the @n rules, counted from the last, begin with the same @n_tests tests and go on. */
static size_t run_length(const struct device_rule *rules, size_t n, size_t n_tests)
{
	struct test tests[3], others[3];
	size_t length = 1;

	tests_of(&rules[n - 1], tests);
	for (; length < n; length++) {
		if (tests_of(&rules[n - 1 - length], others) <= n_tests)
			break;
		for (size_t i = 0; i < n_tests; i++)
			if (!is_same_test(&tests[i], &others[i]))
				return length;
	}
	return length;
}

/*
 * Emits the @n last rules, of which all share the first @depth tests, already emitted. Rules
 * that share one more test share its instruction too.
 */
static void emit_rules(struct program *program, const struct device_rule *rules, size_t n,
                       size_t depth, uint8_t *open)
{
	while (n) {
		const struct device_rule *rule = &rules[n - 1];
		struct test tests[3];
		size_t n_tests = tests_of(rule, tests), length, skip;

		if (depth == n_tests) {
			emit_decision(program, rule, *open);
			if (depth == 0)
				*open &= (uint8_t)~rule->access;
			n--;
			continue;
		}
		length = n_tests > depth + 1 ? run_length(rules, n, depth + 1) : 1;
		skip = emit(program, BPF_JMP | BPF_JNE | BPF_K, tests[depth].reg, 0,
		            tests[depth].value);
		emit_rules(program, rules + n - length, length, depth + 1, open);
		land(program, skip);
		n -= length;
	}
}

static bool is_to(const struct bpf_insn *insn, int verdict)
{
	return BPF_CLASS(insn->code) == BPF_JMP && insn->off == verdict;
}

/* The end that jumps to @verdict reach; the kernel refuses one that nothing reaches. */
static void emit_verdict(struct program *program, int verdict, bool is_fallen_into)
{
	size_t end = program->n;
	bool is_reached = is_fallen_into;

	for (size_t i = 0; i < end; i++) {
		if (!is_to(&program->v[i], verdict))
			continue;
		land(program, i);
		is_reached = true;
	}
	if (!is_reached)
		return;
	emit(program, BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_0, 0, verdict == TO_ALLOW);
	emit(program, BPF_JMP | BPF_EXIT, 0, 0, 0);
}

struct bpf_insn *device_filter_compile(const struct device_filter *filter, size_t *ret_n)
{
	struct program program = {0};
	uint8_t open = ACCESS_ALL;

	if (filter->n) {
		emit_load(&program, REG_TYPE, offsetof(struct bpf_cgroup_dev_ctx, access_type));
		emit(&program, BPF_ALU | BPF_MOV | BPF_X, REG_ACCESS, 0, 0);
		program.v[program.n - 1].src_reg = REG_TYPE;
		emit(&program, BPF_ALU | BPF_AND | BPF_K, REG_TYPE, 0, 0xffff);
		emit(&program, BPF_ALU | BPF_RSH | BPF_K, REG_ACCESS, 0, 16);
		emit_load(&program, REG_MAJOR, offsetof(struct bpf_cgroup_dev_ctx, major));
		emit_load(&program, REG_MINOR, offsetof(struct bpf_cgroup_dev_ctx, minor));
	}
	emit_rules(&program, filter->rules, filter->n, 0, &open);
	emit_verdict(&program, filter->is_allowed_otherwise ? TO_ALLOW : TO_DENY, true);
	emit_verdict(&program, filter->is_allowed_otherwise ? TO_DENY : TO_ALLOW, false);
	*ret_n = program.n;
	return program.v;
}

static char *format_number(int64_t number)
{
	return number < 0 ? mem_strdup("*") : mem_printf("%" PRId64, number);
}

static char *format_line(const struct device_rule *rule, char type)
{
	char *major = format_number(rule->major), *minor = format_number(rule->minor);
	char *line = mem_printf("%c%c %s:%s %s%s%s", rule->is_allowed ? '+' : '-', type, major,
	                        minor, rule->access & ACCESS_READ ? "r" : "",
	                        rule->access & ACCESS_WRITE ? "w" : "",
	                        rule->access & ACCESS_MKNOD ? "m" : "");

	free(major);
	free(minor);
	return line;
}

/*
 * v1 keeps a verdict and a set of exceptions. A rule that agrees with the verdict would have to
 * narrow an exception that is wider, and the kernel then ignores it in silence.
 */
int device_filter_lines(const struct device_filter *filter, char ***ret, struct error *err)
{
	auto_strv char **lines = mem_calloc(2 * filter->n + 2, sizeof(*lines));
	size_t n = 0;

	if (!filter->is_allowed_otherwise)
		lines[n++] = mem_strdup("-a");
	for (size_t i = 0; i < filter->n; i++) {
		const struct device_rule *rule = &filter->rules[i];

		if (rule->is_allowed == filter->is_allowed_otherwise) {
			if (rule->is_default)
				continue;
			auto_free char *line = format_line(rule, rule->type);

			return error_set(err, ERR_UNSUPPORTED,
			                 "linux.resources.devices: cannot be applied: cgroup v1 "
			                 "cannot %s \"%s\" inside a wider rule",
			                 rule->is_allowed ? "allow" : "deny", line + 1);
		}
		/* "a" would mean every device, whatever stands behind it */
		if (rule->type != 'b')
			lines[n++] = format_line(rule, 'c');
		if (rule->type != 'c')
			lines[n++] = format_line(rule, 'b');
	}
	*ret = ptr_take(lines);
	return 0;
}
