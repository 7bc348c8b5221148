/* SPDX-License-Identifier: Apache-2.0 */
/* See net_devices.h. runtime-spec, config-linux, Network Devices. */
#include "runtime/net_devices.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/file.h"
#include "common/log.h"
#include "common/mem.h"
#include "common/process.h"
#include "common/str.h"
#include "runtime/caller.h"

/* As the kernel's dev_valid_name(). */
static bool is_device_name(const char *name)
{
	return name[0] && strlen(name) < IF_NAMESIZE && strcmp(name, ".") != 0 &&
	       strcmp(name, "..") != 0 && !name[strcspn(name, "/: \t\n\v\f\r")];
}

/* The spec: a template is a name with %d appended. */
static bool is_new_name(const char *name)
{
	const char *percent = strchr(name, '%');

	return is_device_name(name) && (!percent || (percent > name && strcmp(percent, "%d") == 0));
}

static int make_device(const char *name, const char *new_name, struct init_net_device *ret,
                       struct error *err)
{
	if (str_is_empty(new_name))
		new_name = name;
	if (!is_device_name(name) || strchr(name, '%'))
		return error_set(err, ERR_INVALID, "linux.netDevices: \"%s\" is no device's name",
		                 name);
	if (!is_new_name(new_name))
		return error_set(err, ERR_INVALID,
		                 "linux.netDevices.%s.name: \"%s\" is no device's name", name,
		                 new_name);
	snprintf(ret->name, sizeof(ret->name), "%s", name);
	snprintf(ret->inside, sizeof(ret->inside), "%s", new_name);
	return 0;
}

static int check_twins(const struct net_devices *devices, struct error *err)
{
	for (size_t i = 0; i < devices->n; i++) {
		for (size_t j = 0; j < i; j++) {
			const struct init_net_device *one = &devices->list[j];
			const struct init_net_device *other = &devices->list[i];

			if (strcmp(one->inside, other->inside) == 0 && !strchr(one->inside, '%'))
				return error_set(
					err, ERR_INVALID,
					"linux.netDevices.%s.name: %s is called %s already",
					other->name, one->name, one->inside);
		}
	}
	return 0;
}

int net_devices_make(const struct oci_linux *conf, struct net_devices *ret, struct error *err)
{
	if (!conf->net_devices.n)
		return 0;
	ret->list = mem_calloc(conf->net_devices.n, sizeof(*ret->list));
	ret->n = conf->net_devices.n;
	for (size_t i = 0; i < ret->n; i++) {
		if (make_device(conf->net_devices.keys[i], conf->net_devices.values[i].name,
		                &ret->list[i], err) < 0)
			return -1;
	}
	return check_twins(ret, err);
}

/* What the mover wrote: the devices, then its error. */
static int take_result(struct net_devices *devices, int fd, struct error *err)
{
	size_t size = devices->n * sizeof(*devices->list);
	auto_free char *text = NULL;
	ssize_t n =
		file_read_fd(fd, "the mover of network devices", size + sizeof(*err), &text, err);

	if (n < 0)
		return -1;
	if ((size_t)n != size + sizeof(*err))
		return error_set(err, ERR_SYSTEM,
		                 "linux.netDevices: the process that moves them ended early");
	memcpy(devices->list, text, size);
	memcpy(err, text + size, sizeof(*err));
	return err->kind ? -1 : 0;
}

static int run_mover(struct net_devices *devices, bool is_return, struct error *err)
{
	const struct process_clone plain = {.cgroup_fd = -1};
	auto_fd int host_fd = openat(caller_get()->proc_fd, "self/ns/net", O_RDONLY | O_CLOEXEC);
	auto_fd int read_end = -1;
	auto_fd int write_end = -1;
	struct error ignored;
	int ends[2];
	pid_t pid;
	int ret;

	if (host_fd < 0)
		return error_errno(err, "open the caller's network namespace");
	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_errno(err, "create pipe");
	read_end = ends[0];
	write_end = ends[1];
	pid = process_clone(&plain, NULL, err);
	if (pid < 0)
		return -1;
	if (pid == 0)
		init_net_device_main(devices->list, devices->n, host_fd, devices->ns_fd, is_return,
		                     write_end);
	fd_close(&write_end);
	ret = take_result(devices, read_end, err);
	process_wait(pid, &ignored);
	return ret;
}

/* The init's: it was given by path, or is new. */
static int open_namespace(const struct init_ctx *ctx, pid_t pid, struct error *err)
{
	char path[32];
	int fd;

	for (size_t i = 0; i < ctx->n_joins; i++) {
		if (ctx->joins[i].flag != CLONE_NEWNET)
			continue;
		fd = fcntl(ctx->joins[i].fd, F_DUPFD_CLOEXEC, 0);
		return fd < 0 ? error_errno(err, "open the container's network namespace") : fd;
	}
	snprintf(path, sizeof(path), "%d/ns/net", pid);
	fd = openat(ctx->proc_fd, path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? error_errno(err, "open the container's network namespace") : fd;
}

int net_devices_enter(struct net_devices *devices, const struct init_ctx *ctx, pid_t pid,
                      struct error *err)
{
	devices->ns_fd = open_namespace(ctx, pid, err);
	if (devices->ns_fd >= 0 && run_mover(devices, false, err) == 0)
		return 0;
	/* The mover has taken back what it had moved. */
	fd_close(&devices->ns_fd);
	return -1;
}

void net_devices_return(struct net_devices *devices)
{
	struct error err;

	if (devices->ns_fd < 0)
		return;
	if (run_mover(devices, true, &err) < 0)
		log_warn("%s", err.msg);
	for (size_t i = 0; i < devices->n; i++) {
		if (devices->list[i].is_inside)
			log_warn("linux.netDevices.%s: could not be taken back",
			         devices->list[i].name);
	}
	fd_close(&devices->ns_fd);
}

void net_devices_clear(struct net_devices *devices)
{
	cleanup_free(&devices->list);
	fd_close(&devices->ns_fd);
	*devices = (struct net_devices){.ns_fd = -1};
}
