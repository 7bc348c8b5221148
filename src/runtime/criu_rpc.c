/* SPDX-License-Identifier: Apache-2.0 */
/* See criu_rpc.h. The numbers are those of criu's rpc.proto. */
#include "runtime/criu_rpc.h"

#include <limits.h>

#include "common/protobuf.h"

/* criu_req */
enum { REQ_TYPE = 1, REQ_OPTS = 2, REQ_NOTIFY_SUCCESS = 3, REQ_FEATURES = 5 };

/* criu_resp */
enum {
	RESP_TYPE = 1,
	RESP_SUCCESS = 2,
	RESP_RESTORE = 4,
	RESP_NOTIFY = 5,
	RESP_ERRNO = 7,
	RESP_FEATURES = 8,
	RESP_ERRMSG = 9,
	RESP_VERSION = 10,
};

/* Options that are one value. */
#define OPTION(member) offsetof(struct criu_rpc_options, member)
static const struct {
	unsigned field;
	size_t offset;
} int_options[] = {
	{2, OPTION(pid)},           {9, OPTION(log_level)}, {17, OPTION(work_dir_fd)},
	{64, OPTION(network_lock)}, {38, OPTION(empty_ns)}, {49, OPTION(status_fd)},
};
static const struct {
	unsigned field;
	size_t offset;
} bool_options[] = {
	{3, OPTION(leave_running)},   {4, OPTION(ext_unix_sk)},
	{5, OPTION(tcp_established)}, {6, OPTION(evasive_devices)},
	{7, OPTION(shell_job)},       {8, OPTION(file_locks)},
	{12, OPTION(notify_scripts)}, {15, OPTION(track_mem)},
	{16, OPTION(auto_dedup)},     {18, OPTION(link_remap)},
	{24, OPTION(manage_cgroups)}, {26, OPTION(rst_sibling)},
	{30, OPTION(ext_masters)},    {46, OPTION(tcp_skip_in_flight)},
	{48, OPTION(lazy_pages)},     {50, OPTION(orphan_pts_master)},
	{52, OPTION(tcp_close)},
};
static const struct {
	unsigned field;
	size_t offset;
} string_options[] = {
	{10, OPTION(log_file)},          {13, OPTION(root)},        {14, OPTION(parent_img)},
	{44, OPTION(freeze_cgroup)},     {51, OPTION(config_file)}, {53, OPTION(lsm_profile)},
	{63, OPTION(lsm_mount_context)},
};
enum {
	OPT_IMAGES_DIR_FD = 1,
	OPT_PAGE_SERVER = 11,
	OPT_EXT_MOUNT = 23,
	OPT_CGROUP_ROOT = 25,
	OPT_INHERIT_FD = 27,
	OPT_CGROUPS_MODE = 34,
	OPT_EXTERNAL = 37,
	OPT_JOIN_NS = 39,
};

#define N(array) (sizeof(array) / sizeof((array)[0]))

static void put_values(struct str *out, const struct criu_rpc_options *options)
{
	const char *base = (const char *)options;

	for (size_t i = 0; i < N(int_options); i++) {
		int32_t value = *(const int32_t *)(base + int_options[i].offset);

		if (value)
			protobuf_put_int(out, int_options[i].field, value);
	}
	for (size_t i = 0; i < N(bool_options); i++) {
		if (*(const bool *)(base + bool_options[i].offset))
			protobuf_put_int(out, bool_options[i].field, 1);
	}
	for (size_t i = 0; i < N(string_options); i++)
		protobuf_put_string(out, string_options[i].field,
		                    *(const char *const *)(base + string_options[i].offset));
}

static void put_pairs(struct str *out, unsigned field, const struct criu_rpc_pair *pairs, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		auto_str struct str pair = {0};

		protobuf_put_string(&pair, 1, pairs[i].key);
		protobuf_put_string(&pair, 2, pairs[i].value);
		protobuf_put_bytes(out, field, pair.s, pair.len);
	}
}

static void put_page_server(struct str *out, const struct criu_rpc_options *options)
{
	auto_str struct str server = {0};

	if (!options->page_server_address)
		return;
	protobuf_put_string(&server, 1, options->page_server_address);
	protobuf_put_int(&server, 2, options->page_server_port);
	protobuf_put_bytes(out, OPT_PAGE_SERVER, server.s, server.len);
}

static void put_options(struct str *out, const struct criu_rpc_options *options)
{
	protobuf_put_int(out, OPT_IMAGES_DIR_FD, options->images_dir_fd);
	put_values(out, options);
	protobuf_put_int(out, OPT_CGROUPS_MODE, options->cgroups_mode);
	put_page_server(out, options);
	put_pairs(out, OPT_EXT_MOUNT, options->ext_mounts, options->n_ext_mounts);
	put_pairs(out, OPT_CGROUP_ROOT, options->cgroup_roots, options->n_cgroup_roots);
	put_pairs(out, OPT_JOIN_NS, options->join_ns, options->n_join_ns);
	for (size_t i = 0; i < options->n_externals; i++)
		protobuf_put_string(out, OPT_EXTERNAL, options->externals[i]);
	for (size_t i = 0; i < options->n_inherit_fds; i++) {
		auto_str struct str inherit = {0};

		protobuf_put_string(&inherit, 1, options->inherit_fds[i].key);
		protobuf_put_int(&inherit, 2, options->inherit_fds[i].fd);
		protobuf_put_bytes(out, OPT_INHERIT_FD, inherit.s, inherit.len);
	}
}

