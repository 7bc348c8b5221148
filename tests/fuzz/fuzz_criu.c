/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first byte says what the rest is: an answer of criu's, or descriptors.json of a checkpoint.
 * Whatever comes is read or refused; text that came in is terminated and printable.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "runtime/criu_rpc.h"
#include "runtime/criu_streams.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(int cond)
{
	if (!cond)
		abort();
}

static void expect_text(const char *text, size_t size)
{
	size_t n = strnlen(text, size);

	expect(n < size);
	for (size_t i = 0; i < n; i++)
		expect(text[i] >= ' ' && text[i] <= '~');
}

static void answer(const uint8_t *data, size_t size)
{
	struct criu_rpc_response said;
	struct error err = {0};

	if (criu_rpc_response(data, size, &said, &err) < 0) {
		expect(err.kind == ERR_INVALID);
		return;
	}
	expect(said.type >= 0 && said.version >= 0);
	expect_text(said.script, sizeof(said.script));
	expect_text(said.message, sizeof(said.message));
}

static void descriptors(const uint8_t *data, size_t size)
{
	struct criu_streams streams = {.text = mem_strndup((const char *)data, size)};
	struct error err = {0};
	size_t len = strlen(streams.text);

	if (criu_streams_parse(&streams, &err) == 0) {
		expect(streams.n <= CRIU_STREAMS_N);
		for (size_t i = 0; i < streams.n; i++) {
			expect(streams.fds[i].fd >= 0 && streams.fds[i].fd < CRIU_STREAMS_N);
			expect(streams.fds[i].key > streams.text &&
			       streams.fds[i].key + strlen(streams.fds[i].key) <
			               streams.text + len);
		}
	}
	free(streams.text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size)
		return 0;
	if (data[0] % 2)
		descriptors(data + 1, size - 1);
	else
		answer(data + 1, size - 1);
	return 0;
}
