/* SPDX-License-Identifier: Apache-2.0 */
/* runtime/self_exe: whose containers could write the runtime's file. */
#include "runtime/self_exe.h"

#include <unistd.h>

#include "kernel/idmap.h"
#include "test.h"

/* Containers whose IDs 0 to 65535 are 100000 and up here. */
static void make_maps(struct idmap_pair *maps)
{
	idmap_add(&maps->uid, 0, 100000, 65536);
	idmap_add(&maps->gid, 0, 200000, 65536);
}

TEST(a_file_of_an_unmapped_owner_is_out_of_reach)
{
	auto_idmap struct idmap_pair maps = {0};

	(void)err;
	make_maps(&maps);
	EXPECT(!self_exe_is_writable(true, &maps, 0, 0, 0755));
	EXPECT(!self_exe_is_writable(true, &maps, 99999, 199999, 0775));
	EXPECT(!self_exe_is_writable(true, &maps, 165536, 265536, 0775));
}

TEST(the_owner_may_change_the_mode_so_that_it_does_not_count)
{
	auto_idmap struct idmap_pair maps = {0};

	(void)err;
	make_maps(&maps);
	EXPECT(self_exe_is_writable(true, &maps, 100000, 0, 0555));
	EXPECT(self_exe_is_writable(true, &maps, 165535, 0, 0555));
}

TEST(a_mapped_group_counts_if_it_may_write)
{
	auto_idmap struct idmap_pair maps = {0};

	(void)err;
	make_maps(&maps);
	EXPECT(self_exe_is_writable(true, &maps, 0, 200000, 0775));
	EXPECT(!self_exe_is_writable(true, &maps, 0, 200000, 0755));
}

TEST(what_everybody_may_write_the_container_may)
{
	auto_idmap struct idmap_pair maps = {0};

	(void)err;
	make_maps(&maps);
	EXPECT(self_exe_is_writable(true, &maps, 0, 0, 0757));
}

TEST(unknown_maps_may_map_anybody)
{
	(void)err;
	EXPECT(self_exe_is_writable(true, NULL, 0, 0, 0755));
}

TEST(without_a_user_namespace_root_of_the_container_is_root)
{
	(void)err;
	EXPECT_INT(self_exe_is_writable(false, NULL, 0, 0, 0755), geteuid() == 0);
}