void criu_rpc_request(struct str *out, enum criu_rpc_type type,
                      const struct criu_rpc_options *options)
{
	auto_str struct str opts = {0};

	protobuf_put_int(out, REQ_TYPE, type);
	if (!options)
		return;
	put_options(&opts, options);
	protobuf_put_bytes(out, REQ_OPTS, opts.s, opts.len);
}

void criu_rpc_feature_request(struct str *out)
{
	auto_str struct str features = {0};

	protobuf_put_int(&features, 1, 1);
	protobuf_put_int(&features, 2, 1);
	protobuf_put_int(out, REQ_TYPE, CRIU_RPC_FEATURE_CHECK);
	protobuf_put_bytes(out, REQ_FEATURES, features.s, features.len);
}

void criu_rpc_notified(struct str *out, bool is_success)
{
	protobuf_put_int(out, REQ_TYPE, CRIU_RPC_NOTIFY);
	protobuf_put_int(out, REQ_NOTIFY_SUCCESS, is_success);
}

/* An int32; one that is none is 0. */
static int32_t get_int(const struct protobuf_field *field)
{
	int64_t value = (int64_t)field->value;

	return value >= INT32_MIN && value <= INT32_MAX ? (int32_t)value : 0;
}

static bool is_bytes(const struct protobuf_field *field, unsigned number)
{
	return field->number == number && field->wire == PROTOBUF_BYTES;
}

static bool is_int(const struct protobuf_field *field, unsigned number)
{
	return field->number == number && field->wire == PROTOBUF_VARINT;
}

/* criu_version */
static int read_version(const struct protobuf_field *message, struct criu_rpc_response *ret)
{
	struct protobuf_reader reader = {.data = message->data, .left = message->n};
	struct protobuf_field field;
	int32_t parts[5] = {0};
	int got;

	while ((got = protobuf_next(&reader, &field)) > 0) {
		if (field.number < N(parts) && field.wire == PROTOBUF_VARINT)
			parts[field.number] = get_int(&field);
	}
	/* major, minor, sublevel: two digits each, as criu itself counts */
	if (parts[1] < 0 || parts[1] > 1000 || parts[2] < 0 || parts[2] > 99 || parts[4] < 0 ||
	    parts[4] > 99)
		return -1;
	ret->version = parts[1] * 10000 + parts[2] * 100 + parts[4];
	return got;
}

/* criu_features, criu_restore_resp and criu_notify. */
static int read_part(const struct protobuf_field *message, struct criu_rpc_response *ret)
{
	struct protobuf_reader reader = {.data = message->data, .left = message->n};
	struct protobuf_field field;
	int got;

	while ((got = protobuf_next(&reader, &field)) > 0) {
		if (message->number == RESP_FEATURES && is_int(&field, 1))
			ret->has_mem_track = field.value;
		else if (message->number == RESP_FEATURES && is_int(&field, 2))
			ret->has_lazy_pages = field.value;
		else if (message->number == RESP_RESTORE && is_int(&field, 1))
			ret->pid = get_int(&field);
		else if (message->number == RESP_NOTIFY && is_bytes(&field, 1))
			protobuf_copy_string(&field, ret->script, sizeof(ret->script));
		else if (message->number == RESP_NOTIFY && is_int(&field, 2))
			ret->pid = get_int(&field);
	}
	return got;
}

static int read_field(const struct protobuf_field *field, struct criu_rpc_response *ret)
{
	if (is_int(field, RESP_TYPE))
		ret->type = get_int(field);
	else if (is_int(field, RESP_SUCCESS))
		ret->is_success = field->value;
	else if (is_int(field, RESP_ERRNO))
		ret->error = get_int(field);
	else if (is_bytes(field, RESP_ERRMSG))
		protobuf_copy_string(field, ret->message, sizeof(ret->message));
	else if (is_bytes(field, RESP_VERSION))
		return read_version(field, ret);
	else if (field->wire == PROTOBUF_BYTES)
		return read_part(field, ret);
	return 0;
}

int criu_rpc_response(const void *data, size_t n, struct criu_rpc_response *ret, struct error *err)
{
	struct protobuf_reader reader = {.data = data, .left = n};
	struct protobuf_field field;
	int got;

	*ret = (struct criu_rpc_response){.type = -1};
	while ((got = protobuf_next(&reader, &field)) > 0) {
		if (read_field(&field, ret) < 0)
			return error_set(err, ERR_INVALID, "criu's answer has a damaged field %u",
			                 field.number);
	}
	if (got < 0 || ret->type < 0)
		return error_set(err, ERR_INVALID, "criu's answer is no message of its RPC");
	return 0;
}
