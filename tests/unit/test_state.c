/* SPDX-License-Identifier: Apache-2.0 */
/* The state of containers: what is living, what is not, and who may have an ID. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/file.h"
#include "common/log.h"
#include "common/mem.h"
#include "common/process.h"
#include "libocispec/oci_config.h"
#include "runtime/state.h"
#include "runtime/state_entry.h"
#include "test.h"

#define CREATORS 8
#define STATE_NONE                                                                                 \
	{                                                                                          \
		.root_fd = -1, .dir_fd = -1, .pidfd = -1                                           \
	}

/* The state directory of the test; valid until the next call. */
static const struct runtime_options *options(void)
{
	static char root[512];
	static struct runtime_options opts = {.root = root};

	snprintf(root, sizeof(root), "%s/state", test_dir());
	return &opts;
}

/* A record as create makes it, of no process yet. */
static struct state_record *new_record(const char *id, struct error *err)
{
	struct state_record *record = json_new(&state_record_type);

	record->oci_version = "1.2.0";
	record->id = json_strdup(record, id);
	record->bundle = "/bundle";
	record->rootfs = "/bundle/rootfs";
	record->created = "2026-01-02T03:04:05.000000000Z";
	record->uid = geteuid();
	REQUIRE_OK(state_boot_id(record, err));
	return record;
}

/* A process that lives until it is stopped, in place of an init. */
static pid_t start(int *ret_pidfd, struct error *err)
{
	const struct process_clone plain = {.cgroup_fd = -1};
	pid_t pid = process_clone(&plain, ret_pidfd, err);

	REQUIRE_OK(pid);
	while (pid == 0)
		pause();
	return pid;
}

static void stop(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* Container @id with process @pid, changed by @forge before it is written down. */
static void make(const char *id, pid_t pid, int pidfd, void (*forge)(struct state_record *record),
                 struct error *err)
{
	auto_state struct state state = STATE_NONE;
	auto_json struct state_record *record = new_record(id, err);

	REQUIRE_OK(state_create(options(), id, &state, err));
	record->is_set_up = true;
	REQUIRE_OK(state_identify(record, pid, pidfd, err));
	if (forge)
		forge(record);
	REQUIRE_OK(state_save(&state, record, err));
}

static void make_fifo(const char *id)
{
	auto_free char *path = mem_printf("%s/%s/" STATE_START_FIFO, options()->root, id);

	REQUIRE(mkfifo(path, 0600) == 0);
}

static void expect_status(const char *id, enum state_status status, struct error *err)
{
	auto_state struct state state = STATE_NONE;

	REQUIRE_OK(state_open(options(), id, &state, err));
	EXPECT_STR(state_status_name(state.status), state_status_name(status));
	EXPECT(status == STATE_STOPPED ? state.pidfd < 0 : true);
}

TEST(a_record_is_read_back_as_it_was_saved)
{
	auto_json struct state_record *record = new_record("web", err);
	auto_state struct state state = STATE_NONE;
	char *keys[] = {(char *)"k", NULL};
	char *values[] = {(char *)"v\n\"", NULL};

	record->cgroup_path = "/a/b";
	record->annotations = (struct json_map){keys, values, 1};
	record->pidfd_inode = UINT64_MAX;
	REQUIRE_OK(state_create(options(), "web", &state, err));
	REQUIRE_OK(state_save(&state, record, err));
	state_close(&state);
	REQUIRE_OK(state_open(options(), "web", &state, err));
	EXPECT_STR(state.id, "web");
	EXPECT_STR(state.record->cgroup_path, "/a/b");
	EXPECT_STR(state.record->annotations.values[0], "v\n\"");
	EXPECT_STR(state.record->boot_id, record->boot_id);
	EXPECT_INT(strlen(record->boot_id), 36);
	EXPECT(state.record->pidfd_inode == UINT64_MAX);
}

TEST(a_state_as_large_as_a_config_can_make_it_is_read_back)
{
	auto_json struct state_record *record = new_record("big", err);
	auto_state struct state state = STATE_NONE;
	auto_free char *large = mem_zalloc(OCI_CONFIG_MAX_BYTES);
	char *keys[] = {(char *)"k", NULL};
	char *values[] = {large, NULL};

	memset(large, 'x', OCI_CONFIG_MAX_BYTES - 1);
	record->annotations = (struct json_map){keys, values, 1};
	REQUIRE_OK(state_create(options(), "big", &state, err));
	REQUIRE_OK(state_save(&state, record, err));
	state_close(&state);
	EXPECT_OK(state_open(options(), "big", &state, err));
}

TEST(a_container_lives_while_its_process_does)
{
	int pidfd = -1;
	pid_t pid = start(&pidfd, err);

	make("web", pid, pidfd, NULL, err);
	expect_status("web", STATE_RUNNING, err);
	stop(pid);
	expect_status("web", STATE_STOPPED, err);
	close(pidfd);
}

TEST(a_zombie_is_a_stopped_container)
{
	int pidfd = -1;
	pid_t pid = start(&pidfd, err);
	siginfo_t info;

	make("web", pid, pidfd, NULL, err);
	kill(pid, SIGKILL);
	REQUIRE(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) == 0);
	expect_status("web", STATE_STOPPED, err);
	waitpid(pid, NULL, 0);
	close(pidfd);
}

