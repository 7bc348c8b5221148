/* SPDX-License-Identifier: Apache-2.0 */
/* See state_match.h. Process: runtime parent. */
#include "runtime/state_match.h"

#include <regex.h>

#include "common/log.h"
#include "runtime/state.h"

static int act_on_all(const struct state *states, size_t n, const regex_t *regex,
                      int (*act)(void *data, const char *id, struct error *err), void *data,
                      struct error *err)
{
	int ret = 0;

	for (size_t i = 0; i < n; i++) {
		struct error failure;

		if (regexec(regex, states[i].id, 0, NULL, 0) != 0 ||
		    act(data, states[i].id, &failure) == 0 || failure.kind == ERR_NOT_FOUND)
			continue;
		if (ret < 0)
			log_warn("%s", failure.msg);
		else
			*err = failure;
		ret = -1;
	}
	return ret;
}

int state_match(const struct runtime_options *opts, const char *pattern,
                int (*act)(void *data, const char *id, struct error *err), void *data,
                struct error *err)
{
	struct state *states = NULL;
	char reason[128];
	regex_t regex;
	size_t n = 0;
	int ret = regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB);

	if (ret != 0) {
		regerror(ret, &regex, reason, sizeof(reason));
		return error_set(err, ERR_INVALID, "--regex %s: %s", pattern, reason);
	}
	ret = state_list(opts, &states, &n, err);
	if (ret == 0)
		ret = act_on_all(states, n, &regex, act, data, err);
	state_list_free(states, n);
	regfree(&regex);
	return ret;
}
