/* SPDX-License-Identifier: Apache-2.0 */
/* See mount_tree.h. */
#include "kernel/mount_tree.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/file.h"
#include "common/mem.h"

#define MOUNTINFO_MAX_BYTES (64 << 20)

/* One line: "36 35 98:0 /root /point options …". */
struct mount_entry {
	int id;
	int parent;
	char *point; /* within the text that was read */
};

struct mount_entries {
	char *text;
	struct mount_entry *list;
	size_t n;
};

static void entries_clear(struct mount_entries *entries)
{
	cleanup_free(&entries->text);
	cleanup_free(&entries->list);
}

static int mount_id(int fd, int *ret, struct error *err)
{
	auto_free char *text = NULL;
	const char *line;
	char path[48];

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	if (file_read(AT_FDCWD, path, 4096, &text, err) < 0)
		return -1;
	line = strstr(text, "mnt_id:");
	if (!line || sscanf(line, "mnt_id: %d", ret) != 1)
		return error_set(err, ERR_UNSUPPORTED, "%s has no mnt_id", path);
	return 0;
}

/* Blank, tab, newline and backslash stand as three octal digits. */
static void unescape(char *s)
{
	char *to = s;

	for (; *s; s++, to++) {
		if (s[0] == '\\' && s[1] >= '0' && s[1] <= '3' && s[2] && s[3]) {
			*to = (char)((s[1] - '0') << 6 | (s[2] - '0') << 3 | (s[3] - '0'));
			s += 3;
		} else {
			*to = *s;
		}
	}
	*to = '\0';
}

static bool parse_line(char *line, struct mount_entry *ret)
{
	int at = 0;

	if (sscanf(line, "%d %d %*s %*s %n", &ret->id, &ret->parent, &at) != 2 || !at)
		return false;
	ret->point = line + at;
	ret->point[strcspn(ret->point, " ")] = '\0';
	unescape(ret->point);
	return true;
}

static int read_entries(struct mount_entries *entries, struct error *err)
{
	char *save = NULL;

	if (file_read(AT_FDCWD, "/proc/self/mountinfo", MOUNTINFO_MAX_BYTES, &entries->text, err) <
	    0)
		return -1;
	for (char *line = strtok_r(entries->text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		struct mount_entry entry;

		if (!parse_line(line, &entry))
			continue;
		mem_array_grow(entries->list, entries->n);
		entries->list[entries->n++] = entry;
	}
	return 0;
}

static const struct mount_entry *find_entry(const struct mount_entries *entries, int id)
{
	for (size_t i = 0; i < entries->n; i++) {
		if (entries->list[i].id == id)
			return &entries->list[i];
	}
	return NULL;
}

static bool is_below(const struct mount_entries *entries, const struct mount_entry *entry, int top)
{
	for (size_t steps = 0; entry && steps <= entries->n; steps++) {
		if (entry->parent == top)
			return true;
		entry = find_entry(entries, entry->parent);
	}
	return false;
}

/* A mount that another covers is out of reach, and out of everybody's. */
static int change_entry(const struct mount_entry *entry,
                        int (*change)(int fd, const void *data, struct error *err),
                        const void *data, struct error *err)
{
	auto_fd int fd = open(entry->point, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	int found;

	if (fd < 0)
		return error_errno(err, "open mount %s", entry->point);
	if (mount_id(fd, &found, err) < 0)
		return -1;
	return found == entry->id ? change(fd, data, err) : 0;
}

int mount_tree_each(int fd, int (*change)(int fd, const void *data, struct error *err),
                    const void *data, struct error *err)
{
	auto_call(entries_clear) struct mount_entries entries = {0};
	int top;

	if (mount_id(fd, &top, err) < 0 || read_entries(&entries, err) < 0 ||
	    change(fd, data, err) < 0)
		return -1;
	for (size_t i = 0; i < entries.n; i++) {
		if (is_below(&entries, &entries.list[i], top) &&
		    change_entry(&entries.list[i], change, data, err) < 0)
			return -1;
	}
	return 0;
}
