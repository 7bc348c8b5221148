/* SPDX-License-Identifier: Apache-2.0 */
/* See criu_setup.h. */
#include "runtime/criu_setup.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "common/file.h"
#include "common/mem.h"
#include "common/path.h"
#include "common/str.h"
#include "kernel/ns.h"

#define CGROUP_ROOT "/sys/fs/cgroup"
#define DEFAULT_IMAGE_PATH "checkpoint"
/* runc's: what an administrator has written there is meant for whatever runs in its place. */
#define DEFAULT_CONFIG_FILE "/etc/criu/runc.conf"
#define CONFIG_ANNOTATION "org.criu.config"
/* Debug level, without which criu's log does not explain its errors. */
#define LOG_LEVEL 4
#define LOG_MAX_BYTES (64U << 20)

void criu_setup_clear(struct criu_setup *setup)
{
	for (size_t i = 0; i < setup->n_strings; i++)
		cleanup_free(&setup->strings[i]);
	cleanup_free(&setup->strings);
	cleanup_free(&setup->mounts);
	cleanup_free(&setup->externals);
	cleanup_free(&setup->image_path);
	cleanup_free(&setup->work_path);
	cleanup_free(&setup->log_path);
	cleanup_fd(&setup->image_fd);
	cleanup_fd(&setup->work_fd);
	*setup = (struct criu_setup)CRIU_SETUP_NONE;
}

const char *criu_setup_string(struct criu_setup *setup, char *s)
{
	mem_array_grow(setup->strings, setup->n_strings);
	setup->strings[setup->n_strings++] = s;
	return s;
}

void criu_setup_external(struct criu_setup *setup, char *s)
{
	mem_array_grow(setup->externals, setup->n_externals);
	setup->externals[setup->n_externals++] = criu_setup_string(setup, s);
	setup->options.externals = setup->externals;
	setup->options.n_externals = setup->n_externals;
}

static int open_dir(const char *option, const char *path, bool is_made, int *ret, struct error *err)
{
	if (is_made && mkdir(path, 0700) < 0 && errno != EEXIST)
		return error_errno(err, "%s: create %s", option, path);
	*ret = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return *ret < 0 ? error_errno(err, "%s: open %s", option, path) : 0;
}

static int open_dirs(struct criu_setup *setup, const struct criu_settings *settings,
                     const char *log_file, bool is_made, struct error *err)
{
	const char *image = settings->image_path ? settings->image_path : DEFAULT_IMAGE_PATH;

	setup->image_path = path_absolute(image, err);
	if (!setup->image_path ||
	    open_dir("--image-path", setup->image_path, is_made, &setup->image_fd, err) < 0)
		return -1;
	setup->work_path = settings->work_path ? path_absolute(settings->work_path, err)
	                                       : mem_strdup(setup->image_path);
	if (!setup->work_path || (settings->work_path && open_dir("--work-path", setup->work_path,
	                                                          true, &setup->work_fd, err) < 0))
		return -1;
	setup->log_path = mem_printf("%s/%s", setup->work_path, log_file);
	return 0;
}

static const char *find_annotation(const struct oci_config *config, const char *name)
{
	for (size_t i = 0; i < config->annotations.n; i++) {
		if (strcmp(config->annotations.keys[i], name) == 0)
			return config->annotations.values[i];
	}
	return NULL;
}

/* An empty annotation: none at all. */
static const char *config_file(const struct oci_config *config)
{
	const char *file = find_annotation(config, CONFIG_ANNOTATION);

	if (!file)
		return DEFAULT_CONFIG_FILE;
	return *file ? file : NULL;
}

static int parse_empty_ns(const struct criu_settings *settings, int32_t *ret, struct error *err)
{
	for (size_t i = 0; i < settings->n_empty_ns; i++) {
		/* criu knows no other */
		if (strcmp(settings->empty_ns[i], "network") != 0)
			return error_set(err, ERR_INVALID, "--empty-ns: expected network, got %s",
			                 settings->empty_ns[i]);
		*ret |= CLONE_NEWNET;
	}
	return 0;
}

int criu_setup_begin(struct criu_setup *setup, const struct criu_settings *settings,
                     const struct oci_config *config, const char *log_file, bool is_made,
                     struct error *err)
{
	struct criu_rpc_options *options = &setup->options;

