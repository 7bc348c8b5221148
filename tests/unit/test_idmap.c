/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ID maps: what they say, and how they get into the kernel. newuidmap and newgidmap are scripts
 * that write down how they were called.
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/file.h"
#include "common/mem.h"
#include "common/process.h"
#include "kernel/idmap.h"
#include "test.h"

static int proc_fd(void)
{
	int fd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);

	REQUIRE(fd >= 0);
	return fd;
}

/* A process that waits in a new user namespace without maps. */
static pid_t start_in_user_ns(struct error *err)
{
	const struct process_clone how = {.flags = CLONE_NEWUSER, .cgroup_fd = -1};
	pid_t pid = process_clone(&how, NULL, err);

	if (pid < 0)
		test_skip("user namespaces cannot be made here");
	while (pid == 0)
		pause();
	return pid;
}

static void stop(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void make_program(const char *name, const char *script)
{
	auto_free char *path = mem_printf("%s/%s", test_dir(), name);
	auto_free char *text = mem_printf("#!/bin/sh\n%s\n", script);
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0755);

	REQUIRE(fd >= 0 && write(fd, text, strlen(text)) > 0);
	REQUIRE(fchmod(fd, 0755) == 0);
	close(fd);
}

/* newuidmap and newgidmap of the test's own come first. */
static void use_programs(const char *script)
{
	auto_free char *path = mem_printf("%s:/usr/bin:/bin", test_dir());

	make_program("newuidmap", script);
	make_program("newgidmap", script);
	setenv("PATH", path, 1);
}

static char *said_by(const char *name, struct error *err)
{
	auto_free char *path = mem_printf("%s/%s.said", test_dir(), name);
	char *text = NULL;

	REQUIRE_OK(file_read(AT_FDCWD, path, 4096, &text, err));
	return text;
}

TEST(an_id_is_mapped_from_the_first_to_the_last_of_a_row)
{
	auto_idmap struct idmap_pair pair = {0};

	idmap_add(&pair.uid, 0, 1000, 1);
	idmap_add(&pair.uid, 10, 100000, 5);
	idmap_add(&pair.uid, 4294967294U, 7, 1);
	EXPECT(idmap_has(&pair.uid, 0) && !idmap_has(&pair.uid, 1) && !idmap_has(&pair.uid, 9));
	EXPECT(idmap_has(&pair.uid, 10) && idmap_has(&pair.uid, 14) && !idmap_has(&pair.uid, 15));
	EXPECT(idmap_has(&pair.uid, 4294967294U) && !idmap_has(&pair.uid, 4294967295U));
	EXPECT(!idmap_has(&pair.gid, 0));
}

TEST(things_are_set_up_as_0_or_as_the_first_id_that_is_mapped)
{
	auto_idmap struct idmap_pair pair = {0};

	EXPECT_INT(idmap_root(&pair.uid), 0);
	idmap_add(&pair.uid, 1000, 5, 1);
	EXPECT_INT(idmap_root(&pair.uid), 1000);
	idmap_add(&pair.uid, 0, 6, 1);
	EXPECT_INT(idmap_root(&pair.uid), 0);
}

TEST(setgroups_ends_where_the_callers_own_group_is_mapped_without_privilege)
{
	auto_idmap struct idmap_pair own = {0};
	auto_idmap struct idmap_pair other = {0};
	auto_idmap struct idmap_pair many = {0};

	idmap_add(&own.gid, 5, getegid(), 1);
	idmap_add(&other.gid, 0, getegid() + 1, 1);
	idmap_add(&many.gid, 0, getegid(), 1);
	idmap_add(&many.gid, 1, 100000, 10);
	EXPECT(idmap_denies_setgroups(&own, false));
	EXPECT(!idmap_denies_setgroups(&own, true));
	EXPECT(!idmap_denies_setgroups(&other, false));
	EXPECT(!idmap_denies_setgroups(&many, false));
	own.gid.entries[0].count = 2;
	EXPECT(!idmap_denies_setgroups(&own, false));
}

