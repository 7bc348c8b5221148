/* SPDX-License-Identifier: Apache-2.0 */
/* Annotations that rtl acts on, and those it refuses. */
#include <string.h>

#include "common/cleanup.h"
#include "common/mem.h"
#include "runtime/annotations.h"
#include "test.h"

static struct oci_config *with(const char *name, const char *value, struct error *err)
{
	auto_free char *text = mem_printf("{\"ociVersion\":\"1.2.0\",\"linux\":{},\"annotations\":{"
	                                  "\"a\":\"b\",\"%s\":\"%s\"}}",
	                                  name, value);
	struct oci_config *config = oci_config_read("config.json", text, strlen(text), err);

	REQUIRE_OK(config);
	return config;
}

TEST(an_annotation_is_found_by_its_whole_name)
{
	auto_json struct oci_config *config = with("run.oci.handler", "x", err);

	EXPECT_STR(annotations_find(config, "a"), "b");
	EXPECT_STR(annotations_find(config, "run.oci.handler"), "x");
	EXPECT(!annotations_find(config, "run.oci."));
}

TEST(what_would_be_lost_in_silence_is_refused)
{
	static const char *const refused[][2] = {
		{"run.oci.handler", "krun"},          {"run.oci.seccomp.plugins", "p.so"},
		{"run.oci.hooks.stdout", "relative"}, {"run.oci.hooks.stderr", ""},
		{"run.oci.pidfd_receiver", "s"},      {"run.oci.delegate-cgroup", ""},
		{"run.oci.delegate-cgroup", "a/b"},   {"run.oci.delegate-cgroup", ".."},
		{"run.oci.timens_offset", "1 2 3"},   {"run.oci.mount_context_type", "seclabel"},
	};

	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		auto_json struct oci_config *config = with(refused[i][0], refused[i][1], err);

		EXPECT(annotations_check(config, err) < 0);
		EXPECT_CONTAINS(err->msg, refused[i][0]);
	}
}

TEST(the_rest_is_taken)
{
	static const char *const taken[][2] = {
		{"run.oci.handler", ""},
		{"run.oci.hooks.stdout", "/x"},
		{"run.oci.delegate-cgroup", "a.b"},
		{"run.oci.mount_context_type", "rootcontext"},
		{"run.oci.handlers", "krun"},
		{"run.oci.new", "x"},
		{"krun.cpus", "1"},
		{"run", "x"},
	};

	for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++) {
		auto_json struct oci_config *config = with(taken[i][0], taken[i][1], err);

		EXPECT_OK(annotations_check(config, err));
	}
}