	if (parse_empty_ns(settings, &options->empty_ns, err) < 0 ||
	    open_dirs(setup, settings, log_file, is_made, err) < 0)
		return -1;
	options->images_dir_fd = setup->image_fd;
	options->work_dir_fd = setup->work_fd > 0 ? setup->work_fd : 0;
	options->log_level = LOG_LEVEL;
	options->log_file = log_file;
	options->config_file = config_file(config);
	options->cgroups_mode = settings->cgroups_mode;
	options->manage_cgroups = true;
	options->network_lock = settings->network_lock;
	options->tcp_established = settings->tcp_established;
	options->tcp_close = settings->tcp_close;
	options->ext_unix_sk = settings->ext_unix_sk;
	options->shell_job = settings->shell_job;
	options->file_locks = settings->file_locks;
	options->lazy_pages = settings->lazy_pages;
	options->auto_dedup = settings->auto_dedup;
	options->notify_scripts = true;
	options->orphan_pts_master = true;
	return 0;
}

static void add_mount(struct criu_setup *setup, char *key, char *value)
{
	mem_array_grow(setup->mounts, setup->n_mounts);
	setup->mounts[setup->n_mounts++] = (struct criu_rpc_pair){
		.key = criu_setup_string(setup, key),
		.value = criu_setup_string(setup, value),
	};
	setup->options.ext_mounts = setup->mounts;
	setup->options.n_ext_mounts = setup->n_mounts;
}

static bool is_bind(const struct oci_mount *mount)
{
	bool found = mount->type && strcmp(mount->type, "bind") == 0;

	for (size_t i = 0; !found && i < mount->n_options; i++)
		found = strcmp(mount->options[i], "bind") == 0 ||
		        strcmp(mount->options[i], "rbind") == 0;
	return found;
}

/*
 * Where @destination is once its links are followed, as the container's mountinfo has it. What is
 * not there (on the host, what is below a tmpfs of the container) is where it says.
 */
static char *resolve(int root_fd, const char *destination)
{
	struct error ignored;
	auto_free char *absolute = mem_printf("/%s", destination);
	auto_fd int fd = path_open_in_root(root_fd, destination, O_PATH, &ignored);
	struct path_fd_link link = path_fd_link(fd);
	struct path_fd_link root_link = path_fd_link(root_fd);
	char path[PATH_MAX];
	char root[PATH_MAX];
	ssize_t n = fd < 0 ? -1 : readlink(link.s, path, sizeof(path) - 1);
	ssize_t n_root = readlink(root_link.s, root, sizeof(root) - 1);

	/* a container's own root is "/" */
	if (n_root == 1)
		n_root = 0;
	if (n < 0 || n_root < 0 || n <= n_root || strncmp(path, root, (size_t)n_root) != 0)
		return path_clean(absolute);
	path[n] = '\0';
	return mem_strdup(path + n_root);
}

/* Fields of one line of mountinfo; octal escapes stay: paths with blanks are compared as they are.
 */
static char *mount_point_of(char *line)
{
	char *save = NULL;
	char *word = strtok_r(line, " ", &save);

	for (int i = 1; word && i < 5; i++)
		word = strtok_r(NULL, " ", &save);
	return word;
}

