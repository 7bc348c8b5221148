/* SPDX-License-Identifier: Apache-2.0 */
/* Capabilities: names, and sets in a process that may be spoilt. */
#include <linux/capability.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kernel/caps.h"
#include "test.h"
#include "user_ns.h"

#define BIT(cap) (UINT64_C(1) << (cap))

TEST(a_capability_has_its_name_in_any_case_with_or_without_cap)
{
	EXPECT_INT(caps_from_name("CAP_CHOWN"), CAP_CHOWN);
	EXPECT_INT(caps_from_name("cap_chown"), CAP_CHOWN);
	EXPECT_INT(caps_from_name("CHOWN"), CAP_CHOWN);
	EXPECT_INT(caps_from_name("Sys_Admin"), CAP_SYS_ADMIN);
	EXPECT_INT(caps_from_name("CAP_CHECKPOINT_RESTORE"), CAP_CHECKPOINT_RESTORE);
}

TEST(what_is_no_capability_has_no_number)
{
	static const char *const names[] = {"",
	                                    "CAP_",
	                                    "CAP_NONE",
	                                    "0",
	                                    "CAP_0",
	                                    "cap_cap_chown",
	                                    "CAP_CHOWN ",
	                                    " CAP_CHOWN",
	                                    "cap_chown,cap_kill",
	                                    "63",
	                                    "CAP_CHOWN=ep",
	                                    "cap_chowncap_chowncap_chowncap_chowncap_chowncap_chown"
	                                    "cap_chowncap_chown"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		EXPECT_INT(caps_from_name(names[i]), -1);
}

TEST(every_capability_is_found_by_its_name)
{
	EXPECT(caps_last() >= CAP_AUDIT_READ && caps_last() < 64);
	for (int i = 0; i <= CAP_CHECKPOINT_RESTORE; i++) {
		char name[64];

		caps_name(i, name, sizeof(name));
		EXPECT(strncmp(name, "CAP_", 4) == 0);
		EXPECT_INT(caps_from_name(name), i);
	}
}

static uint64_t bounding(void)
{
	uint64_t mask = 0;

	for (int i = 0; i <= caps_last(); i++) {
		if (prctl(PR_CAPBSET_READ, i, 0, 0, 0) == 1)
			mask |= BIT(i);
	}
	return mask;
}

static uint64_t ambient(void)
{
	uint64_t mask = 0;

	for (int i = 0; i <= caps_last(); i++) {
		if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, i, 0, 0) == 1)
			mask |= BIT(i);
	}
	return mask;
}

static void check_all_inside(struct error *err)
{
	(void)err;
	user_ns_enter();
	EXPECT(caps_permitted() == (UINT64_C(2) << caps_last()) - 1);
}

TEST(a_new_user_namespace_has_all_capabilities)
{
	test_child(check_all_inside);
}

static void check_bounding(struct error *err)
{
	uint64_t keep = BIT(CAP_KILL) | BIT(CAP_CHOWN);

	user_ns_enter();
	EXPECT_OK(caps_drop_bounding(keep, err));
	EXPECT(bounding() == keep);
	EXPECT_OK(caps_drop_bounding(BIT(CAP_KILL) | BIT(CAP_SYS_ADMIN), err));
	EXPECT(bounding() == BIT(CAP_KILL));
	EXPECT_OK(caps_drop_bounding(0, err));
	EXPECT(bounding() == 0);
}

TEST(the_bounding_set_only_shrinks)
{
	test_child(check_bounding);
}

static void check_apply(struct error *err)
{
	const struct caps_sets sets = {
		.effective = BIT(CAP_KILL),
		.permitted = BIT(CAP_KILL) | BIT(CAP_CHOWN),
		.inheritable = BIT(CAP_CHOWN),
		.ambient = BIT(CAP_CHOWN),
	};
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct now[2];

	user_ns_enter();
	EXPECT_OK(caps_apply(&sets, err));
	EXPECT(caps_permitted() == sets.permitted);
	EXPECT(ambient() == sets.ambient);
	REQUIRE(syscall(SYS_capget, &header, now) == 0);
	EXPECT_INT(now[0].effective, sets.effective);
	EXPECT_INT(now[0].inheritable, sets.inheritable);
	EXPECT_INT(now[1].effective | now[1].permitted | now[1].inheritable, 0);
}

TEST(all_sets_are_as_given)
{
	test_child(check_apply);
}

static void check_ambient_cleared(struct error *err)
{
	struct caps_sets sets = {.permitted = BIT(CAP_KILL) | BIT(CAP_CHOWN),
	                         .inheritable = BIT(CAP_KILL) | BIT(CAP_CHOWN),
	                         .ambient = BIT(CAP_KILL) | BIT(CAP_CHOWN)};

	user_ns_enter();
	EXPECT_OK(caps_apply(&sets, err));
	sets.ambient = BIT(CAP_KILL);
	EXPECT_OK(caps_apply(&sets, err));
	EXPECT(ambient() == BIT(CAP_KILL));
}

TEST(ambient_capabilities_that_are_not_named_end)
{
	test_child(check_ambient_cleared);
}

static void check_refused(struct error *err)
{
	const struct caps_sets less = {.permitted = BIT(CAP_KILL)};
	const struct caps_sets more = {.permitted = BIT(CAP_KILL) | BIT(CAP_CHOWN)};
	const struct caps_sets odd = {.permitted = BIT(CAP_KILL), .ambient = BIT(CAP_KILL)};

	user_ns_enter();
	EXPECT_OK(caps_apply(&less, err));
	EXPECT_ERROR(caps_apply(&more, err), ERR_DENIED,
	             "set capabilities: Operation not permitted");
	EXPECT_ERROR(caps_apply(&odd, err), ERR_DENIED,
	             "raise ambient capability 5: Operation not permitted");
	EXPECT_ERROR(caps_drop_bounding(0, err), ERR_DENIED,
	             "drop capability 0 from the bounding set: Operation not permitted");
}

TEST(capabilities_do_not_come_back)
{
	test_child(check_refused);
}
