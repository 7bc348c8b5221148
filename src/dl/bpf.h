/* SPDX-License-Identifier: Apache-2.0 */
/* libbpf, loaded when the first device program is. Builds without its headers have none. */
#ifndef RTL_DL_BPF_H
#define RTL_DL_BPF_H

#include <linux/bpf.h>
#include <stddef.h>

#include "common/error.h"

/**
 * dl_bpf_load_device_program() - hand a device program to the kernel
 * @insns: @n instructions, see device_filter.h
 *
 * Needs CAP_BPF or CAP_SYS_ADMIN in the initial user namespace.
 * Return: a descriptor of the program, or -1 with ERR_UNSUPPORTED (no libbpf, no such programs
 *         in this kernel) or ERR_DENIED.
 */
int dl_bpf_load_device_program(const struct bpf_insn *insns, size_t n, struct error *err);

/*
 * dl_bpf_attach_device_program() - let @program_fd decide for the cgroup v2 directory @cgroup_fd
 *
 * Beside those of the cgroups above: all have to agree. It ends with the cgroup; the descriptor
 * may be closed.
 */
int dl_bpf_attach_device_program(int program_fd, int cgroup_fd, struct error *err);

/*
 * dl_bpf_replace_device_programs() - let @program_fd decide in place of the programs attached to
 * @cgroup_fd itself; -1: let none decide there
 */
int dl_bpf_replace_device_programs(int program_fd, int cgroup_fd, struct error *err);

#endif
