/* SPDX-License-Identifier: Apache-2.0 */
/* The description of config.json: what is in it, and what is refused where. */
#include "test.h"

#include <fcntl.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/file.h"
#include "common/mem.h"
#include "libocispec/oci_config.h"

static char *read_data(const char *name)
{
	struct error err;
	char *text;

	REQUIRE(file_read(AT_FDCWD, test_data(name), OCI_CONFIG_MAX_BYTES, &text, &err) > 0);
	return text;
}

static struct oci_config *read_config(const char *text, struct error *err)
{
	return oci_config_read("config.json", text, strlen(text), err);
}

/* A config with a linux object of @members. */
static struct oci_config *read_linux(const char *members, struct error *err)
{
	auto_free char *text = mem_printf("{\"ociVersion\":\"1.3.0\",\"linux\":{%s}}", members);

	return read_config(text, err);
}

static struct oci_process *read_process(const char *members, struct error *err)
{
	auto_free char *text = mem_printf("{\"cwd\":\"/\",%s}", members);

	return oci_process_read("process.json", text, strlen(text), err);
}

TEST(the_full_config_is_written_as_it_was_read)
{
	auto_free char *text = read_data("full-config.json");
	auto_json struct oci_config *config = NULL;
	auto_str struct str out = {0};

	REQUIRE_OK(config = read_config(text, err));
	oci_config_write(config, "\t", &out);
	str_append_char(&out, '\n');
	EXPECT_STR(out.s, text);
}

/* Every member of every object must occur as a key of the text; returns how many there are. */
static int count_members(const struct json_type *type, const char *text)
{
	int n = 0;

	for (size_t i = 0; i < type->n_fields; i++) {
		const struct json_field *field = &type->fields[i];
		auto_free char *key = mem_printf("\"%s\": ", field->name);

		EXPECT_CONTAINS(text, key);
		n += 1 + (field->type ? count_members(field->type, text) : 0);
	}
	return n;
}

TEST(the_full_config_has_every_member_that_is_described)
{
	auto_free char *text = read_data("full-config.json");

	EXPECT(count_members(&oci_config_type, text) > 200);
}

TEST(the_compact_form_reads_back_the_same)
{
	auto_free char *text = read_data("full-config.json");
	auto_json struct oci_config *first = NULL;
	auto_json struct oci_config *second = NULL;
	auto_str struct str compact = {0};
	auto_str struct str out = {0};

	REQUIRE_OK(first = read_config(text, err));
	oci_config_write(first, NULL, &compact);
	EXPECT(!strchr(compact.s, '\n'));
	REQUIRE_OK(second = read_config(compact.s, err));
	oci_config_write(second, "\t", &out);
	str_append_char(&out, '\n');
	EXPECT_STR(out.s, text);
}

TEST(values_arrive_where_the_runtime_looks_for_them)
{
	auto_free char *text = read_data("full-config.json");
	auto_json struct oci_config *config = NULL;
	struct oci_seccomp_arg *arg;

	REQUIRE_OK(config = read_config(text, err));
	EXPECT_STR(config->oci_version, "1.3.0");
	EXPECT_INT(config->process->user->additional_gids[1], 4294967295);
	EXPECT(config->process->user->has_umask && config->process->user->umask == 0);
	EXPECT(config->process->args[3] == NULL);
	EXPECT_INT(config->process->oom_score_adj, -500);
	EXPECT_INT(config->n_mounts, 2);
	EXPECT_INT(config->mounts[1].gid_mappings[0].host_id, 1001);
	EXPECT_INT(config->hooks->poststop[0].timeout_s, 5);
	EXPECT(config->linux->resources->memory->has_swappiness);
	EXPECT(config->linux->resources->memory->kernel == INT64_MIN);
	EXPECT(config->linux->resources->pids->has_limit);
	EXPECT(!config->linux->resources->devices[0].has_major);
	EXPECT_STR(config->linux->resources->rdma.keys[1], "rxe3");
	EXPECT(!config->linux->resources->rdma.values[1].has_hca_handles);
	EXPECT_INT(config->linux->namespaces[7].type, OCI_NAMESPACE_TIME);
	EXPECT_INT(config->linux->rootfs_propagation, OCI_PROPAGATION_RSLAVE);
	arg = &config->linux->seccomp->syscalls[1].args[1];
	EXPECT(arg->value == UINT64_MAX && arg->value_two == 7 && arg->op == OCI_CMP_MASKED_EQ);
	EXPECT_INT(config->linux->time_offsets->boottime->secs, -100);
}