static void forge_boot(struct state_record *record)
{
	record->boot_id = "00000000-0000-0000-0000-000000000000";
}

static void forge_start_time(struct state_record *record)
{
	record->start_time++;
}

static void forge_inode(struct state_record *record)
{
	record->pidfd_inode = record->pidfd_inode ? record->pidfd_inode + 1 : 0;
}

static void forge_pid(struct state_record *record)
{
	record->pid = 1;
}

static void forge_no_pid(struct state_record *record)
{
	record->pid = 0;
}

static void forge_no_inode(struct state_record *record)
{
	record->pidfd_inode = 0;
}

TEST(a_pid_that_went_to_another_process_is_not_the_container)
{
	static const struct {
		const char *id;
		void (*forge)(struct state_record *record);
	} cases[] = {
		{"boot", forge_boot},
		{"start-time", forge_start_time},
		{"pid", forge_pid},
		{"no-pid", forge_no_pid},
	};
	int pidfd = -1;
	pid_t pid = start(&pidfd, err);

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		make(cases[i].id, pid, pidfd, cases[i].forge, err);
		expect_status(cases[i].id, STATE_STOPPED, err);
	}
	make("no-inode", pid, pidfd, forge_no_inode, err);
	expect_status("no-inode", STATE_RUNNING, err);
	stop(pid);
	close(pidfd);
}

TEST(a_pidfd_of_another_inode_is_not_the_container)
{
	int pidfd = -1;
	pid_t pid = start(&pidfd, err);
	uint64_t inode = process_pidfd_inode(pidfd);

	make("inode", pid, pidfd, forge_inode, err);
	if (inode)
		expect_status("inode", STATE_STOPPED, err);
	stop(pid);
	close(pidfd);
	if (!inode)
		test_skip("pidfds have no inode of their own before Linux 6.9");
}

TEST(an_init_that_reads_the_fifo_waits_for_its_start)
{
	int pidfd = -1;
	pid_t pid = start(&pidfd, err);
	auto_free char *path = NULL;
	auto_fd int reader = -1;

	make("web", pid, pidfd, NULL, err);
	make_fifo("web");
	expect_status("web", STATE_RUNNING, err);
	path = mem_printf("%s/web/" STATE_START_FIFO, options()->root);
	reader = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	expect_status("web", STATE_CREATED, err);
	fd_close(&reader);
	expect_status("web", STATE_RUNNING, err);
	stop(pid);
	close(pidfd);
}

TEST(a_half_made_container_is_creating_while_somebody_makes_it_and_stopped_after)
{
	auto_state struct state maker = STATE_NONE;
	auto_state struct state other = STATE_NONE;
	auto_json struct state_record *record = new_record("web", err);
	auto_free char *text = NULL;

	REQUIRE_OK(state_create(options(), "web", &maker, err));
	expect_status("web", STATE_CREATING, err);
	REQUIRE_OK(state_save(&maker, record, err));
	expect_status("web", STATE_CREATING, err);
	state_close(&maker);
	expect_status("web", STATE_STOPPED, err);
	REQUIRE_OK(state_open_locked(options(), "web", &other, err));
	EXPECT_INT(other.status, STATE_STOPPED);
}

