/* SPDX-License-Identifier: Apache-2.0 */
/* The maps of ID-mapped mounts. */
#include <string.h>

#include "common/cleanup.h"
#include "common/mem.h"
#include "runtime/mount_idmap.h"
#include "test.h"

/* A config with one mount that has the members @members beside its destination. */
static struct oci_config *config_with(const char *members, struct error *err)
{
	auto_free char *text = mem_printf("{\"ociVersion\":\"1.2.0\",\"mounts\":[{\"destination\":"
	                                  "\"/a\"%s}]}",
	                                  members);
	struct oci_config *config = oci_config_read("config.json", text, strlen(text), err);

	REQUIRE_OK(config);
	return config;
}

static int make(const char *members, const struct idmap_pair *container, struct idmap_pair *ret,
                struct error *err)
{
	auto_json struct oci_config *config = config_with(members, err);

	return mount_idmap_make(&config->mounts[0], container, ret, err);
}

#define EXPECT_REFUSED(members, kind, text)                                                        \
	do {                                                                                       \
		auto_idmap struct idmap_pair none = {0};                                           \
                                                                                                   \
		EXPECT_ERROR(make(members, NULL, &none, err), kind, text);                         \
	} while (0)

static void expect_row(const struct idmap *map, size_t i, uint32_t inside, uint32_t outside,
                       uint32_t count)
{
	REQUIRE(i < map->n);
	EXPECT_INT(map->entries[i].inside, inside);
	EXPECT_INT(map->entries[i].outside, outside);
	EXPECT_INT(map->entries[i].count, count);
}

TEST(without_maps_there_are_none)
{
	auto_idmap struct idmap_pair maps = {0};

	EXPECT_INT(make("", NULL, &maps, err), 0);
	EXPECT_INT(make(",\"options\":[\"idmap\",\"ro\"]", NULL, &maps, err), 0);
	EXPECT(!maps.uid.n && !maps.gid.n);
}

TEST(members_are_taken_as_they_stand)
{
	auto_idmap struct idmap_pair maps = {0};

	EXPECT_INT(make(",\"uidMappings\":[{\"containerID\":0,\"hostID\":1000,\"size\":5},"
	                "{\"containerID\":7,\"hostID\":2000,\"size\":1}],"
	                "\"gidMappings\":[{\"containerID\":3,\"hostID\":4,\"size\":9}]",
	                NULL, &maps, err),
	           1);
	expect_row(&maps.uid, 0, 0, 1000, 5);
	expect_row(&maps.uid, 1, 7, 2000, 1);
	expect_row(&maps.gid, 0, 3, 4, 9);
}

TEST(the_option_has_rows_of_three_numbers)
{
	auto_idmap struct idmap_pair maps = {0};

	EXPECT_INT(make(",\"options\":[\"ridmap=uids=0-1-10#10-11-20;gids=0-100-30\"]", NULL, &maps,
	                err),
	           1);
	expect_row(&maps.uid, 0, 0, 1, 10);
	expect_row(&maps.uid, 1, 10, 11, 20);
	expect_row(&maps.gid, 0, 0, 100, 30);
}

/* The example of crun(1). */
TEST(a_row_can_be_relative_to_the_container)
{
	auto_idmap struct idmap_pair container = {0};
	auto_idmap struct idmap_pair maps = {0};
	auto_idmap struct idmap_pair long_one = {0};

	idmap_add(&container.uid, 0, 0, 1);
	idmap_add(&container.uid, 1, 2, 1000);
	idmap_add(&container.gid, 0, 500, 10);
	EXPECT_INT(
		make(",\"options\":[\"idmap=uids=@1-3-10;gids=@7-9-1\"]", &container, &maps, err),
		1);
	expect_row(&maps.uid, 0, 1, 4, 10);
	expect_row(&maps.gid, 0, 7, 509, 1);
	EXPECT_ERROR(
		make(",\"options\":[\"idmap=uids=0-1-1;gids=@7-9-2\"]", &container, &long_one, err),
		ERR_INVALID,
		"options[0]: idmap=uids=0-1-1;gids=@7-9-2: @7-9-2: the container's user "
		"namespace has no such range");
}

