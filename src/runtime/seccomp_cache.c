/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See seccomp_cache.h. A file is a header, the instructions, and the unknown names,
 * each with a NUL. It is in this machine's byte order: no other reads it.
 */
#include "runtime/seccomp_cache.h"

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/file.h"
#include "common/mem.h"
#include "common/str.h"
#include "runtime/seccomp_kernel.h"

#define MAGIC "rtl seccomp 1"
#define MIN_NAMES 16 /* with fewer, compiling is as fast */
#define MAX_UNKNOWN_BYTES 65536
#define NAME_BYTES (2 * DIGEST_SHA256_BYTES + 1)

struct header {
	char magic[16];
	uint8_t key[DIGEST_SHA256_BYTES];
	uint8_t digest[DIGEST_SHA256_BYTES]; /* of all that follows, in the header too */
	uint32_t n_insns;
	uint32_t flags;
	uint32_t has_notify;
	uint32_t n_unknown;
};

#define DIGEST_START offsetof(struct header, n_insns)
#define MAX_BYTES                                                                                  \
	(sizeof(struct header) + BPF_MAXINSNS * sizeof(struct sock_filter) + MAX_UNKNOWN_BYTES)

bool seccomp_cache_is_worth(const struct oci_seccomp *section)
{
	size_t n_names = 0;

	for (size_t i = 0; i < section->n_syscalls; i++)
		n_names += section->syscalls[i].n_names;
	return n_names >= MIN_NAMES;
}

/* This executable, from its ELF header on; the linker makes the symbol. */
extern const char __ehdr_start[] __attribute__((visibility("hidden")));

/* Notes are words; a name and what it describes are filled up to whole ones. */
static const char *note_find_build_id(const char *at, const char *end, size_t *ret_bytes)
{
	while (at + sizeof(ElfW(Nhdr)) <= end) {
		const ElfW(Nhdr) *note = (const void *)at;
		size_t name_bytes = (note->n_namesz + 3u) & ~3u;

		at += sizeof(*note) + name_bytes;
		if (note->n_type == NT_GNU_BUILD_ID && name_bytes == sizeof("GNU") &&
		    memcmp(at - sizeof("GNU"), "GNU", sizeof("GNU")) == 0) {
			*ret_bytes = note->n_descsz;
			return at;
		}
		at += (note->n_descsz + 3u) & ~3u;
	}
	return NULL;
}

/* The linker's digest of all the executable, also of libseccomp where that is static. */
static bool add_build_id(struct str *text)
{
	const ElfW(Ehdr) *elf = (const void *)__ehdr_start;
	const ElfW(Phdr) *headers = (const void *)(__ehdr_start + elf->e_phoff);
	/* added to addresses in it, unless it is at a fixed place */
	uintptr_t base = elf->e_type == ET_DYN ? (uintptr_t)__ehdr_start : 0;
	const char *found = NULL;
	size_t n = 0;

	for (unsigned i = 0; i < elf->e_phnum && !found; i++) {
		const char *at = (const char *)(base + headers[i].p_vaddr);

		if (headers[i].p_type == PT_NOTE)
			found = note_find_build_id(at, at + headers[i].p_memsz, &n);
	}
	if (found)
		str_append_n(text, found, n);
	return found;
}

static void add_number(struct str *text, uint64_t number)
{
	str_append_n(text, (const char *)&number, sizeof(number));
}

/* With its length, so that no two sections read alike. */
static void add_string(struct str *text, const char *s)
{
	size_t n = strlen(s);

	add_number(text, n);
	str_append_n(text, s, n);
}

static void add_call(struct str *text, const struct oci_seccomp_syscall *call)
{
	add_number(text, call->action);
	add_number(text, call->has_errno_ret);
	add_number(text, call->errno_ret);
	add_number(text, call->n_names);
	for (size_t i = 0; i < call->n_names; i++)
		add_string(text, call->names[i]);
	add_number(text, call->n_args);
	for (size_t i = 0; i < call->n_args; i++) {
		add_number(text, call->args[i].index);
		add_number(text, call->args[i].op);
		add_number(text, call->args[i].value);
		add_number(text, call->args[i].value_two);
	}
}

static void add_section(struct str *text, const struct oci_seccomp *section)
{
	add_number(text, section->default_action);
	add_number(text, section->has_default_errno_ret);
	add_number(text, section->default_errno_ret);
	add_number(text, section->flags != NULL);
	add_number(text, section->n_flags);
	for (size_t i = 0; i < section->n_flags; i++)
		add_number(text, section->flags[i]);
	add_number(text, section->n_architectures);
	for (size_t i = 0; i < section->n_architectures; i++)
		add_number(text, section->architectures[i]);
	add_number(text, section->n_syscalls);
	for (size_t i = 0; i < section->n_syscalls; i++)
		add_call(text, &section->syscalls[i]);
}

static void add_surroundings(struct str *text)
{
	const struct scmp_version *version = seccomp_version();
	uint64_t actions = 0;

	for (unsigned action = 1; action <= oci_seccomp_action_names.n; action++)
		actions |= (uint64_t)seccomp_kernel_has_action(action) << action;
	add_number(text, actions);
	add_number(text, version->major);
	add_number(text, version->minor);
	add_number(text, version->micro);
	add_number(text, seccomp_arch_native());
}

bool seccomp_cache_key(const struct oci_seccomp *section, struct seccomp_cache_key *ret)
{
	auto_str struct str text = {0};

	str_reserve(&text, 16384);
	if (!add_build_id(&text))
		return false;
	add_surroundings(&text);
	add_section(&text, section);
	digest_sha256(text.s, text.len, ret->bytes);
	return true;
}

