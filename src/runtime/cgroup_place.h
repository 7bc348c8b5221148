/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The cgroup of a container: where it is made, with which limits, how a process gets
 * into it, and how it goes away. What the kernel mounts where is found by
 * kernel/cgroup.h; which limit is which file is said in resources.h.
 *
 * Process: runtime parent. runtime-spec, config-linux, Control groups.
 *
 * Order in create: cgroup_place_prepare(), clone with .cgroup_fd = v2_fd, and only if
 * has_v1 (or the clone could not take the descriptor) cgroup_place_attach(); before the
 * init is answered, cgroup_place_confine(). The init unshares its cgroup namespace after
 * it was attached, or the namespace would be rooted at the caller's cgroup.
 */
#ifndef RTL_RUNTIME_CGROUP_PLACE_H
#define RTL_RUNTIME_CGROUP_PLACE_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "common/cleanup.h"
#include "common/error.h"
#include "runtime/device_filter.h"
#include "runtime/options.h"

struct oci_resources;

#define CGROUP_PLACE_MAX_V1 32

/* What a container asks for; borrowed. */
struct cgroup_place_request {
	const char *id;
	const char *cgroups_path;              /* linux.cgroupsPath, or NULL */
	const struct oci_resources *resources; /* linux.resources, or NULL */
	const struct runtime_options *opts;
	bool is_real_root; /* root in the initial user namespace: nothing may be left out */
	/* Called with the path before anything is made at it, so that it is recorded; may be NULL.
	 */
	int (*on_path)(void *data, const char *path, struct error *err);
	void *data;
};

/* An open cgroup of a container. */
struct cgroup_place {
	char *path;  /* what the state records; NULL: the container has no cgroup */
	int v2_fd;   /* its cgroup v2 directory, for CLONE_INTO_CGROUP; or -1 */
	bool has_v1; /* there are v1 directories: cgroup_place_attach() is needed after clone */
	size_t n_v1;
	int v1_fds[CGROUP_PLACE_MAX_V1]; /* one directory in each v1 hierarchy */
	bool has_devices;                /* rules are left for cgroup_place_confine() */
	struct device_filter devices;
};

/* cgroup_place_close() - release descriptors and strings; the cgroup stays. NULL, zeroed and
 * closed places are accepted. */
void cgroup_place_close(struct cgroup_place *place);

#define auto_cgroup_place auto_call(cgroup_place_close)

/*
 * cgroup_place_prepare() - make the cgroup that @request asks for and apply its limits
 * @ret: filled also when no cgroup is made: path is NULL, v2_fd -1
 *
 * Without cgroupsPath the cgroup is "/rtl-ID"; an ordinary user's is "rtl-ID" beside the caller's
 * own, or below it, whichever he may write. An absolute or relative cgroupsPath is taken from
 * the root of every hierarchy. No limit is lost in silence: one that cannot be applied is an
 * error for real root and under --strict-cgroups, else the first is named in one warning. Where
 * nothing is writable and no limit is asked for, there is no cgroup, without a word. Device rules
 * that cannot be enforced are an error for real root; for others the mounts of /dev meet them.
 *
 * Return: 0, or -1 with ERR_INVALID (path or value), ERR_EXISTS (processes are in that cgroup),
 *         ERR_UNSUPPORTED (a limit the host cannot apply, the systemd manager) or what the kernel
 *         said. On failure no cgroup is left.
 */
int cgroup_place_prepare(const struct cgroup_place_request *request, struct cgroup_place *ret,
                         struct error *err);

/*
 * cgroup_place_open() - open the cgroup recorded in a state, for exec
 * @path: as prepare gave it; NULL gives a place without cgroup
 */
int cgroup_place_open(const char *path, struct cgroup_place *ret, struct error *err);

/*
 * cgroup_place_attach() - move process @pid into all directories of @place
 * @is_in_v2: CLONE_INTO_CGROUP has put it into v2_fd already
 */
int cgroup_place_attach(const struct cgroup_place *place, pid_t pid, bool is_in_v2,
                        struct error *err);

/*
 * cgroup_place_confine() - device rules that a program on cgroup v2 enforces
 *
 * They are not part of prepare because the init, which makes the device nodes and runs nothing
 * of the container's yet, need not wait for the kernel to check and translate the program.
 */
int cgroup_place_confine(const struct cgroup_place *place, struct error *err);

/*
 * cgroup_place_remove() - remove the cgroup at @path and the cgroups the container made below it
 *
 * Processes on their way out are waited for, at most a second; no process is killed. What is
 * gone already is no error, nor is a NULL @path.
 * Return: 0, or -1 with ERR_STATE if processes stay.
 */
int cgroup_place_remove(const char *path, struct error *err);

/*
 * cgroup_place_kill() - send @sig to every process at @path and below
 *
 * A NULL @path is ERR_UNSUPPORTED, a cgroup that is gone ERR_NOT_FOUND.
 *
 * cgroup.kill for SIGKILL where the kernel has it; else each process is signalled through its
 * pidfd, once, until no new one appears, while all are frozen where v1 can do that. A frozen
 * cgroup stays so, unless they are to die. Does not wait for their end (cgroup_place_remove()
 * does).
 */
int cgroup_place_kill(const char *path, int sig, struct error *err);

/*
 * cgroup_place_pids() - processes at @path and below, as the caller's PID namespace sees them
 * @ret: array the caller frees; NULL for none
 */
int cgroup_place_pids(const char *path, pid_t **ret, size_t *ret_n, struct error *err);

#endif