TEST(the_objects_of_other_systems_and_unknown_members_are_skipped)
{
	auto_json struct oci_config *config = read_config(
		"{\"ociVersion\":\"1.3.0\",\"windows\":{\"layerFolders\":[\"C:\\\\a\"]},"
		"\"solaris\":{\"limitpriv\":1},\"vm\":{},\"zos\":{},\"freebsd\":{\"jail\":{}},"
		"\"process\":{\"cwd\":\"/\",\"commandLine\":\"x\",\"user\":{\"username\":\"y\"}},"
		"\"x-mine\":[[{}]]}",
		err);

	REQUIRE(config);
	EXPECT_STR(config->process->cwd, "/");
	EXPECT(!config->linux);
}

TEST(a_config_written_by_go_with_nulls_is_read)
{
	auto_json struct oci_config *config = read_config(
		"{\"ociVersion\":\"1.0.2\",\"process\":{\"user\":{\"uid\":0,\"gid\":0},\"args\":"
		"null,"
		"\"cwd\":\"/\",\"env\":null,\"capabilities\":null},\"mounts\":null,\"hooks\":null,"
		"\"linux\":{\"resources\":{\"devices\":null,\"memory\":{\"limit\":null},\"pids\":{}"
		"},"
		"\"seccomp\":null,\"namespaces\":null}}",
		err);

	REQUIRE(config);
	EXPECT(config->process->args == NULL);
	EXPECT(!config->linux->resources->memory->has_limit);
	EXPECT(!config->linux->resources->pids->has_limit);
}

TEST(a_wrong_type_names_path_and_line)
{
	auto_free char *text = NULL;
	auto_str struct str head = {0};

	for (int line = 1; line < 41; line++)
		str_append(&head, "\n");
	text = mem_printf("{%s\"linux\":{\"resources\":{\"memory\":{\"limit\":\"64m\"}}}}", head.s);
	EXPECT_ERROR(
		read_config(text, err), ERR_INVALID,
		"config.json:41: linux.resources.memory.limit: expected an integer, got string");
	EXPECT_ERROR(read_config("{\"process\":{\"user\":{\"uid\":\"root\"}}}", err), ERR_INVALID,
	             "config.json:1: process.user.uid: expected an unsigned integer, got string");
	EXPECT_ERROR(read_config("{\"mounts\":[{},{}]}", err), ERR_INVALID,
	             "config.json:1: mounts[0].destination: missing required member");
	EXPECT_ERROR(read_config("{\"mounts\":[{\"destination\":\"/\"},{\"destination\":7}]}", err),
	             ERR_INVALID,
	             "config.json:1: mounts[1].destination: expected a string, got integer");
}

TEST(required_members_are_required)
{
	EXPECT_ERROR(read_config("{}", err), ERR_INVALID,
	             "config.json:1: ociVersion: missing required member");
	EXPECT_ERROR(read_config("{\"process\":{}}", err), ERR_INVALID,
	             "config.json:1: process.cwd: missing required member");
	EXPECT_ERROR(read_config("{\"root\":{}}", err), ERR_INVALID,
	             "config.json:1: root.path: missing required member");
	EXPECT_ERROR(read_linux("\"seccomp\":{}", err), ERR_INVALID,
	             "config.json:1: linux.seccomp.defaultAction: missing required member");
	EXPECT_ERROR(read_linux("\"uidMappings\":[{\"containerID\":0,\"hostID\":0}]", err),
	             ERR_INVALID,
	             "config.json:1: linux.uidMappings[0].size: missing required member");
	EXPECT_ERROR(read_linux("\"resources\":{\"devices\":[{}]}", err), ERR_INVALID,
	             "config.json:1: linux.resources.devices[0].allow: missing required member");
}

TEST(names_of_the_spec_are_checked)
{
	EXPECT_ERROR(read_linux("\"namespaces\":[{\"type\":\"net\"}]", err), ERR_INVALID,
	             "config.json:1: linux.namespaces[0].type: unknown value \"net\"");
	EXPECT_ERROR(read_linux("\"rootfsPropagation\":\"none\"", err), ERR_INVALID,
	             "config.json:1: linux.rootfsPropagation: unknown value \"none\"");
	EXPECT_ERROR(read_linux("\"seccomp\":{\"defaultAction\":\"SCMP_ACT_DENY\"}", err),
	             ERR_INVALID,
	             "config.json:1: linux.seccomp.defaultAction: unknown value \"SCMP_ACT_DENY\"");
	EXPECT_ERROR(read_linux("\"seccomp\":{\"architectures\":[\"x86\"]}", err), ERR_INVALID,
	             "config.json:1: linux.seccomp.architectures[0]: unknown value \"x86\"");
}