/* Ours, and nobody else can have written it. */
static bool is_own(int fd, mode_t type, struct stat *st)
{
	return fd >= 0 && fstat(fd, st) == 0 && (st->st_mode & S_IFMT) == type &&
	       st->st_uid == geteuid() && (st->st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

static bool is_whole(const char *text, size_t n, const struct seccomp_cache_key *key)
{
	const struct header *header = (const struct header *)text;
	uint8_t digest[DIGEST_SHA256_BYTES];

	if (n < sizeof(*header) || strncmp(header->magic, MAGIC, sizeof(header->magic)) != 0 ||
	    memcmp(header->key, key->bytes, sizeof(header->key)) != 0)
		return false;
	digest_sha256(text + DIGEST_START, n - DIGEST_START, digest);
	return memcmp(digest, header->digest, sizeof(digest)) == 0 && header->n_insns > 0 &&
	       header->n_insns <= BPF_MAXINSNS &&
	       header->n_insns * sizeof(struct sock_filter) <= n - sizeof(*header);
}

/* Return: false if there are fewer than it should be. */
static bool read_unknown(const char *at, const char *end, size_t n, struct seccomp_program *program)
{
	if (n == 0)
		return true;
	if (n > MAX_UNKNOWN_BYTES)
		return false;
	program->unknown = mem_calloc(n + 1, sizeof(char *));
	for (size_t i = 0; i < n; i++) {
		const char *nul = memchr(at, '\0', (size_t)(end - at));

		if (!nul)
			return false;
		program->unknown[i] = mem_strdup(at);
		at = nul + 1;
	}
	return true;
}

bool seccomp_cache_load(int root_fd, const struct seccomp_cache_key *key,
                        struct seccomp_program *ret)
{
	char path[sizeof(SECCOMP_CACHE_DIR) + NAME_BYTES] = SECCOMP_CACHE_DIR "/";
	struct seccomp_program program = {0};
	auto_free char *text = NULL;
	auto_fd int fd = -1;
	const struct header *header;
	size_t insns_bytes;
	struct error ignored;
	struct stat st;
	ssize_t n;

	digest_hex(key->bytes, path + sizeof(SECCOMP_CACHE_DIR));
	fd = openat(root_fd, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (!is_own(fd, S_IFREG, &st))
		return false;
	n = file_read_fd(fd, path, MAX_BYTES, &text, &ignored);
	if (n < 0 || !is_whole(text, (size_t)n, key))
		return false;
	header = (const struct header *)text;
	insns_bytes = header->n_insns * sizeof(*program.insns);
	program.n = (unsigned short)header->n_insns;
	program.flags = header->flags;
	program.has_notify = header->has_notify;
	program.insns = mem_calloc(program.n, sizeof(*program.insns));
	memcpy(program.insns, text + sizeof(*header), insns_bytes);
	if (!read_unknown(text + sizeof(*header) + insns_bytes, text + n, header->n_unknown,
	                  &program)) {
		seccomp_clear(&program);
		return false;
	}
	*ret = program;
	return true;
}

static int open_dir(int root_fd)
{
	auto_fd int fd = -1;
	struct stat st;

	mkdirat(root_fd, SECCOMP_CACHE_DIR, 0700);
	fd = openat(root_fd, SECCOMP_CACHE_DIR, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return is_own(fd, S_IFDIR, &st) ? fd_take(&fd) : -1;
}

/* One entry less, if there are as many as may be. Temporary files of killed writers count too. */
static void make_room(int dir_fd)
{
	auto_dir DIR *dir = NULL;
	char oldest[NAME_BYTES + 8] = "";
	struct timespec oldest_time = {0};
	struct dirent *entry;
	unsigned n = 0;
	int fd = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	dir = fd < 0 ? NULL : fdopendir(fd);
	while (dir && (entry = readdir(dir))) {
		struct stat st;

		if (strlen(entry->d_name) >= sizeof(oldest) ||
		    fstatat(dir_fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
		    !S_ISREG(st.st_mode))
			continue;
		n++;
		if (oldest[0] && (st.st_mtim.tv_sec > oldest_time.tv_sec ||
		                  (st.st_mtim.tv_sec == oldest_time.tv_sec &&
		                   st.st_mtim.tv_nsec >= oldest_time.tv_nsec)))
			continue;
		oldest_time = st.st_mtim;
		memcpy(oldest, entry->d_name, strlen(entry->d_name) + 1);
	}
	if (n >= SECCOMP_CACHE_MAX_ENTRIES)
		unlinkat(dir_fd, oldest, 0);
}

void seccomp_cache_store(int root_fd, const struct seccomp_cache_key *key,
                         const struct seccomp_program *program)
{
	struct header header = {
		.magic = MAGIC,
		.n_insns = program->n,
		.flags = program->flags,
		.has_notify = program->has_notify,
	};
	auto_fd int dir_fd = open_dir(root_fd);
	auto_str struct str text = {0};
	char name[NAME_BYTES];
	struct error ignored;

	if (dir_fd < 0)
		return;
	str_append_n(&text, (const char *)&header, sizeof(header));
	str_append_n(&text, (const char *)program->insns, program->n * sizeof(*program->insns));
	for (char **unknown = program->unknown; unknown && *unknown; unknown++) {
		str_append_n(&text, *unknown, strlen(*unknown) + 1);
		header.n_unknown++;
	}
	if (text.len > MAX_BYTES)
		return;
	memcpy(header.key, key->bytes, sizeof(header.key));
	memcpy(text.s, &header, sizeof(header));
	digest_sha256(text.s + DIGEST_START, text.len - DIGEST_START, header.digest);
	memcpy(text.s, &header, sizeof(header));
	make_room(dir_fd);
	digest_hex(key->bytes, name);
	(void)file_replace(dir_fd, name, text.s, text.len, 0600, &ignored);
}
