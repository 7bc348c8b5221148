/* SPDX-License-Identifier: Apache-2.0 */
/* Resources laid over resources. */
#include <string.h>

#include "common/json_merge.h"
#include "libocispec/oci_resources.h"
#include "test.h"

static void expect_merged(const char *base, const char *over, const char *expected,
                          struct error *err)
{
	auto_json struct oci_resources *to = oci_resources_read("to", base, strlen(base), err);
	auto_json struct oci_resources *from = oci_resources_read("from", over, strlen(over), err);
	auto_str struct str text = {0};

	REQUIRE_OK(to);
	REQUIRE_OK(from);
	json_merge(&oci_resources_type, to, to, from);
	json_write(&oci_resources_type, to, NULL, &text);
	EXPECT_STR(text.s, expected);
}

TEST(what_is_absent_stays)
{
	expect_merged("{\"memory\":{\"limit\":5,\"swap\":6},\"pids\":{\"limit\":7}}",
	              "{\"memory\":{\"limit\":9}}",
	              "{\"memory\":{\"limit\":9,\"swap\":6},\"pids\":{\"limit\":7}}", err);
	expect_merged("{\"memory\":{\"limit\":5}}", "{}", "{\"memory\":{\"limit\":5}}", err);
}

TEST(what_was_absent_comes)
{
	expect_merged("{}", "{\"cpu\":{\"cpus\":\"0\",\"idle\":0},\"unified\":{\"a.b\":\"1\"}}",
	              "{\"cpu\":{\"cpus\":\"0\",\"idle\":0},\"unified\":{\"a.b\":\"1\"}}", err);
}

TEST(strings_and_flags_are_replaced)
{
	expect_merged("{\"memory\":{\"checkBeforeUpdate\":true},\"cpu\":{\"cpus\":\"0-1\"}}",
	              "{\"memory\":{\"checkBeforeUpdate\":false},\"cpu\":{\"cpus\":\"1\"}}",
	              "{\"memory\":{\"checkBeforeUpdate\":false},\"cpu\":{\"cpus\":\"1\"}}", err);
}

TEST(an_array_takes_the_place_of_the_other)
{
	expect_merged("{\"devices\":[{\"allow\":false},{\"allow\":true}]}",
	              "{\"devices\":[{\"allow\":true,\"type\":\"c\"}]}",
	              "{\"devices\":[{\"allow\":true,\"type\":\"c\"}]}", err);
	expect_merged("{\"devices\":[{\"allow\":false}]}", "{\"devices\":[]}",
	              "{\"devices\":[{\"allow\":false}]}", err);
}

TEST(maps_are_merged_by_key)
{
	expect_merged("{\"unified\":{\"a.b\":\"1\",\"c.d\":\"2\"}}",
	              "{\"unified\":{\"c.d\":\"3\",\"e.f\":\"4\"}}",
	              "{\"unified\":{\"a.b\":\"1\",\"c.d\":\"3\",\"e.f\":\"4\"}}", err);
	expect_merged("{\"rdma\":{\"x\":{\"hcaHandles\":1},\"y\":{\"hcaHandles\":2}}}",
	              "{\"rdma\":{\"x\":{\"hcaObjects\":3}}}",
	              "{\"rdma\":{\"x\":{\"hcaObjects\":3},\"y\":{\"hcaHandles\":2}}}", err);
}
