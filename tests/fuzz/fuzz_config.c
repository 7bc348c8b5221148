/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes are a config.json. What is read must be written and read again as the same
 * document, in the compact and the indented form.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/json.h"
#include "libocispec/oci_config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(int cond)
{
	if (!cond)
		abort();
}

/* Write @config, read that, write it again: the two texts must be equal. */
static void check_round_trip(const struct oci_config *config, const char *indent)
{
	auto_str struct str first = {0};
	auto_str struct str second = {0};
	auto_json struct oci_config *copy = NULL;
	struct error err = {0};

	oci_config_write(config, indent, &first);
	copy = oci_config_read("written", first.s, first.len, &err);
	expect(copy != NULL);
	oci_config_write(copy, indent, &second);
	expect(strcmp(first.s, second.s) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct error err = {0};
	auto_json struct oci_config *config =
		oci_config_read("config.json", (const char *)data, size, &err);

	if (!config) {
		expect(err.kind != ERR_NONE && strncmp(err.msg, "config.json:", 12) == 0);
		expect(strchr(err.msg, '\n') == NULL);
		return 0;
	}
	check_round_trip(config, NULL);
	check_round_trip(config, "\t");
	return 0;
}
