/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which devices a container may open and make: the rules of linux.resources.devices
 * turned into an eBPF program (cgroup v2) or into lines for devices.allow and
 * devices.deny (v1). Pure functions; dl/bpf.h loads the program.
 *
 * runtime-spec, config-linux, Allowed Device list. The rules are read in order and the
 * last that matches decides, for each of read, write and mknod by itself. Before the
 * first rule everything is denied. Behind the last come the devices every container
 * has (null, zero, full, random, urandom, tty, console, ptmx, pts) and the right to make
 * nodes, which opens nothing by itself.
 */
#ifndef RTL_RUNTIME_DEVICE_FILTER_H
#define RTL_RUNTIME_DEVICE_FILTER_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/cleanup.h"
#include "common/error.h"

struct oci_device_rule;

/* One rule. Type, major and minor match every device where they are 'a', -1, -1. */
struct device_rule {
	int64_t major;
	int64_t minor;
	uint8_t access; /* BPF_DEVCG_ACC_* */
	char type;      /* 'a', 'b' or 'c' */
	bool is_allowed;
	bool is_default; /* not from the configuration */
};

/* The rules, reduced to those that matter. */
struct device_filter {
	struct device_rule *rules; /* in order: the last that matches decides */
	size_t n;
	bool is_allowed_otherwise; /* what no rule matches */
};

/* device_filter_clear() - release the rules. */
void device_filter_clear(struct device_filter *filter);

#define auto_device_filter auto_call(device_filter_clear)

/*
 * device_filter_build() - the rules of a configuration with the default devices
 *
 * What a later rule overrides and what changes nothing is left out. An absent access means all
 * three. Return: 0, or -1 with ERR_INVALID naming the rule.
 */
int device_filter_build(const struct oci_device_rule *rules, size_t n, struct device_filter *ret,
                        struct error *err);

/* device_filter_allows_all() - is there nothing to enforce? */
bool device_filter_allows_all(const struct device_filter *filter);

/*
 * device_filter_compile() - program of type BPF_PROG_TYPE_CGROUP_DEVICE
 * @ret_n: number of instructions
 * Return: the instructions; caller frees.
 */
struct bpf_insn *device_filter_compile(const struct device_filter *filter, size_t *ret_n);

/*
 * device_filter_lines() - what to write on cgroup v1, for a cgroup that has no rules yet
 * @ret: NULL-terminated lines; the first character says the file, '+' devices.allow, '-'
 *       devices.deny, the rest goes there; caller frees with mem_strv_free()
 *
 * Return: 0, or -1 with ERR_UNSUPPORTED: v1 cannot take one device out of a range.
 */
int device_filter_lines(const struct device_filter *filter, char ***ret, struct error *err);

#endif
