/* SPDX-License-Identifier: Apache-2.0 */
/* Paths and rules of the cgroup of a container; as root cgroups are made, else refused. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/file.h"
#include "common/log.h"
#include "common/mem.h"
#include "common/process.h"
#include "kernel/cgroup.h"
#include "kernel/cgroup_tree.h"
#include "libocispec/oci_resources.h"
#include "runtime/cgroup_place.h"
#include "test.h"

static int try(const char *cgroups_path, const struct oci_resources *resources,
               const struct runtime_options *opts, bool is_real_root, struct error *err)
{
	struct cgroup_place_request request = {
		.id = "unit",
		.cgroups_path = cgroups_path,
		.resources = resources,
		.opts = opts,
		.is_real_root = is_real_root,
	};
	auto_cgroup_place struct cgroup_place place;
	struct error ignored = {0};
	int status = cgroup_place_prepare(&request, &place, err);

	cgroup_place_remove(place.path, &ignored);
	return status;
}

static const struct runtime_options automatic;
static const struct runtime_options disabled = {.cgroup_manager = RUNTIME_CGROUP_DISABLED};
static const struct runtime_options strictly_disabled = {.cgroup_manager = RUNTIME_CGROUP_DISABLED,
                                                         .is_strict_cgroups = true};
static struct oci_pids pids = {.has_limit = true, .limit = 20};
static const struct oci_resources limited = {.pids = &pids};

TEST(a_path_that_leaves_the_hierarchy_is_refused)
{
	EXPECT_ERROR(try("/a/../../b", NULL, &automatic, true, err), ERR_INVALID,
	             "linux.cgroupsPath: /a/../../b holds \"..\"");
	EXPECT_ERROR(try("..", NULL, &automatic, false, err), ERR_INVALID,
	             "linux.cgroupsPath: .. holds \"..\"");
}

TEST(the_root_of_the_hierarchy_is_refused)
{
	EXPECT_ERROR(try("/", NULL, &automatic, true, err), ERR_INVALID,
	             "linux.cgroupsPath: / is not a cgroup of its own");
	EXPECT_ERROR(try("//.", NULL, &automatic, true, err), ERR_INVALID,
	             "linux.cgroupsPath: //. is not a cgroup of its own");
}

TEST(a_path_for_systemd_is_refused_for_root_only)
{
	static const char text[] = "the systemd cgroup manager is not there yet: use a cgroupsPath "
				   "like /parent/name, or --cgroup-manager cgroupfs";
	struct runtime_options systemd = {.cgroup_manager = RUNTIME_CGROUP_SYSTEMD};

	EXPECT_ERROR(try("system.slice:rtl:x", NULL, &automatic, true, err), ERR_UNSUPPORTED, text);
	EXPECT_ERROR(try("/a", NULL, &systemd, true, err), ERR_UNSUPPORTED, text);
	EXPECT_OK(try("user.slice:rtl:x", NULL, &automatic, false, err));
}

TEST(disabled_cgroups_lose_no_limit_in_silence)
{
	static const char text[] =
		"linux.resources.pids.limit: cannot be applied: cgroups are disabled";

	EXPECT_OK(try(NULL, NULL, &disabled, true, err));
	EXPECT_ERROR(try(NULL, &limited, &disabled, true, err), ERR_UNSUPPORTED, text);
	EXPECT_ERROR(try(NULL, &limited, &strictly_disabled, false, err), ERR_UNSUPPORTED, text);
}

TEST(an_ordinary_user_is_warned_once_of_the_first_limit)
{
	auto_free char *path = mem_printf("%s/log", test_dir());
	struct oci_cpu cpu = {.has_shares = true, .shares = 512};
	struct oci_resources resources = {.pids = &pids, .cpu = &cpu};
	auto_free char *text = NULL;

	REQUIRE_OK(log_open(path, LOG_TEXT, LOG_WARN, err));
	EXPECT_OK(try(NULL, &resources, &disabled, false, err));
	REQUIRE_OK(file_read(AT_FDCWD, path, 1 << 16, &text, err));
	EXPECT_CONTAINS(text,
	                "linux.resources.cpu.shares: cannot be applied: cgroups are disabled");
	EXPECT(strchr(text, '\n') && strchr(text, '\n')[1] == '\0');
	log_open(NULL, LOG_TEXT, LOG_WARN, err);
}

/* Root's cgroup at @path (NULL: the default), with a process in it. */
struct live {
	struct cgroup_place place;
	pid_t pid;
};

