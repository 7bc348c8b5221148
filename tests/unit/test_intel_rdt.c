/* SPDX-License-Identifier: Apache-2.0 */
/* linux.intelRdt against a directory that plays resctrl. */
#include "runtime/intel_rdt.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/file.h"
#include "common/mem.h"
#include "kernel/resctrl.h"
#include "test.h"

static struct oci_intel_rdt *conf_of(const char *members, struct oci_config **ret,
                                     struct error *err)
{
	auto_free char *text =
		mem_printf("{\"ociVersion\":\"1.3.0\",\"linux\":{\"intelRdt\":{%s}}}", members);

	*ret = oci_config_read("config.json", text, strlen(text), err);
	REQUIRE_OK(*ret);
	return (*ret)->linux->intel_rdt;
}

static int open_root(void)
{
	int fd = open(test_dir(), O_PATH | O_DIRECTORY | O_CLOEXEC);

	REQUIRE(fd >= 0);
	return fd;
}

static void put(int dirfd, const char *path, const char *text)
{
	auto_fd int fd = openat(dirfd, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	REQUIRE(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
}

/* What the kernel fills a new group with. */
static void fill(int root_fd, const char *group, const char *schemata)
{
	auto_free char *monitors = mem_printf("%s/mon_groups", group);
	auto_free char *tasks = mem_printf("%s/tasks", group);
	auto_free char *file = mem_printf("%s/schemata", group);

	mkdirat(root_fd, group, 0755);
	mkdirat(root_fd, monitors, 0755);
	put(root_fd, tasks, "");
	put(root_fd, file, schemata);
}

static void expect_file(int root_fd, const char *path, const char *text, struct error *err)
{
	auto_free char *content = NULL;

	REQUIRE_OK(file_read(root_fd, path, 4096, &content, err));
	EXPECT_STR(content, text);
}

static void expect_plan(const char *members, const char *group, const char *monitor,
                        bool is_removed, struct error *err)
{
	auto_json struct oci_config *config = NULL;
	const struct oci_intel_rdt *conf = conf_of(members, &config, err);
	auto_intel_rdt struct intel_rdt rdt = {0};

	EXPECT_OK(intel_rdt_plan(conf, "id", &rdt, err));
	EXPECT_STR(rdt.group, group);
	EXPECT_STR(rdt.monitor, monitor);
	EXPECT_INT(rdt.is_to_be_removed, is_removed);
}

TEST(the_group_is_the_one_named_or_the_containers_own)
{
	expect_plan("", "id", NULL, true, err);
	expect_plan("\"closID\":\"\"", "id", NULL, true, err);
	expect_plan("\"closID\":\"gold\"", "gold", NULL, false, err);
	expect_plan("\"closID\":\"/\"", ".", NULL, false, err);
	expect_plan("\"closID\":\"gold\",\"enableMonitoring\":true", "gold", "gold/mon_groups/id",
	            false, err);
	expect_plan("\"closID\":\"/\",\"enableMonitoring\":true", ".", "./mon_groups/id", false,
	            err);
}

TEST(names_that_lead_elsewhere_are_refused)
{
	static const char *const bad[] = {"..", ".", "a/b", "/a", "info", "mon_groups", "mon_data"};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		auto_free char *members = mem_printf("\"closID\":\"%s\"", bad[i]);
		auto_free char *text =
			mem_printf("linux.intelRdt.closID: %s is no name of a group", bad[i]);
		auto_json struct oci_config *config = NULL;
		auto_intel_rdt struct intel_rdt rdt = {0};

		EXPECT_ERROR(intel_rdt_plan(conf_of(members, &config, err), "id", &rdt, err),
		             ERR_INVALID, text);
	}
}

TEST(a_schema_is_one_line)
{
	auto_json struct oci_config *config = NULL;
	auto_json struct oci_config *other = NULL;
	auto_intel_rdt struct intel_rdt rdt = {0};

	EXPECT_ERROR(intel_rdt_plan(conf_of("\"l3CacheSchema\":\"L3:0=f\\nMB:0=1\"", &config, err),
	                            "id", &rdt, err),
	             ERR_INVALID, "linux.intelRdt.l3CacheSchema: is more than one line");
	EXPECT_ERROR(intel_rdt_plan(conf_of("\"schemata\":[\"L3:0=f\\n\"]", &other, err), "id",
	                            &rdt, err),
	             ERR_INVALID, "linux.intelRdt.schemata: is more than one line");
}

TEST(a_new_group_gets_its_schemata_in_the_order_of_the_specification)
{
	auto_json struct oci_config *config = NULL;
	const struct oci_intel_rdt *conf =
		conf_of("\"closID\":\"gold\",\"schemata\":[\"L3:0=1\",\"L2:0=2\"],\"memBwSchema\":"
	                "\"MB:0=20\",\"l3CacheSchema\":\"L3:0=7f0\",\"enableMonitoring\":true",
	                &config, err);
	auto_intel_rdt struct intel_rdt rdt = {0};
	auto_fd int root_fd = open_root();
	struct stat st;
	bool is_new = false;

	REQUIRE_OK(intel_rdt_plan(conf, "id", &rdt, err));
	REQUIRE_OK(intel_rdt_make(conf, &rdt, root_fd, &is_new, err));
	EXPECT(is_new);
	fill(root_fd, "gold", "");
	REQUIRE_OK(intel_rdt_configure(conf, &rdt, root_fd, is_new, err));
	expect_file(root_fd, "gold/schemata", "L3:0=7f0\nMB:0=20\nL3:0=1\nL2:0=2\n", err);
	EXPECT(fstatat(root_fd, "gold/mon_groups/id", &st, 0) == 0 && S_ISDIR(st.st_mode));
}

static int make_in(const char *members, int root_fd, struct error *err)
{
	auto_json struct oci_config *config = NULL;
	const struct oci_intel_rdt *conf = conf_of(members, &config, err);
	auto_intel_rdt struct intel_rdt rdt = {0};
	bool is_new = true;
	int ret;

	REQUIRE_OK(intel_rdt_plan(conf, "id", &rdt, err));
	ret = intel_rdt_make(conf, &rdt, root_fd, &is_new, err);
	EXPECT(!is_new);
	return ret < 0 ? -1 : intel_rdt_configure(conf, &rdt, root_fd, is_new, err);
}

TEST(a_group_that_is_there_must_have_the_values)
{
	static const char kernel[] = "    MB:0= 100;1=  70\n    L3:0=007F0;1=fffff\n";
	auto_fd int root_fd = open_root();

	fill(root_fd, "gold", kernel);
	EXPECT_OK(make_in("\"closID\":\"gold\",\"l3CacheSchema\":\"L3:0=7f0;1=fffff\"", root_fd,
	                  err));
	EXPECT_OK(make_in("\"closID\":\"gold\",\"memBwSchema\":\"MB:1=70\"", root_fd, err));
	expect_file(root_fd, "gold/schemata", kernel, err);
	EXPECT_ERROR(
		make_in("\"closID\":\"gold\",\"l3CacheSchema\":\"L3:0=7f0;1=1\"", root_fd, err),
		ERR_INVALID,
		"linux.intelRdt.l3CacheSchema: group gold is there already with other values "
		"than L3:0=7f0;1=1");
	EXPECT_ERROR(make_in("\"closID\":\"gold\",\"memBwSchema\":\"MB:2=70\"", root_fd, err),
	             ERR_INVALID,
	             "linux.intelRdt.memBwSchema: group gold is there already with other values "
	             "than MB:2=70");
	EXPECT_ERROR(make_in("\"closID\":\"gold\",\"l3CacheSchema\":\"L2:0=1\"", root_fd, err),
	             ERR_INVALID,
	             "linux.intelRdt.l3CacheSchema: group gold is there already with other values "
	             "than L2:0=1");
}

TEST(without_schemata_the_named_group_must_be_there_and_is_not_written)
{
	auto_fd int root_fd = open_root();

	EXPECT_ERROR(make_in("\"closID\":\"gold\"", root_fd, err), ERR_NOT_FOUND,
	             "linux.intelRdt.closID: there is no group gold, and no schema to make one");
	fill(root_fd, "gold", "as it was\n");
	EXPECT_OK(make_in("\"closID\":\"gold\"", root_fd, err));
	expect_file(root_fd, "gold/schemata", "as it was\n", err);
	EXPECT_OK(make_in("\"closID\":\"/\"", root_fd, err));
}

/* The record of a container with @members after its groups were made, and process 17 in them. */
static struct state_record *enter(const char *members, int root_fd, struct error *err)
{
	auto_json struct oci_config *config = NULL;
	const struct oci_intel_rdt *conf = conf_of(members, &config, err);
	struct state_record *record = json_new(&state_record_type);
	auto_intel_rdt struct intel_rdt rdt = {0};
	auto_free char *monitor_tasks = NULL;
	bool is_new;

	REQUIRE_OK(intel_rdt_plan(conf, "id", &rdt, err));
	intel_rdt_record(&rdt, root_fd, record);
	REQUIRE_OK(intel_rdt_make(conf, &rdt, root_fd, &is_new, err));
	fill(root_fd, rdt.group, "");
	REQUIRE_OK(intel_rdt_configure(conf, &rdt, root_fd, is_new, err));
	monitor_tasks = mem_printf("%s/tasks", rdt.monitor);
	put(root_fd, monitor_tasks, "");
	REQUIRE_OK(intel_rdt_add(root_fd, record, 17, err));
	expect_file(root_fd, monitor_tasks, "17", err);
	unlinkat(root_fd, monitor_tasks, 0);
	return record;
}

/* Real groups vanish with their files. */
static void empty(int root_fd, const char *group)
{
	static const char *const files[] = {"tasks", "schemata"};

	for (size_t i = 0; i < 2; i++) {
		auto_free char *path = mem_printf("%s/%s", group, files[i]);

		unlinkat(root_fd, path, 0);
	}
}

TEST(the_containers_own_group_goes_with_it)
{
	auto_fd int root_fd = open_root();
	auto_json struct state_record *record = enter("\"enableMonitoring\":true", root_fd, err);

	EXPECT(record->is_rdt_own);
	EXPECT_STR(record->rdt_group, "id");
	expect_file(root_fd, "id/tasks", "17", err);
	EXPECT(resctrl_has_group(root_fd, "id/mon_groups/id"));
	EXPECT(intel_rdt_remove(root_fd, record, err) < 0);
	EXPECT(!resctrl_has_group(root_fd, "id/mon_groups/id"));
	empty(root_fd, "id");
	unlinkat(root_fd, "id/mon_groups", AT_REMOVEDIR);
	EXPECT_OK(intel_rdt_remove(root_fd, record, err));
	EXPECT(!resctrl_has_group(root_fd, "id"));
	EXPECT_OK(intel_rdt_remove(root_fd, record, err));
}

TEST(a_named_group_and_one_that_was_there_stay)
{
	static const char *const cases[] = {"\"closID\":\"id\",\"memBwSchema\":\"MB:0=1\","
	                                    "\"enableMonitoring\":true",
	                                    "\"enableMonitoring\":true"};
	auto_fd int root_fd = open_root();

	for (size_t i = 0; i < 2; i++) {
		auto_json struct state_record *record = enter(cases[i], root_fd, err);

		EXPECT(!record->is_rdt_own);
		EXPECT_OK(intel_rdt_remove(root_fd, record, err));
		EXPECT(!resctrl_has_group(root_fd, "id/mon_groups/id"));
		EXPECT(resctrl_has_group(root_fd, "id"));
	}
}

TEST(the_reason_that_the_kernel_keeps_is_told)
{
	auto_fd int root_fd = open_root();

	REQUIRE(mkdirat(root_fd, "info", 0755) == 0 && mkdirat(root_fd, "gold", 0755) == 0);
	put(root_fd, "info/last_cmd_status", "Mask f out of range\nmore\n");
	EXPECT_ERROR(resctrl_write_schemata(root_fd, "gold", "L3:0=f\n", err), ERR_NOT_FOUND,
	             "write schemata of resctrl group gold: No such file or directory (Mask f out "
	             "of range)");
	put(root_fd, "info/last_cmd_status", "ok\n");
	EXPECT_ERROR(resctrl_add_task(root_fd, "gold", 1, err), ERR_NOT_FOUND,
	             "write tasks of resctrl group gold: No such file or directory");
}