TEST(half_a_map_is_none)
{
	EXPECT_REFUSED(",\"uidMappings\":[{\"containerID\":0,\"hostID\":1,\"size\":1}]",
	               ERR_INVALID, "gidMappings: missing: an ID-mapped mount has both");
	EXPECT_REFUSED(",\"gidMappings\":[{\"containerID\":0,\"hostID\":1,\"size\":1}]",
	               ERR_INVALID, "uidMappings: missing: an ID-mapped mount has both");
	EXPECT_REFUSED(",\"options\":[\"idmap=gids=0-1-1\"]", ERR_INVALID,
	               "uidMappings: missing: an ID-mapped mount has both");
}

TEST(maps_that_overlap_or_come_twice_are_refused)
{
	EXPECT_REFUSED(",\"options\":[\"idmap=uids=0-10-5#4-20-1;gids=0-1-1\"]", ERR_INVALID,
	               "uidMappings: 4 20 1 overlaps 0 10 5");
	EXPECT_REFUSED(",\"options\":[\"idmap=uids=0-10-5;gids=0-1-0\"]", ERR_INVALID,
	               "gidMappings: 0 1 0: is no range of IDs");
	EXPECT_REFUSED(",\"options\":[\"idmap=uids=0-10-5;gids=0-1-1\"],"
	               "\"uidMappings\":[{\"containerID\":0,\"hostID\":1,\"size\":1}]",
	               ERR_INVALID, "uidMappings: the option idmap= has maps as well");
}

TEST(text_that_is_no_map_is_named)
{
	static const struct {
		const char *option;
		const char *row;
		const char *why;
	} cases[] = {
		{"idmap=", "", "is neither uids= nor gids="},
		{"idmap=uids", "uids", "is neither uids= nor gids="},
		{"idmap=0-1-1", "0-1-1", "is neither uids= nor gids="},
		{"idmap=uids=", "", "is not ID-ID-COUNT"},
		{"idmap=uids=1", "1", "is not ID-ID-COUNT"},
		{"idmap=uids=1-2", "1-2", "is not ID-ID-COUNT"},
		{"idmap=uids=1-2-3-4", "1-2-3-4", "is not ID-ID-COUNT"},
		{"idmap=uids=1--3", "1--3", "is not ID-ID-COUNT"},
		{"idmap=uids=1-2-x", "1-2-x", "is not ID-ID-COUNT"},
		{"idmap=uids=1-2-4294967296", "1-2-4294967296", "is not ID-ID-COUNT"},
		{"idmap=uids=1-2-3#;gids=1-2-3", "", "is not ID-ID-COUNT"},
		{"idmap=uids=@1-2-3", "@1-2-3", "the container's user namespace has no such range"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		auto_free char *members =
			mem_printf(",\"options\":[\"ro\",\"%s\"]", cases[i].option);
		auto_free char *text = mem_printf("options[1]: %s: %s: %s", cases[i].option,
		                                  cases[i].row, cases[i].why);

		EXPECT_REFUSED(members, ERR_INVALID, text);
	}
}

TEST(the_option_is_known_with_and_without_maps)
{
	struct mount_flags flags = {0};

	EXPECT(mount_idmap_option("idmap=uids=0-0-1", &flags));
	EXPECT_INT(flags.extra, MOUNT_IDMAP);
	EXPECT(mount_idmap_option("ridmap=", &flags));
	EXPECT_INT(flags.extra, MOUNT_IDMAP | MOUNT_IDMAP_REC);
	EXPECT(!mount_idmap_option("idmapped=1", &flags));
	EXPECT(!mount_idmap_option("size=1", &flags));
}