static void live_clear(struct live *live)
{
	struct error ignored = {0};

	if (live->pid > 0) {
		kill(live->pid, SIGKILL);
		process_wait(live->pid, &ignored);
	}
	cgroup_place_remove(live->place.path, &ignored);
	cgroup_place_close(&live->place);
}

#define auto_live __attribute__((cleanup(live_clear)))

static void live_start(struct live *live, const char *path, const struct oci_resources *resources,
                       struct error *err)
{
	char id[32];
	struct cgroup_place_request request = {.id = id,
	                                       .cgroups_path = path,
	                                       .resources = resources,
	                                       .opts = &automatic,
	                                       .is_real_root = true};
	struct process_clone args = {.cgroup_fd = -1};

	*live = (struct live){.place.v2_fd = -1};
	if (geteuid() != 0)
		test_skip("for root only");
	snprintf(id, sizeof(id), "unit-%d", getpid());
	REQUIRE_OK(cgroup_place_prepare(&request, &live->place, err));
	if (!live->place.path)
		test_skip("no cgroup may be made here");
	live->pid = process_clone(&args, NULL, err);
	if (live->pid == 0)
		for (;;)
			pause();
	REQUIRE_OK(live->pid);
	REQUIRE_OK(cgroup_place_attach(&live->place, live->pid, false, err));
}

/* How many lines of /proc/PID/cgroup end in @path. */
static int count_memberships(pid_t pid, const char *path, struct error *err)
{
	auto_free char *name = mem_printf("/proc/%d/cgroup", pid);
	auto_free char *suffix = mem_printf(":%s\n", path);
	auto_free char *text = NULL;
	int n = 0;

	REQUIRE_OK(file_read(AT_FDCWD, name, 1 << 16, &text, err));
	for (const char *p = text; (p = strstr(p, suffix)); p++)
		n++;
	return n;
}

TEST(a_named_path_is_joined_in_every_hierarchy)
{
	auto_cgroup_layout struct cgroup_layout layout = {0};
	auto_live struct live live;
	char parent[32], path[64];

	snprintf(parent, sizeof(parent), "/rtl-unit-%d", getpid());
	snprintf(path, sizeof(path), "%s/inner", parent);
	live_start(&live, path + 1, NULL, err);
	EXPECT_STR(live.place.path, path);
	REQUIRE_OK(cgroup_layout_find(&layout, err));
	EXPECT_INT(count_memberships(live.pid, path, err),
	           layout.n_v1 + (layout.v2.mount_point != NULL));
	live_clear(&live);
	live = (struct live){.place.v2_fd = -1};
	EXPECT_OK(cgroup_place_remove(parent, err));
}

TEST(a_cgroup_is_opened_listed_killed_and_removed_by_its_path)
{
	auto_live struct live live;
	auto_free pid_t *list = NULL;
	auto_cgroup_place struct cgroup_place again;
	size_t n = 0;

	live_start(&live, NULL, NULL, err);
	EXPECT_OK(cgroup_place_open(live.place.path, &again, err));
	EXPECT_INT(again.v2_fd >= 0, live.place.v2_fd >= 0);
	cgroup_place_close(&again);
	EXPECT_OK(cgroup_place_pids(live.place.path, &list, &n, err));
	REQUIRE(n == 1);
	EXPECT_INT(list[0], live.pid);
	EXPECT_OK(cgroup_place_kill(live.place.path, SIGKILL, err));
	EXPECT_INT(process_exit_status(process_wait(live.pid, err)), 128 + SIGKILL);
	live.pid = 0;
	EXPECT_OK(cgroup_place_remove(live.place.path, err));
	EXPECT_INT(cgroup_place_open(live.place.path, &again, err), -1);
	EXPECT_INT(err->kind, ERR_NOT_FOUND);
}