TEST(ones_own_id_is_written_directly_and_read_back)
{
	auto_idmap struct idmap_pair pair = {0};
	auto_idmap struct idmap_pair read = {0};
	auto_free char *setgroups = NULL;
	auto_fd int proc = proc_fd();
	pid_t pid = start_in_user_ns(err);
	auto_free char *file = mem_printf("%d/setgroups", pid);

	/* anything but a direct write would fail */
	use_programs("exit 1");
	idmap_add(&pair.uid, 5, geteuid(), 1);
	idmap_add(&pair.gid, 6, getegid(), 1);
	EXPECT_OK(idmap_write(proc, pid, &pair, false, err));
	EXPECT_OK(idmap_read(proc, pid, &read, err));
	EXPECT_OK(file_read(proc, file, 64, &setgroups, err));
	stop(pid);
	REQUIRE(read.uid.n == 1 && read.gid.n == 1);
	EXPECT(read.uid.entries[0].inside == 5 && read.uid.entries[0].outside == geteuid() &&
	       read.uid.entries[0].count == 1);
	EXPECT(read.gid.entries[0].inside == 6 && read.gid.entries[0].outside == getegid());
	EXPECT_STR(setgroups, "deny\n");
}

TEST(with_privilege_all_rows_are_written_directly)
{
	auto_idmap struct idmap_pair pair = {0};
	auto_idmap struct idmap_pair read = {0};
	auto_free char *setgroups = NULL;
	auto_fd int proc = proc_fd();
	auto_free char *file = NULL;
	pid_t pid;

	if (geteuid() != 0)
		test_skip("needs root");
	pid = start_in_user_ns(err);
	file = mem_printf("%d/setgroups", pid);
	use_programs("exit 1");
	idmap_add(&pair.uid, 0, 100000, 1000);
	idmap_add(&pair.uid, 2000, 300000, 2);
	idmap_add(&pair.gid, 0, 100000, 1000);
	if (idmap_write(proc, pid, &pair, true, err) < 0) {
		stop(pid);
		test_skip("this root may not write ID maps");
	}
	EXPECT_OK(idmap_read(proc, pid, &read, err));
	EXPECT_OK(file_read(proc, file, 64, &setgroups, err));
	stop(pid);
	REQUIRE(read.uid.n == 2 && read.gid.n == 1);
	EXPECT(read.uid.entries[1].inside == 2000 && read.uid.entries[1].outside == 300000 &&
	       read.uid.entries[1].count == 2);
	EXPECT_STR(setgroups, "allow\n");
}

TEST(more_ids_go_through_newuidmap_and_newgidmap)
{
	auto_idmap struct idmap_pair pair = {0};
	auto_fd int proc = proc_fd();
	auto_free char *wanted = mem_printf("%d 0 %u 1 1 100000 65536\n", getpid(), geteuid());
	auto_free char *wanted_gid = mem_printf("%d 0 7 3\n", getpid());
	auto_free char *uids = NULL;
	auto_free char *gids = NULL;

	use_programs("echo \"$@\" >$0.said");
	idmap_add(&pair.uid, 0, geteuid(), 1);
	idmap_add(&pair.uid, 1, 100000, 65536);
	idmap_add(&pair.gid, 0, 7, 3);
	EXPECT_OK(idmap_write(proc, getpid(), &pair, false, err));
	uids = said_by("newuidmap", err);
	gids = said_by("newgidmap", err);
	EXPECT_STR(uids, wanted);
	EXPECT_STR(gids, wanted_gid);
}

TEST(somebody_elses_id_is_never_written_directly)
{
	auto_idmap struct idmap_pair pair = {0};
	auto_fd int proc = proc_fd();
	auto_free char *uids = NULL;

	use_programs("echo \"$@\" >$0.said");
	idmap_add(&pair.uid, 0, geteuid() + 1, 1);
	idmap_add(&pair.gid, 0, getegid(), 2);
	EXPECT_OK(idmap_write(proc, getpid(), &pair, false, err));
	uids = said_by("newuidmap", err);
	EXPECT(uids != NULL);
}

