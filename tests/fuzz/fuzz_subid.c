/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes are an /etc/subuid. Ranges that are found are good ones, in the same order whatever
 * room there is, and the text is not written to.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/mem.h"
#include "common/subid.h"

#define MAX 8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(int cond)
{
	if (!cond)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_free char *text = mem_strndup((const char *)data, size);
	auto_free char *copy = mem_strdup(text);
	struct subid_range all[MAX];
	struct subid_range one[1];
	size_t n = subid_find(text, "ann", 1000, all, MAX);

	expect(strcmp(text, copy) == 0);
	expect(n <= MAX);
	for (size_t i = 0; i < n; i++)
		expect(all[i].count > 0 && (uint64_t)all[i].first + all[i].count <= UINT32_MAX);
	expect(subid_find(text, "ann", 1000, one, 1) == (n > 0));
	expect(!n || (one[0].first == all[0].first && one[0].count == all[0].count));
	expect(subid_find(text, NULL, 1000, all, MAX) <= n);
	expect(subid_find(text, "ann", 1000, all, 0) == 0);
	return 0;
}
