/* SPDX-License-Identifier: Apache-2.0 */
/* Compiled filters on disk: what is taken from there, and above all what is not. */
#include "test.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/file.h"
#include "common/mem.h"
#include "runtime/seccomp_cache.h"

#define DIR_PATH SECCOMP_CACHE_DIR

/* A state directory. */
struct place {
	char path[32];
	int fd;
};

static void place_remove(struct place *place)
{
	struct error ignored;

	file_remove_tree(AT_FDCWD, place->path, &ignored);
	close(place->fd);
}

#define PLACE(name)                                                                                \
	struct place name auto_call(place_remove) = {"/tmp/rtl-cache-XXXXXX", -1};                 \
	place_open(&(name))

static void place_open(struct place *place)
{
	REQUIRE(mkdtemp(place->path) != NULL);
	place->fd = open(place->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static char *names[] = {"read", "write", "no_such_call", NULL};
static struct oci_seccomp_arg arg = {.index = 1, .value = 7, .op = OCI_CMP_EQ};
static struct oci_seccomp_syscall calls[] = {
	{.names = names, .n_names = 3, .action = OCI_ACT_ALLOW},
	{.names = names, .n_names = 1, .action = OCI_ACT_LOG, .args = &arg, .n_args = 1},
};
static const struct oci_seccomp section = {
	.default_action = OCI_ACT_ERRNO, .syscalls = calls, .n_syscalls = 2};

static void make_key(const struct oci_seccomp *of, struct seccomp_cache_key *key)
{
	if (!seccomp_cache_key(of, key))
		test_skip("this executable was linked without a build ID");
}

/* An entry for the section; its path goes to @ret_path, 128 bytes. */
static void store(const struct place *place, struct seccomp_cache_key *key, char *ret_path)
{
	struct seccomp_program program auto_seccomp = {0};
	struct error err[1];
	char hex[2 * DIGEST_SHA256_BYTES + 1];

	make_key(&section, key);
	REQUIRE_OK(seccomp_compile(&section, &program, err));
	seccomp_cache_store(place->fd, key, &program);
	digest_hex(key->bytes, hex);
	snprintf(ret_path, 128, "%s/" DIR_PATH "/%s", place->path, hex);
}

static bool is_found(const struct place *place, const struct seccomp_cache_key *key)
{
	struct seccomp_program program auto_seccomp = {0};

	return seccomp_cache_load(place->fd, key, &program);
}

TEST(what_was_stored_comes_back)
{
	PLACE(place);
	struct seccomp_program compiled auto_seccomp = {0};
	struct seccomp_program loaded auto_seccomp = {0};
	struct seccomp_cache_key key;
	struct stat st;
	char path[128];

	store(&place, &key, path);
	REQUIRE_OK(seccomp_compile(&section, &compiled, err));
	REQUIRE(seccomp_cache_load(place.fd, &key, &loaded));
	EXPECT_INT(loaded.n, compiled.n);
	EXPECT(memcmp(loaded.insns, compiled.insns, loaded.n * sizeof(*loaded.insns)) == 0);
	EXPECT_INT(loaded.flags, compiled.flags);
	EXPECT_INT(loaded.has_notify, compiled.has_notify);
	EXPECT_STR(loaded.unknown[0], "no_such_call");
	EXPECT(loaded.unknown[1] == NULL);
	EXPECT(stat(path, &st) == 0 && (st.st_mode & 0777) == 0600);
}

TEST(nothing_is_found_where_nothing_was_stored)
{
	PLACE(place);
	struct seccomp_cache_key key;

	make_key(&section, &key);
	EXPECT(!is_found(&place, &key));
}

/* Does the key change with the section? It is put back. */
#define EXPECT_OTHER_KEY(change, restore)                                                          \
	do {                                                                                       \
		change;                                                                            \
		make_key(&other, &changed);                                                        \
		EXPECT(memcmp(&key, &changed, sizeof(key)) != 0);                                  \
		restore;                                                                           \
		make_key(&other, &changed);                                                        \
		EXPECT(memcmp(&key, &changed, sizeof(key)) == 0);                                  \
	} while (0)

TEST(every_member_of_the_section_has_its_part_in_the_key)
{
	struct oci_seccomp other = section;
	struct seccomp_cache_key key;
	struct seccomp_cache_key changed;
	enum oci_seccomp_arch arch = OCI_ARCH_X86;
	enum oci_seccomp_flag flag = OCI_SECCOMP_FLAG_LOG;

	make_key(&section, &key);
	EXPECT_OTHER_KEY(other.default_action = OCI_ACT_KILL, other.default_action = OCI_ACT_ERRNO);
	EXPECT_OTHER_KEY(other.has_default_errno_ret = true, other.has_default_errno_ret = false);
	EXPECT_OTHER_KEY(other.default_errno_ret = 5, other.default_errno_ret = 0);
	EXPECT_OTHER_KEY((other.architectures = &arch, other.n_architectures = 1),
	                 other.n_architectures = 0);
	EXPECT_OTHER_KEY((other.flags = &flag), other.flags = NULL);
	EXPECT_OTHER_KEY((other.flags = &flag, other.n_flags = 1),
	                 (other.flags = NULL, other.n_flags = 0));
	EXPECT_OTHER_KEY(other.n_syscalls = 1, other.n_syscalls = 2);
	EXPECT_OTHER_KEY(calls[0].action = OCI_ACT_TRAP, calls[0].action = OCI_ACT_ALLOW);
	EXPECT_OTHER_KEY(calls[0].errno_ret = 1, calls[0].errno_ret = 0);
	EXPECT_OTHER_KEY(calls[0].has_errno_ret = true, calls[0].has_errno_ret = false);
	EXPECT_OTHER_KEY(calls[0].n_names = 2, calls[0].n_names = 3);
	EXPECT_OTHER_KEY(names[1] = "writ", names[1] = "write");
	EXPECT_OTHER_KEY(calls[1].n_args = 0, calls[1].n_args = 1);
	EXPECT_OTHER_KEY(arg.index = 2, arg.index = 1);
	EXPECT_OTHER_KEY(arg.value = 8, arg.value = 7);
	EXPECT_OTHER_KEY(arg.value_two = 1, arg.value_two = 0);
	EXPECT_OTHER_KEY(arg.op = OCI_CMP_NE, arg.op = OCI_CMP_EQ);
}

TEST(a_file_with_any_byte_changed_is_ignored)
{
	PLACE(place);
	struct seccomp_cache_key key;
	char path[128];
	auto_fd int fd = -1;
	off_t size;

	store(&place, &key, path);
	REQUIRE((fd = open(path, O_RDWR | O_CLOEXEC)) >= 0);
	size = lseek(fd, 0, SEEK_END);
	for (off_t at = 0; at < size; at++) {
		char byte;
		char changed;

		/* behind the name of the format there is room */
		if (at >= (off_t)sizeof("rtl seccomp 1") && at < 16)
			continue;
		REQUIRE(pread(fd, &byte, 1, at) == 1);
		changed = (char)(byte ^ 4);
		REQUIRE(pwrite(fd, &changed, 1, at) == 1);
		EXPECT(!is_found(&place, &key));
		REQUIRE(pwrite(fd, &byte, 1, at) == 1);
	}
	EXPECT(is_found(&place, &key));
}

TEST(a_file_cut_off_anywhere_is_ignored)
{
	PLACE(place);
	struct seccomp_cache_key key;
	struct stat st;
	char path[128];

	store(&place, &key, path);
	REQUIRE(stat(path, &st) == 0);
	for (off_t size = st.st_size - 1; size >= 0; size -= size > 128 ? 7 : 1) {
		REQUIRE(truncate(path, size) == 0);
		EXPECT(!is_found(&place, &key));
	}
}

TEST(a_file_that_others_can_write_is_ignored)
{
	PLACE(place);
	struct seccomp_cache_key key;
	char path[128];

	store(&place, &key, path);
	REQUIRE(chmod(path, 0620) == 0);
	EXPECT(!is_found(&place, &key));
	REQUIRE(chmod(path, 0602) == 0);
	EXPECT(!is_found(&place, &key));
	REQUIRE(chmod(path, 0644) == 0);
	EXPECT(is_found(&place, &key));
	if (geteuid() == 0) {
		REQUIRE(chown(path, 1, 0) == 0);
		EXPECT(!is_found(&place, &key));
	}
}

TEST(what_is_no_file_is_ignored)
{
	PLACE(place);
	struct seccomp_cache_key key;
	char path[128];
	char real[160];

	store(&place, &key, path);
	snprintf(real, sizeof(real), "%s.real", path);
	REQUIRE(rename(path, real) == 0 && symlink(real, path) == 0);
	EXPECT(!is_found(&place, &key));
	REQUIRE(unlink(path) == 0 && mkfifo(path, 0600) == 0);
	EXPECT(!is_found(&place, &key));
}

TEST(an_entry_under_another_key_is_ignored)
{
	PLACE(place);
	struct seccomp_cache_key key;
	struct seccomp_cache_key other;
	char hex[2 * DIGEST_SHA256_BYTES + 1];
	char path[128];
	char wrong[160];

	store(&place, &key, path);
	other = key;
	other.bytes[0] ^= 1;
	digest_hex(other.bytes, hex);
	snprintf(wrong, sizeof(wrong), "%s/" DIR_PATH "/%s", place.path, hex);
	REQUIRE(rename(path, wrong) == 0);
	EXPECT(!is_found(&place, &other));
}

TEST(a_directory_that_others_can_write_gets_no_entry)
{
	PLACE(place);
	struct seccomp_cache_key key;
	char path[128];

	REQUIRE(mkdirat(place.fd, DIR_PATH, 0700) == 0 &&
	        fchmodat(place.fd, DIR_PATH, 0770, 0) == 0);
	store(&place, &key, path);
	EXPECT(access(path, F_OK) < 0);
}

static unsigned count_entries(const struct place *place)
{
	int fd = openat(place->fd, DIR_PATH, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	auto_dir DIR *dir = fdopendir(fd);
	struct dirent *entry;
	unsigned n = 0;

	while ((entry = readdir(dir)))
		n += entry->d_name[0] != '.';
	return n;
}

TEST(the_oldest_entry_goes_when_there_are_too_many)
{
	PLACE(place);
	struct seccomp_program program auto_seccomp = {0};
	struct seccomp_cache_key key;
	struct seccomp_cache_key first;
	const struct timespec old[2] = {{.tv_sec = 1}, {.tv_sec = 1}};
	char path[128];

	store(&place, &first, path);
	REQUIRE(utimensat(AT_FDCWD, path, old, 0) == 0);
	REQUIRE_OK(seccomp_compile(&section, &program, err));
	key = first;
	for (unsigned i = 1; i < SECCOMP_CACHE_MAX_ENTRIES; i++) {
		key.bytes[0]++;
		seccomp_cache_store(place.fd, &key, &program);
	}
	EXPECT(is_found(&place, &first));
	EXPECT_INT(count_entries(&place), SECCOMP_CACHE_MAX_ENTRIES);
	key.bytes[1]++;
	seccomp_cache_store(place.fd, &key, &program);
	EXPECT_INT(count_entries(&place), SECCOMP_CACHE_MAX_ENTRIES);
	EXPECT(!is_found(&place, &first));
	EXPECT(is_found(&place, &key));
}

TEST(where_nothing_can_be_written_nothing_is_kept)
{
	struct place nowhere = {"", -1};
	struct seccomp_cache_key key;
	char path[128];

	store(&nowhere, &key, path);
	EXPECT(!is_found(&nowhere, &key));
}