TEST(every_propagation_that_other_runtimes_take_is_taken)
{
	static const char *const names[] = {"private",  "shared",  "slave",  "unbindable",
	                                    "rprivate", "rshared", "rslave", "runbindable"};

	for (size_t i = 0; i < 8; i++) {
		auto_free char *text = mem_printf("\"rootfsPropagation\":\"%s\"", names[i]);
		auto_json struct oci_config *config = NULL;

		REQUIRE_OK(config = read_linux(text, err));
		EXPECT_STR(
			json_enum_name(&oci_propagation_names, config->linux->rootfs_propagation),
			names[i]);
	}
}

TEST(patterns_of_the_spec_are_checked)
{
	EXPECT_ERROR(
		read_process("\"rlimits\":[{\"type\":\"NOFILE\",\"soft\":1,\"hard\":1}]", err),
		ERR_INVALID,
		"process.json:1: rlimits[0].type: expected a resource limit such as RLIMIT_NOFILE, "
		"got \"NOFILE\"");
	EXPECT_ERROR(
		read_process("\"rlimits\":[{\"type\":\"RLIMIT_\",\"soft\":1,\"hard\":1}]", err),
		ERR_INVALID,
		"process.json:1: rlimits[0].type: expected a resource limit such as RLIMIT_NOFILE, "
		"got \"RLIMIT_\"");
	EXPECT_ERROR(
		read_process("\"execCPUAffinity\":{\"final\":\"0-3;4\"}", err), ERR_INVALID,
		"process.json:1: execCPUAffinity.final: expected a list of CPUs such as 0-3,7, "
		"got \"0-3;4\"");
	EXPECT_ERROR(
		read_linux("\"devices\":[{\"path\":\"/dev/x\",\"type\":\"cc\"}]", err), ERR_INVALID,
		"config.json:1: linux.devices[0].type: expected one of c, b, u and p, got \"cc\"");
	EXPECT_ERROR(
		read_linux(
			"\"resources\":{\"hugepageLimits\":[{\"pageSize\":\"02MB\",\"limit\":1}]}",
			err),
		ERR_INVALID,
		"config.json:1: linux.resources.hugepageLimits[0].pageSize: expected a page size "
		"such "
		"as 2MB, got \"02MB\"");
	EXPECT_ERROR(
		read_linux("\"intelRdt\":{\"memBwSchema\":\"MB:0=1\\nL3:0=1\"}", err), ERR_INVALID,
		"config.json:1: linux.intelRdt.memBwSchema: expected one line that begins with "
		"MB:, got \"MB:0=1\\nL3:0=1\"");
}

TEST(ranges_and_counts_of_the_spec_are_checked)
{
	EXPECT_ERROR(
		read_config("{\"hooks\":{\"poststop\":[{\"path\":\"/x\",\"timeout\":0}]}}", err),
		ERR_INVALID,
		"config.json:1: hooks.poststop[0].timeout: 0 is out of range "
		"(1 to 9223372036854775807)");
	EXPECT_ERROR(
		read_linux("\"devices\":[{\"fileMode\":65536}]", err), ERR_INVALID,
		"config.json:1: linux.devices[0].fileMode: 65536 is out of range (0 to 65535)");
	EXPECT_ERROR(read_linux("\"seccomp\":{\"syscalls\":[{\"names\":[]}]}", err), ERR_INVALID,
	             "config.json:1: linux.seccomp.syscalls[0].names: expected at least 1 item");
	EXPECT_ERROR(read_linux("\"resources\":{\"blockIO\":{\"weight\":65536}}", err), ERR_INVALID,
	             "config.json:1: linux.resources.blockIO.weight: 65536 is out of range "
	             "(0 to 65535)");
}

TEST(a_process_stands_alone)
{
	auto_json struct oci_process *process =
		read_process("\"args\":[\"ls\"],\"user\":{\"uid\":7},\"rlimits\":[]", err);

	REQUIRE(process);
	EXPECT_STR(process->args[0], "ls");
	EXPECT_INT(process->user->uid, 7);
	EXPECT_INT(process->user->gid, 0);
}

TEST(resources_stand_alone)
{
	static const char text[] = "{\"memory\":{\"limit\":0},\"unified\":{\"pids.max\":\"7\"}}";
	auto_json struct oci_resources *resources =
		oci_resources_read("-", text, strlen(text), err);

	REQUIRE(resources);
	EXPECT(resources->memory->has_limit && resources->memory->limit == 0);
	EXPECT_STR(resources->unified.values[0], "7");
}

TEST(a_config_above_the_limit_is_refused)
{
	size_t len = OCI_CONFIG_MAX_BYTES + 1;
	auto_free char *text = mem_zalloc(len);

	memset(text, ' ', len);
	EXPECT_ERROR(oci_config_read("config.json", text, len, err), ERR_LIMIT,
	             "config.json: larger than 16777216 bytes");
}