TEST(a_refusal_ends_in_what_was_said_and_in_the_command_that_mends_it)
{
	auto_idmap struct idmap_pair pair = {0};
	auto_fd int proc = proc_fd();
	auto_free char *text =
		mem_printf("write ID maps: %s/newuidmap: exit status 1: uid range [0-2) not "
	                   "allowed (are these "
	                   "IDs granted in /etc/subuid? usermod --add-subuids 100000-165535 USER)",
	                   test_dir());
	auto_free char *gid_text =
		mem_printf("write ID maps: %s/newgidmap: exit status 1: uid range [0-2) not "
	                   "allowed (are these "
	                   "IDs granted in /etc/subgid? usermod --add-subgids 100000-165535 USER)",
	                   test_dir());

	use_programs("echo 'uid range [0-2) not allowed' >&2; exit 1");
	idmap_add(&pair.uid, 0, geteuid() + 1, 2);
	idmap_add(&pair.gid, 0, getegid() + 1, 2);
	EXPECT_ERROR(idmap_write(proc, getpid(), &pair, false, err), ERR_SYSTEM, text);
	make_program("newuidmap", "exit 0");
	EXPECT_ERROR(idmap_write(proc, getpid(), &pair, false, err), ERR_SYSTEM, gid_text);
}

TEST(a_process_that_is_gone_has_no_maps)
{
	auto_idmap struct idmap_pair pair = {0};
	auto_fd int proc = proc_fd();
	pid_t pid = start_in_user_ns(err);
	auto_free char *text = mem_printf("open %d/uid_map: No such file or directory", pid);
	auto_free char *wrapped = NULL;

	stop(pid);
	EXPECT_ERROR(idmap_read(proc, pid, &pair, err), ERR_NOT_FOUND, text);
	idmap_add(&pair.uid, 0, geteuid(), 1);
	wrapped = mem_printf("write ID maps: %s", text);
	EXPECT_ERROR(idmap_write(proc, pid, &pair, true, err), ERR_NOT_FOUND, wrapped);
}

/* Rows of three numbers. */
static int check(const uint32_t (*rows)[3], size_t n, struct error *err)
{
	auto_idmap struct idmap_pair maps = {0};

	for (size_t i = 0; i < n; i++)
		idmap_add(&maps.uid, rows[i][0], rows[i][1], rows[i][2]);
	return idmap_check(&maps.uid, err);
}

TEST(a_map_that_the_kernel_would_refuse_is_refused_first)
{
	static const uint32_t good[][3] = {{0, 1000, 1}, {1, 100000, 65536}, {65537, 5, 1}};
	static const uint32_t empty[][3] = {{0, 1000, 0}};
	static const uint32_t last[][3] = {{4294967294, 0, 1}};
	static const uint32_t long_inside[][3] = {{4294967290, 0, 10}};
	static const uint32_t long_outside[][3] = {{0, 4294967290, 6}};
	static const uint32_t twice_inside[][3] = {{0, 1000, 10}, {9, 2000, 10}};
	static const uint32_t twice_outside[][3] = {{5, 1000, 10}, {100, 995, 6}};

	EXPECT_OK(check(good, 3, err));
	EXPECT_OK(check(NULL, 0, err));
	EXPECT_OK(check(last, 1, err));
	EXPECT_ERROR(check(empty, 1, err), ERR_INVALID, "0 1000 0: is no range of IDs");
	EXPECT_ERROR(check(long_inside, 1, err), ERR_INVALID,
	             "4294967290 0 10: is no range of IDs");
	EXPECT_ERROR(check(long_outside, 1, err), ERR_INVALID,
	             "0 4294967290 6: is no range of IDs");
	EXPECT_ERROR(check(twice_inside, 2, err), ERR_INVALID, "9 2000 10 overlaps 0 1000 10");
	EXPECT_ERROR(check(twice_outside, 2, err), ERR_INVALID, "100 995 6 overlaps 5 1000 10");
}

TEST(a_map_has_as_many_rows_as_the_kernel_takes)
{
	uint32_t rows[341][3];

	for (uint32_t i = 0; i < 341; i++) {
		rows[i][0] = rows[i][1] = i;
		rows[i][2] = 1;
	}
	EXPECT_OK(check(rows, 340, err));
	EXPECT_ERROR(check(rows, 341, err), ERR_LIMIT, "341 rows, the kernel takes 340");
}
