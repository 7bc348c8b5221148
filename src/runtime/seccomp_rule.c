/* SPDX-License-Identifier: Apache-2.0 */
/* See seccomp_rule.h. */
#include "runtime/seccomp_rule.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/mem.h"

static const struct {
	uint32_t value;
	bool has_data; /* errnoRet goes into the low 16 bits */
} actions[] = {
	[OCI_ACT_KILL] = {SECCOMP_RET_KILL_THREAD, false},
	[OCI_ACT_KILL_PROCESS] = {SECCOMP_RET_KILL_PROCESS, false},
	[OCI_ACT_KILL_THREAD] = {SECCOMP_RET_KILL_THREAD, false},
	[OCI_ACT_TRAP] = {SECCOMP_RET_TRAP, false},
	[OCI_ACT_ERRNO] = {SECCOMP_RET_ERRNO, true},
	[OCI_ACT_TRACE] = {SECCOMP_RET_TRACE, true},
	[OCI_ACT_ALLOW] = {SECCOMP_RET_ALLOW, false},
	[OCI_ACT_LOG] = {SECCOMP_RET_LOG, false},
	[OCI_ACT_NOTIFY] = {SECCOMP_RET_USER_NOTIF, false},
};

static const uint8_t operators[] = {
	[OCI_CMP_NE] = SECCOMP_NE,        [OCI_CMP_LT] = SECCOMP_LT, [OCI_CMP_LE] = SECCOMP_LE,
	[OCI_CMP_EQ] = SECCOMP_EQ,        [OCI_CMP_GE] = SECCOMP_GE, [OCI_CMP_GT] = SECCOMP_GT,
	[OCI_CMP_MASKED_EQ] = SECCOMP_EQ,
};

/* @place and @member name the errno's member in errors. */
static int action_resolve(enum oci_seccomp_action action, bool has_errno, uint32_t errno_ret,
                          const char *place, const char *member, uint32_t *ret, struct error *err)
{
	if (has_errno && !actions[action].has_data)
		return error_set(err, ERR_INVALID, "%s.%s: %u: %s takes no errno", place, member,
		                 errno_ret, json_enum_name(&oci_seccomp_action_names, action));
	if (has_errno && errno_ret > SECCOMP_RET_DATA)
		return error_set(err, ERR_INVALID, "%s.%s: %u is not between 0 and %u", place,
		                 member, errno_ret, SECCOMP_RET_DATA);
	*ret = actions[action].value;
	if (actions[action].has_data)
		*ret |= has_errno ? errno_ret : EPERM;
	return 0;
}

static struct seccomp_cond cond_of(const struct oci_seccomp_arg *arg)
{
	struct seccomp_cond cond = {
		.arg = (uint8_t)arg->index,
		.op = operators[arg->op],
		.mask = UINT64_MAX,
		.datum = arg->value,
	};

	if (arg->op == OCI_CMP_MASKED_EQ) {
		cond.mask = arg->value;
		cond.datum = arg->value_two;
	}
	return cond;
}

static int args_check(const struct oci_seccomp_syscall *call, uint32_t place, bool *ret_is_repeated,
                      struct error *err)
{
	bool is_used[SECCOMP_ARGS] = {false};

	*ret_is_repeated = false;
	for (size_t i = 0; i < call->n_args; i++) {
		uint32_t index = call->args[i].index;

		if (index >= SECCOMP_ARGS)
			return error_set(
				err, ERR_INVALID,
				"linux.seccomp.syscalls[%u].args[%zu].index: %u is not between 0 "
				"and %d",
				place, i, index, SECCOMP_ARGS - 1);
		*ret_is_repeated |= is_used[index];
		is_used[index] = true;
	}
	return 0;
}

/* Conditions hold together, unless two are on one argument: then each is an alternative. */
static int rule_chains(struct seccomp_rule *rule, const struct oci_seccomp_syscall *call,
                       struct error *err)
{
	bool is_repeated;

	if (args_check(call, rule->place, &is_repeated, err) < 0)
		return -1;
	if (call->n_args == 0)
		return 0;
	rule->n_chains = is_repeated ? call->n_args : 1;
	rule->chains = mem_calloc(rule->n_chains, sizeof(*rule->chains));
	for (size_t i = 0; i < call->n_args; i++) {
		struct seccomp_chain *chain = &rule->chains[is_repeated ? i : 0];

		chain->action = rule->action;
		chain->place = rule->place;
		chain->conds[chain->n++] = cond_of(&call->args[i]);
	}
	return 0;
}

int seccomp_rule_read(struct seccomp_rule *rule, const struct oci_seccomp_syscall *call,
                      uint32_t place, struct error *err)
{
	char where[64];

	snprintf(where, sizeof(where), "linux.seccomp.syscalls[%u]", place);
	rule->place = place;
	if (action_resolve(call->action, call->has_errno_ret, call->errno_ret, where, "errnoRet",
	                   &rule->action, err) < 0)
		return -1;
	return rule_chains(rule, call, err);
}

int seccomp_rule_default(const struct oci_seccomp *section, uint32_t *ret_action, struct error *err)
{
	/* Every call of the init would wait for the agent, those on the way to it among them. */
	if (section->default_action == OCI_ACT_NOTIFY)
		return error_set(
			err, ERR_INVALID,
			"linux.seccomp.defaultAction: SCMP_ACT_NOTIFY cannot be the default");
	return action_resolve(section->default_action, section->has_default_errno_ret,
	                      section->default_errno_ret, "linux.seccomp", "defaultErrnoRet",
	                      ret_action, err);
}

void seccomp_rule_clear(struct seccomp_rule *rule)
{
	free(rule->chains);
	*rule = (struct seccomp_rule){0};
}