TEST(a_container_without_a_record_has_a_document)
{
	auto_state struct state maker = STATE_NONE;
	auto_state struct state state = STATE_NONE;
	auto_free char *text = NULL;

	REQUIRE_OK(state_create(options(), "half", &maker, err));
	state_close(&maker);
	REQUIRE_OK(state_open(options(), "half", &state, err));
	EXPECT(state.record == NULL);
	text = state_entry_format(&state);
	EXPECT_CONTAINS(text, "\"id\": \"half\"");
	EXPECT_CONTAINS(text, "\"status\": \"stopped\"");
}

TEST(looking_at_a_container_does_not_lock_it)
{
	auto_state struct state one = STATE_NONE;
	auto_state struct state two = STATE_NONE;
	int pidfd = -1;
	pid_t pid = start(&pidfd, err);

	make("web", pid, pidfd, NULL, err);
	REQUIRE_OK(state_open(options(), "web", &one, err));
	REQUIRE_OK(state_open_locked(options(), "web", &two, err));
	EXPECT(flock(one.dir_fd, LOCK_SH | LOCK_NB) < 0 && errno == EWOULDBLOCK);
	state_unlock(&two);
	EXPECT(flock(one.dir_fd, LOCK_EX | LOCK_NB) == 0);
	stop(pid);
	close(pidfd);
}

TEST(closing_ends_the_lock_although_a_child_has_the_descriptor)
{
	auto_state struct state state = STATE_NONE;
	pid_t pid;

	REQUIRE_OK(state_create(options(), "web", &state, err));
	pid = start(NULL, err);
	state_close(&state);
	EXPECT_OK(state_open_locked(options(), "web", &state, err));
	stop(pid);
}

TEST(the_lock_waits_and_then_tells_that_the_container_was_deleted)
{
	auto_state struct state state = STATE_NONE;
	auto_state struct state maker = STATE_NONE;
	int status = -1;
	pid_t pid;

	REQUIRE_OK(state_create(options(), "web", &maker, err));
	REQUIRE_OK(state_open(options(), "web", &state, err));
	pid = fork();
	if (pid == 0) {
		/* a descriptor of its own: the lock of the parent's does not count */
		int ret = state_lock(&state, err);

		_exit(ret < 0 && err->kind == ERR_NOT_FOUND &&
		                      !strcmp(err->msg, "container does not exist: web")
		              ? 0
		              : 1);
	}
	EXPECT_OK(state_remove(&maker, err));
	state_unlock(&maker);
	waitpid(pid, &status, 0);
	EXPECT_INT(status, 0);
}

TEST(an_id_is_taken_once_and_free_again_after_removal)
{
	auto_state struct state one = STATE_NONE;
	auto_state struct state two = STATE_NONE;

	REQUIRE_OK(state_create(options(), "web", &one, err));
	EXPECT_ERROR(state_create(options(), "web", &two, err), ERR_EXISTS,
	             "container web already exists");
	EXPECT_OK(state_remove(&one, err));
	EXPECT_OK(state_create(options(), "web", &two, err));
}

/* 0 if this process got the ID, 1 if somebody else has it. */
static int try_create(int go_fd, struct error *err)
{
	auto_state struct state state = STATE_NONE;
	char byte;

	if (read(go_fd, &byte, 1) != 0)
		return 2;
	if (state_create(options(), "web", &state, err) == 0)
		return 0;
	return err->kind == ERR_EXISTS && !strcmp(err->msg, "container web already exists") ? 1 : 3;
}

static void race(struct error *err)
{
	pid_t pids[CREATORS];
	int counts[256] = {0};
	int fds[2];

	options(); /* the same directory for all */
	REQUIRE(pipe2(fds, O_CLOEXEC) == 0);
	for (int i = 0; i < CREATORS; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			close(fds[1]);
			_exit(try_create(fds[0], err));
		}
	}
	close(fds[0]);
	close(fds[1]); /* go */
	for (int i = 0; i < CREATORS; i++) {
		int status = -1;

		waitpid(pids[i], &status, 0);
		counts[process_exit_status(status) & 255]++;
	}
	EXPECT_INT(counts[0], 1);
	EXPECT_INT(counts[1], CREATORS - 1);
}

TEST(of_many_who_create_the_same_id_exactly_one_wins)
{
	for (int i = 0; i < 20; i++) {
		auto_state struct state state = STATE_NONE;

		race(err);
		REQUIRE_OK(state_open_locked(options(), "web", &state, err));
		REQUIRE_OK(state_remove(&state, err));
	}
}