/* The host's mounts below @source have come along with it. */
static void add_submounts(struct criu_setup *setup, const char *mountinfo, const char *source,
                          const char *key, bool is_restore)
{
	auto_free char *copy = mem_strdup(mountinfo);
	auto_free char *prefix = mem_printf("%s/", strcmp(source, "/") == 0 ? "" : source);
	char *save = NULL;

	for (char *line = strtok_r(copy, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		const char *point = mount_point_of(line);

		if (!point || !str_has_prefix(point, prefix))
			continue;
		add_mount(setup, mem_printf("%s/%s", key, point + strlen(prefix)),
		          is_restore ? mem_strdup(point)
		                     : mem_printf("%s/%s", key, point + strlen(prefix)));
	}
}

static bool is_recursive(const struct oci_mount *mount)
{
	for (size_t i = 0; i < mount->n_options; i++) {
		if (strcmp(mount->options[i], "rbind") == 0)
			return true;
	}
	return false;
}

static void add_bind(struct criu_setup *setup, const struct oci_mount *mount, int root_fd,
                     const char *bundle, const char *mountinfo, bool is_restore)
{
	auto_free char *source = mount->source[0] == '/'
	                                 ? path_clean(mount->source)
	                                 : mem_printf("%s/%s", bundle, mount->source);
	auto_free char *key = resolve(root_fd, mount->destination);

	add_mount(setup, mem_strdup(key), mem_strdup(is_restore ? source : key));
	if (is_recursive(mount))
		add_submounts(setup, mountinfo, source, key, is_restore);
}

/* A masked directory is covered by a tmpfs of the container; only a file by the host's /dev/null.
 */
static bool is_masked_file(int root_fd, const char *path)
{
	struct error ignored;
	auto_fd int fd = path_open_in_root(root_fd, path, O_PATH, &ignored);
	struct stat st;

	return fd >= 0 && fstat(fd, &st) == 0 && !S_ISDIR(st.st_mode);
}

int criu_setup_mounts(struct criu_setup *setup, const struct oci_config *config, int root_fd,
                      const char *bundle, bool is_restore, struct error *err)
{
	const struct oci_linux *conf = config->linux;
	auto_free char *mountinfo = NULL;

	if (file_read(AT_FDCWD, "/proc/self/mountinfo", 1U << 26, &mountinfo, err) < 0)
		return -1;
	for (size_t i = 0; i < config->n_mounts; i++) {
		if (is_bind(&config->mounts[i]) && config->mounts[i].source)
			add_bind(setup, &config->mounts[i], root_fd, bundle, mountinfo, is_restore);
	}
	for (size_t i = 0; i < conf->n_masked_paths; i++) {
		if (is_restore || is_masked_file(root_fd, conf->masked_paths[i]))
			add_mount(setup, mem_strdup(conf->masked_paths[i]),
			          mem_strdup(is_restore ? "/dev/null" : conf->masked_paths[i]));
	}
	/* so is it called in dumps that runc has made */
	if (is_restore && conf->n_masked_paths)
		add_mount(setup, mem_strdup("/dev/null"), mem_strdup("/dev/null"));
	return 0;
}

static void add_hierarchy(struct criu_setup *setup, const char *destination, const char *dir,
                          const char *path, bool is_restore)
{
	char *key = mem_printf("%s/%s", destination, dir);

	add_mount(setup, key,
	          is_restore ? mem_printf(CGROUP_ROOT "/%s%s", dir, path) : mem_strdup(key));
}

void criu_setup_cgroup_mounts(struct criu_setup *setup, const struct oci_config *config,
                              char *membership, bool is_restore)
{
	struct statfs fs;
	char *save = NULL;

	/* on pure v2 it is a mount of the container's own */
	if (statfs(CGROUP_ROOT, &fs) == 0 && fs.f_type == CGROUP2_SUPER_MAGIC)
		return;
	for (char *line = strtok_r(membership, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		char *dir = strchr(line, ':');
		char *path = dir ? strchr(dir + 1, ':') : NULL;

		if (!path)
			continue;
		*path++ = '\0';
		dir += 1 + (str_has_prefix(dir + 1, "name=") ? sizeof("name=") - 1 : 0);
		for (size_t i = 0; i < config->n_mounts; i++) {
			const struct oci_mount *mount = &config->mounts[i];

			if (mount->type && str_has_prefix(mount->type, "cgroup"))
				add_hierarchy(setup, mount->destination, *dir ? dir : "unified",
				              path, is_restore);
		}
	}
}

int criu_setup_explain(const struct criu_setup *setup, struct error *err)
{
	auto_free char *text = NULL;
	struct error ignored;
	char *line = NULL;

	/* newer ones have said it themselves */
	if (!strstr(err->msg, "Error (") &&
	    file_read(AT_FDCWD, setup->log_path, LOG_MAX_BYTES, &text, &ignored) > 0)
		line = strstr(text, "Error (");
	if (!line)
		return error_append(err, " (see %s)", setup->log_path);
	line[strcspn(line, "\n")] = '\0';
	return error_append(err, ": %.200s (see %s)", line, setup->log_path);
}

const char *criu_setup_ns_key(enum oci_namespace_type type)
{
	const char *name = oci_namespace_type_names.names[type];

	if (strcmp(name, "network") == 0)
		return "extRootNetNS";
	return strcmp(name, "pid") == 0 ? "extRootPidNS" : NULL;
}
