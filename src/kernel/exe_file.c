/* SPDX-License-Identifier: Apache-2.0 */
/* See exe_file.h. */
#include "kernel/exe_file.h"

#include <fcntl.h>
#include <link.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/file.h"

#define STAT_MAX_BYTES 4096

/* Placed by the linker at the beginning of the file's first segment. */
extern const ElfW(Ehdr) __ehdr_start __attribute__((visibility("hidden")));

/* Fields of /proc/self/stat, as proc(5) numbers them. */
enum {
	STAT_COMM = 2,
	STAT_START_CODE = 26,
	STAT_END_CODE = 27,
	STAT_START_STACK = 28,
	STAT_START_DATA = 45,
	STAT_END_DATA = 46,
	STAT_START_BRK = 47,
	STAT_ARG_START = 48,
	STAT_ARG_END = 49,
	STAT_ENV_START = 50,
	STAT_ENV_END = 51,
	STAT_N_FIELDS = 52,
};

/* Whole pages of a segment that come from the file. */
struct range {
	uintptr_t start;
	size_t len;
};

static uintptr_t page_floor(uintptr_t address)
{
	return address & ~((uintptr_t)getpagesize() - 1);
}

static struct range range_of(uintptr_t start, size_t len)
{
	uintptr_t end = page_floor(start + len + (uintptr_t)getpagesize() - 1);

	return (struct range){.start = page_floor(start), .len = end - page_floor(start)};
}

/* Not memcpy(): between two variables lies what a sanitizer forbids to read. */
__attribute__((no_sanitize("address", "undefined"))) static void
copy_words(volatile uintptr_t *to, const volatile uintptr_t *from, size_t n_bytes)
{
	for (size_t i = 0; i < n_bytes / sizeof(*to); i++)
		to[i] = from[i];
}

static int replace_segment(const ElfW(Phdr) * segment, uintptr_t bias, int fd)
{
	struct range range = range_of(bias + segment->p_vaddr, segment->p_filesz);
	bool is_writable = segment->p_flags & PF_W;
	int prot = (segment->p_flags & PF_R ? PROT_READ : 0) |
	           (segment->p_flags & PF_X ? PROT_EXEC : 0) | (is_writable ? PROT_WRITE : 0);
	int flags = MAP_PRIVATE | (is_writable ? MAP_ANONYMOUS : 0);
	void *map = mmap(NULL, range.len, prot, flags, is_writable ? -1 : fd,
	                 is_writable ? 0 : (off_t)page_floor(segment->p_offset));

	if (map == MAP_FAILED)
		return -1;
	if (is_writable)
		copy_words(map, (const uintptr_t *)range.start, range.len);
	if (mremap(map, range.len, range.len, MREMAP_MAYMOVE | MREMAP_FIXED, (void *)range.start) ==
	    MAP_FAILED) {
		munmap(map, range.len);
		return -1;
	}
	return 0;
}

/* Its pages alone, as the dynamic linker protects them. */
static int protect_relro(const ElfW(Phdr) * relro, uintptr_t bias)
{
	uintptr_t start = page_floor(bias + relro->p_vaddr);
	uintptr_t end = page_floor(bias + relro->p_vaddr + relro->p_memsz);

	return end > start ? mprotect((void *)start, end - start, PROT_READ) : 0;
}

static int replace_segments(int fd)
{
	const ElfW(Phdr) *headers = (const void *)getauxval(AT_PHDR);
	size_t n = getauxval(AT_PHNUM);
	uintptr_t bias = (uintptr_t)&__ehdr_start;

	for (size_t i = 0; i < n; i++) {
		if (headers[i].p_type == PT_LOAD && headers[i].p_offset == 0)
			bias -= headers[i].p_vaddr;
	}
	for (size_t i = 0; i < n; i++) {
		if (headers[i].p_type == PT_LOAD && headers[i].p_filesz > 0 &&
		    replace_segment(&headers[i], bias, fd) < 0)
			return -1;
	}
	for (size_t i = 0; i < n; i++) {
		if (headers[i].p_type == PT_GNU_RELRO && protect_relro(&headers[i], bias) < 0)
			return -1;
	}
	return 0;
}

/* The name of a process may hold anything: fields are counted from its last bracket. */
static int read_stat(uint64_t fields[STAT_N_FIELDS], struct error *err)
{
	auto_free char *text = NULL;
	const char *p;

	if (file_read(AT_FDCWD, "/proc/self/stat", STAT_MAX_BYTES, &text, err) < 0)
		return -1;
	p = strrchr(text, ')');
	for (int i = STAT_COMM + 1; p && i < STAT_N_FIELDS; i++) {
		p = strchr(p, ' ');
		if (p)
			fields[i] = strtoull(++p, NULL, 10);
	}
	return p ? 0 : error_set(err, ERR_SYSTEM, "/proc/self/stat: too short");
}

int exe_file_replace(int fd, struct error *err)
{
	uint64_t stat[STAT_N_FIELDS];
	struct prctl_mm_map map = {.exe_fd = (uint32_t)fd};

	if (read_stat(stat, err) < 0)
		return -1;
	map.start_code = stat[STAT_START_CODE];
	map.end_code = stat[STAT_END_CODE];
	map.start_data = stat[STAT_START_DATA];
	map.end_data = stat[STAT_END_DATA];
	map.start_brk = stat[STAT_START_BRK];
	map.brk = (uint64_t)syscall(SYS_brk, 0);
	map.start_stack = stat[STAT_START_STACK];
	map.arg_start = stat[STAT_ARG_START];
	map.arg_end = stat[STAT_ARG_END];
	map.env_start = stat[STAT_ENV_START];
	map.env_end = stat[STAT_ENV_END];
	if (replace_segments(fd) < 0)
		return error_errno(err, "map rtl's file anew");
	if (prctl(PR_SET_MM, PR_SET_MM_MAP, &map, sizeof(map), 0) < 0)
		return error_errno(err, "set the file of /proc/self/exe");
	return 0;
}
