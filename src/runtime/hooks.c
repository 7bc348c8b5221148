/* SPDX-License-Identifier: Apache-2.0 */
/* See hooks.h. runtime-spec, runtime, Lifecycle. Process: runtime parent. */
#include "runtime/hooks.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/file.h"
#include "common/log.h"
#include "runtime/annotations.h"
#include "runtime/init/hook_list.h"

int hooks_state_open(const struct oci_hooks *hooks, struct error *err)
{
	int fd;

	err->kind = ERR_NONE;
	if (!hooks)
		return -1;
	fd = memfd_create("rtl-state", MFD_CLOEXEC);
	return fd < 0 ? error_errno(err, "create the state document for hooks") : fd;
}

int hooks_state_write(int fd, const struct state_record *record, enum state_status status,
                      pid_t pid, struct error *err)
{
	auto_free char *text = NULL;

	if (fd < 0)
		return 0;
	text = state_document(record, status, pid, NULL);
	if (ftruncate(fd, 0) < 0 || lseek(fd, 0, SEEK_SET) < 0 ||
	    file_write_all(fd, text, strlen(text)) < 0)
		return error_errno(err, "write the state document for hooks");
	return 0;
}

int hooks_output_open(const struct json_map *annotations, int ret[2], struct error *err)
{
	static const char *const names[] = {ANNOTATION_HOOKS_STDOUT, ANNOTATION_HOOKS_STDERR};

	ret[0] = ret[1] = -1;
	for (size_t i = 0; i < 2; i++) {
		const char *path = json_map_find(annotations, names[i]);

		if (!path)
			continue;
		ret[i] = open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOCTTY | O_CLOEXEC, 0600);
		if (ret[i] < 0)
			return error_errno(err, "annotations.%s: open %s", names[i], path);
	}
	return 0;
}

static int run_with_state(const char *stage, const struct oci_hook *list, size_t n,
                          const struct oci_hooks *hooks, const struct state_record *record,
                          enum state_status status, pid_t pid, struct error *err)
{
	auto_fd int fd = n ? hooks_state_open(hooks, err) : -1;
	int output_fds[2];
	int ret;

	if (!n)
		return 0;
	if (fd < 0 || hooks_state_write(fd, record, status, pid, err) < 0)
		return -1;
	ret = hooks_output_open(&record->annotations, output_fds, err);
	if (ret == 0)
		ret = hook_list_run_to(stage, list, n, fd, output_fds, err);
	fd_close(&output_fds[0]);
	fd_close(&output_fds[1]);
	return ret;
}

int hooks_run_poststart(const struct oci_hooks *hooks, const struct state_record *record, pid_t pid,
                        struct error *err)
{
	if (!hooks)
		return 0;
	return run_with_state("poststart", hooks->poststart, hooks->n_poststart, hooks, record,
	                      STATE_RUNNING, pid, err);
}

/* The spec: "the remaining hooks and lifecycle continue as if the hook had succeeded". */
void hooks_run_poststop(const struct oci_hooks *hooks, const struct state_record *record)
{
	struct error err;

	for (size_t i = 0; hooks && i < hooks->n_poststop; i++) {
		if (run_with_state("poststop", &hooks->poststop[i], 1, hooks, record, STATE_STOPPED,
		                   0, &err) < 0)
			log_warn("%s", err.msg);
	}
}
