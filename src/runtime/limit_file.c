/* SPDX-License-Identifier: Apache-2.0 */
/* See limit_file.h. */
#include "runtime/limit_file.h"

#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "common/file.h"
#include "common/mem.h"
#include "common/str.h"

#define FILE_MAX_BYTES (1u << 20)

/* Files with a line for each device, which begins with its name, and what takes a line away. */
static const struct {
	const char *file;
	const char *nothing;
} keyed_files[] = {
	{"io.max", "rbps=max wbps=max riops=max wiops=max"},
	{"io.bfq.weight", "default"},
	{"io.weight", "default"},
	{"blkio.weight_device", "0"},
	{"blkio.bfq.weight_device", "0"},
	{"blkio.leaf_weight_device", "0"},
	{"blkio.throttle.read_bps_device", "0"},
	{"blkio.throttle.write_bps_device", "0"},
	{"blkio.throttle.read_iops_device", "0"},
	{"blkio.throttle.write_iops_device", "0"},
	{"rdma.max", "hca_handle=max hca_object=max"},
	{"net_prio.ifpriomap", "0"},
};

/* Part @n of a text parted by '|', or the last one there is; caller frees. */
static char *alternative(const char *text, unsigned n)
{
	while (n--) {
		const char *next = strchr(text, '|');

		if (!next)
			break;
		text = next + 1;
	}
	return mem_strndup(text, strcspn(text, "|"));
}

/* What @line, about to be written, replaces in @old, the file's contents; caller frees. */
static char *value_before(const char *file, const char *line, size_t len, const char *old)
{
	auto_free char *written = mem_strndup(line, len);
	size_t key = strcspn(written, " ");

	/* "oom_kill_disable 0", and takes the number */
	if (strcmp(file, "memory.oom_control") == 0)
		return mem_strdup(strstr(old, "oom_kill_disable 1") ? "1" : "0");
	for (size_t i = 0; i < sizeof(keyed_files) / sizeof(*keyed_files); i++) {
		if (!written[key] || strcmp(file, keyed_files[i].file) != 0)
			continue;
		for (const char *p = old; *p; p += strcspn(p, "\n"), p += *p == '\n')
			if (strncmp(p, written, key + 1) == 0)
				return mem_strndup(p, strcspn(p, "\n"));
		return mem_printf("%.*s %s", (int)key, written, keyed_files[i].nothing);
	}
	return mem_printf("%.*s\n", (int)strcspn(old, "\n"), old);
}

static void remember(struct limit_file_undo *undo, int dir_fd, const char *file, const char *line,
                     size_t len)
{
	auto_free char *old = NULL;
	struct error ignored;

	if (!undo || file_read(dir_fd, file, FILE_MAX_BYTES, &old, &ignored) < 0)
		return;
	mem_array_grow(undo->v, undo->n);
	undo->v[undo->n++] = (struct limit_file_value){
		.dir_fd = dir_fd,
		.file = mem_strdup(file),
		.text = value_before(file, line, len, old),
	};
}

static int write_lines(int dir_fd, const char *file, const char *text, struct limit_file_undo *undo)
{
	auto_fd int fd = openat(dir_fd, file, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return -1;
	for (const char *line = text; *line;) {
		size_t n = strcspn(line, "\n");

		if (n) {
			remember(undo, dir_fd, file, line, n);
			if (write(fd, line, n) < 0)
				return -1;
		}
		line += n + (line[n] == '\n');
	}
	return 0;
}

int limit_file_write(int dir_fd, const char *files, const char *text, struct limit_file_undo *undo)
{
	unsigned n = 0;

	for (const char *p = files; p; p = strchr(p, '|'), p = p ? p + 1 : NULL, n++) {
		auto_free char *file = alternative(files, n), *value = alternative(text, n);

		if (write_lines(dir_fd, file, value, undo) == 0)
			return 0;
		if (errno != ENOENT)
			return -1;
	}
	return -1;
}

void limit_file_undo(struct limit_file_undo *undo)
{
	struct error ignored;

	for (size_t i = undo->n; i-- > 0;)
		file_write(undo->v[i].dir_fd, undo->v[i].file, undo->v[i].text, &ignored);
	limit_file_undo_clear(undo);
}

void limit_file_undo_clear(struct limit_file_undo *undo)
{
	for (size_t i = 0; i < undo->n; i++) {
		cleanup_free(&undo->v[i].file);
		cleanup_free(&undo->v[i].text);
	}
	cleanup_free(&undo->v);
	*undo = (struct limit_file_undo){0};
}
