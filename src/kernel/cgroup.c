/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finding the cgroup hierarchies. cgroups(7), proc_pid_mountinfo(5), proc_pid_cgroup(5).
 * Process: any that may read /proc. Nothing is cached: the answer costs a statfs(2) on
 * pure v2, and tests move between mount namespaces.
 */
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/vfs.h>

#include "common/cleanup.h"
#include "common/file.h"
#include "common/mem.h"
#include "common/str.h"
#include "kernel/cgroup.h"

#define CGROUP_ROOT "/sys/fs/cgroup"
#define MOUNTINFO_MAX_BYTES (16u << 20)

static void hierarchy_clear(struct cgroup_hierarchy *hierarchy)
{
	free(hierarchy->mount_point);
	free(hierarchy->root);
	free(hierarchy->controllers);
	*hierarchy = (struct cgroup_hierarchy){0};
}

void cgroup_layout_clear(struct cgroup_layout *layout)
{
	hierarchy_clear(&layout->v2);
	for (size_t i = 0; i < layout->n_v1; i++)
		hierarchy_clear(&layout->v1[i]);
	layout->n_v1 = 0;
}

bool cgroup_has_controller(const char *controllers, const char *name)
{
	size_t n = strlen(name);

	for (const char *p = controllers; *p; p += *p == ',') {
		size_t len = strcspn(p, ",");

		if (len == n && memcmp(p, name, n) == 0)
			return true;
		p += len;
	}
	return false;
}

/* The kernel writes space, tab, newline and backslash as three octal digits. */
static char *unescape(const char *s, size_t len)
{
	char *out = mem_strndup(s, len), *to = out;

	for (const char *from = out; *from; to++) {
		if (from[0] == '\\' && from[1] >= '0' && from[1] <= '3' && from[2] && from[3]) {
			*to = (char)((from[1] - '0') << 6 | (from[2] - '0') << 3 | (from[3] - '0'));
			from += 4;
		} else {
			*to = *from++;
		}
	}
	*to = '\0';
	return out;
}

/* Of a v1 superblock's options those that are controllers, or the hierarchy's name. */
static char *controllers_of(const char *options, size_t len)
{
	static const char others[] = "rw,ro,xattr,noprefix,all,none,clone_children,cpuset_v2_mode,"
				     "favordynmods,nofavordynmods,seclabel";
	struct str found = {0};

	for (const char *p = options; p < options + len;) {
		size_t n = strcspn(p, ", \n");
		char token[64];

		if (n < sizeof(token)) {
			memcpy(token, p, n);
			token[n] = '\0';
			if (!cgroup_has_controller(others, token) &&
			    (!strchr(token, '=') || str_has_prefix(token, "name="))) {
				if (found.len)
					str_append_char(&found, ',');
				str_append(&found, token);
			}
		}
		p += n + 1;
	}
	return str_take(&found);
}

/* Field @n of a line, counted from 0, and its length. */
static const char *field(const char *line, const char *end, int n, size_t *ret_len)
{
	while (n-- > 0) {
		line = memchr(line, ' ', (size_t)(end - line));
		if (!line)
			return NULL;
		line++;
	}
	*ret_len = strcspn(line, " \n");
	return line;
}

static bool is_mounted_already(const struct cgroup_layout *layout, const char *controllers)
{
	for (size_t i = 0; i < layout->n_v1; i++)
		if (strcmp(layout->v1[i].controllers, controllers) == 0)
			return true;
	return false;
}

static void parse_line(const char *line, const char *end, struct cgroup_layout *ret)
{
	const char *type = memmem(line, (size_t)(end - line), " - cgroup", 9);
	size_t root_len = 0, point_len = 0, options_len = 0;
	const char *root = field(line, end, 3, &root_len);
	const char *point = field(line, end, 4, &point_len);
	bool is_v2 = type && type[9] == '2';
	struct cgroup_hierarchy found;

	if (!type || !root || !point || (type[9] != ' ' && type[9] != '2'))
		return;
	if (is_v2 ? ret->v2.mount_point != NULL : ret->n_v1 == CGROUP_MAX_V1)
		return;
	/* behind the type stand the source and the superblock's options */
	const char *options = field(type + 3, end, 2, &options_len);

	if (!options)
		return;
	found = (struct cgroup_hierarchy){
		.mount_point = unescape(point, point_len),
		.root = unescape(root, root_len),
		.controllers = is_v2 ? mem_strdup("") : controllers_of(options, options_len),
	};
	if (is_v2)
		ret->v2 = found;
	else if (!found.controllers[0] || is_mounted_already(ret, found.controllers))
		hierarchy_clear(&found);
	else
		ret->v1[ret->n_v1++] = found;
}

void cgroup_layout_parse(const char *mountinfo, struct cgroup_layout *ret)
{
	for (const char *line = mountinfo; *line;) {
		const char *end = strchrnul(line, '\n');

		parse_line(line, end, ret);
		line = *end ? end + 1 : end;
	}
}

int cgroup_layout_find(struct cgroup_layout *ret, struct error *err)
{
	auto_free char *mountinfo = NULL;
	struct statfs fs;

	*ret = (struct cgroup_layout){0};
	if (statfs(CGROUP_ROOT, &fs) == 0 && fs.f_type == CGROUP2_SUPER_MAGIC) {
		ret->v2.mount_point = mem_strdup(CGROUP_ROOT);
		ret->v2.root = mem_strdup("/");
		ret->v2.controllers = mem_strdup("");
		return 0;
	}
	if (file_read(AT_FDCWD, "/proc/self/mountinfo", MOUNTINFO_MAX_BYTES, &mountinfo, err) < 0)
		return -1;
	cgroup_layout_parse(mountinfo, ret);
	return 0;
}

/* The part of @path behind the directory @root, or NULL if it is not below it. */
static const char *path_below(const char *path, const char *root)
{
	size_t n = strcmp(root, "/") == 0 ? 0 : strlen(root);

	if (strncmp(path, root, n) != 0 || (path[n] != '/' && path[n] != '\0'))
		return NULL;
	/* outside of the cgroup namespace's root the kernel writes "/.." */
	return str_has_prefix(path + n, "/../") || strcmp(path + n, "/..") == 0 ? NULL : path + n;
}

char *cgroup_own_path(const char *proc_cgroup, const struct cgroup_hierarchy *hierarchy)
{
	for (const char *line = proc_cgroup; *line;) {
		const char *end = strchrnul(line, '\n');
		auto_free char *copy = mem_strndup(line, (size_t)(end - line));
		char *controllers = strchr(copy, ':');
		char *path = controllers ? strchr(controllers + 1, ':') : NULL;

		line = *end ? end + 1 : end;
		if (!path)
			continue;
		*path++ = '\0';
		if (strcmp(controllers + 1, hierarchy->controllers) != 0)
			continue;
		const char *below = path_below(path, hierarchy->root);

		return below ? mem_strdup(*below ? below : "/") : NULL;
	}
	return NULL;
}