TEST(a_container_that_does_not_exist_is_named)
{
	auto_state struct state state = STATE_NONE;

	EXPECT_ERROR(state_open(options(), "web", &state, err), ERR_NOT_FOUND,
	             "container does not exist: web");
	EXPECT_ERROR(state_open_locked(options(), "web", &state, err), ERR_NOT_FOUND,
	             "container does not exist: web");
}

TEST(an_id_is_no_path)
{
	auto_state struct state state = STATE_NONE;

	EXPECT(state_open(options(), "../web", &state, err) < 0);
	EXPECT_INT(err->kind, ERR_INVALID);
	EXPECT(state_create(options(), "..", &state, err) < 0);
	EXPECT_INT(err->kind, ERR_INVALID);
}

static void put_text(const char *id, const char *text, struct error *err)
{
	auto_state struct state state = STATE_NONE;

	REQUIRE_OK(state_create(options(), id, &state, err));
	REQUIRE_OK(file_replace(state.dir_fd, "state.json", text, strlen(text), 0600, err));
}

TEST(a_damaged_record_is_an_error_with_container_and_member)
{
	auto_state struct state state = STATE_NONE;

	put_text("one", "{", err);
	EXPECT(state_open(options(), "one", &state, err) < 0);
	EXPECT(strncmp(err->msg, "container one: state.json:", 26) == 0);
	put_text("two", "{\"ociVersion\":\"1.0.0\",\"id\":\"two\",\"pid\":-1}", err);
	EXPECT(state_open(options(), "two", &state, err) < 0);
	EXPECT_CONTAINS(err->msg, "container two: state.json:1: pid: ");
}

TEST(a_link_is_not_taken_for_a_container)
{
	auto_state struct state state = STATE_NONE;
	auto_free char *link = mem_printf("%s/link", options()->root);

	put_text("web", "", err);
	REQUIRE(symlink("web", link) == 0);
	EXPECT_ERROR(state_open(options(), "link", &state, err), ERR_SYSTEM,
	             "open the state of container link: Not a directory");
}

static void check_list(struct error *err)
{
	struct state *states = NULL;
	size_t n = 7;
	int pidfd = -1;
	pid_t pid = start(&pidfd, err);
	auto_free char *log = mem_printf("%s/log", test_dir());
	auto_free char *said = NULL;

	REQUIRE_OK(log_open(log, LOG_TEXT, LOG_WARN, err));
	REQUIRE_OK(state_list(options(), &states, &n, err));
	EXPECT(n == 0 && states == NULL);
	state_list_free(states, n);
	make("b", pid, pidfd, NULL, err);
	make("a", pid, pidfd, forge_boot, err);
	make("c", pid, pidfd, NULL, err);
	put_text("damaged", "{", err);
	REQUIRE_OK(state_list(options(), &states, &n, err));
	EXPECT_INT(n, 3);
	EXPECT_STR(states[0].id, "a");
	EXPECT_STR(states[1].id, "b");
	EXPECT_STR(states[2].id, "c");
	EXPECT_INT(states[0].status, STATE_STOPPED);
	EXPECT_INT(states[1].status, STATE_RUNNING);
	EXPECT(states[1].dir_fd < 0 && states[1].root_fd < 0 && states[1].pidfd < 0);
	state_list_free(states, n);
	REQUIRE_OK(file_read(AT_FDCWD, log, 4096, &said, err));
	EXPECT_CONTAINS(said, " warning container damaged: state.json:");
	stop(pid);
}

TEST(containers_are_listed_by_id_and_a_damaged_one_is_warned_of)
{
	test_child(check_list);
}

TEST(the_document_is_the_specs)
{
	auto_json struct state_record *record = new_record("web", err);
	auto_free char *text = state_document(record, STATE_CREATED, 42, NULL);
	auto_free char *stopped = state_document(record, STATE_STOPPED, 0, NULL);

	EXPECT_STR(text,
	           "{\"ociVersion\":\"1.2.0\",\"id\":\"web\",\"status\":\"created\",\"pid\":42,"
	           "\"bundle\":\"/bundle\"}");
	EXPECT_CONTAINS(stopped, "\"status\":\"stopped\"");
}