TEST(a_cgroup_with_processes_is_not_taken_and_not_removed)
{
	auto_live struct live live;
	struct cgroup_place second;
	struct cgroup_place_request request = {.opts = &automatic, .is_real_root = true};

	live_start(&live, NULL, NULL, err);
	request.id = live.place.path + strlen("/rtl-");
	EXPECT_INT(cgroup_place_prepare(&request, &second, err), -1);
	EXPECT_INT(err->kind, ERR_EXISTS);
	EXPECT_CONTAINS(err->msg, "is in use: it holds processes");
	EXPECT(count_memberships(live.pid, live.place.path, err) >= 1);
}

TEST(a_failure_leaves_no_cgroup)
{
	char id[32], path[64];
	struct oci_device_rule rule = {.type = "u"};
	struct oci_resources resources = {.devices = &rule, .n_devices = 1};
	struct cgroup_place_request request = {
		.id = id, .resources = &resources, .opts = &automatic, .is_real_root = true};
	struct cgroup_place place;

	if (geteuid() != 0)
		test_skip("for root only");
	snprintf(id, sizeof(id), "unit-%d", getpid());
	snprintf(path, sizeof(path), "/rtl-%s", id);
	EXPECT_INT(cgroup_place_prepare(&request, &place, err), -1);
	EXPECT_INT(err->kind, ERR_INVALID);
	EXPECT(place.path == NULL);
	EXPECT_INT(cgroup_place_open(path, &place, err), -1);
	EXPECT_INT(err->kind, ERR_NOT_FOUND);
}

/* Give a cgroup to user 65534, as a service manager delegates it. */
static void delegate(int root_fd, const char *path)
{
	static const char *const files[] = {".", "cgroup.procs", "cgroup.subtree_control"};

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		auto_free char *file = mem_printf("%s/%s", path, files[i]);

		REQUIRE(fchownat(root_fd, file, 65534, 65534, 0) == 0);
	}
}

/* As user 65534 in the cgroup @own: status 0 if the container's cgroup is @expected. */
static int prepare_as_user(const char *id, int own_fd, const char *expected, struct error *err)
{
	struct cgroup_place_request request = {.id = id, .opts = &automatic};
	struct process_clone args = {.cgroup_fd = own_fd};
	struct cgroup_place place;
	pid_t pid = process_clone(&args, NULL, err);

	if (pid == 0) {
		if (setresgid(65534, 65534, 65534) < 0 || setresuid(65534, 65534, 65534) < 0)
			_exit(10);
		if (cgroup_place_prepare(&request, &place, err) < 0)
			_exit(11);
		if (!place.path || !expected)
			_exit(place.path == expected ? 0 : 12);
		_exit(strcmp(place.path, expected) == 0 && place.v2_fd >= 0 &&
		                      cgroup_place_remove(place.path, err) == 0
		              ? 0
		              : 13);
	}
	REQUIRE_OK(pid);
	return process_exit_status(process_wait(pid, err));
}

TEST(a_user_gets_a_cgroup_beside_or_below_his_own_if_he_may_write_there)
{
	auto_cgroup_layout struct cgroup_layout layout = {0};
	char id[32], top[32], own[64], beside[128], below[128];
	int root_fd = -1;

	if (geteuid() != 0)
		test_skip("for root only");
	snprintf(id, sizeof(id), "unit-%d", getpid());
	snprintf(top, sizeof(top), "rtl-delegated-%d", getpid());
	snprintf(own, sizeof(own), "%s/own", top);
	snprintf(beside, sizeof(beside), "/%s/rtl-%s", top, id);
	snprintf(below, sizeof(below), "/%s/rtl-%s", own, id);
	REQUIRE_OK(cgroup_layout_find(&layout, err));
	if (layout.v2.mount_point)
		root_fd = open(layout.v2.mount_point, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root_fd < 0 || cgroup_tree_make(root_fd, own, NULL) < 0) {
		cgroup_layout_clear(&layout);
		test_skip("no cgroup v2 may be made here");
	}
	auto_fd int own_fd = cgroup_tree_open(root_fd, own);

	EXPECT_INT(prepare_as_user(id, own_fd, NULL, err), 0);
	delegate(root_fd, own);
	EXPECT_INT(prepare_as_user(id, own_fd, below, err), 0);
	delegate(root_fd, top);
	EXPECT_INT(prepare_as_user(id, own_fd, beside, err), 0);
	EXPECT_OK(cgroup_tree_remove(root_fd, top, err));
	close(root_fd);
}
