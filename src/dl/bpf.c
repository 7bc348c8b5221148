/* SPDX-License-Identifier: Apache-2.0 */
/* libbpf: device programs of cgroup v2. Process: runtime parent, root only. */
#include "dl/bpf.h"
#include "common/cleanup.h"
#include "dl/dl.h"

#ifdef HAVE_BPF_H

#include <bpf/bpf.h>

#define DL_BPF(X) X(prog_load) X(prog_attach) X(prog_query) X(prog_get_fd_by_id) X(prog_detach2)

struct dl_bpf {
#define X(symbol) __typeof__(bpf_##symbol) *symbol;
	DL_BPF(X)
#undef X
};

#ifdef RTL_LINKS_BPF
/* Linked from its static archive: one table, whose functions are there from the start. */
static const struct dl_bpf *dl_bpf(struct error *err)
{
	static const struct dl_bpf bpf = {
#define X(symbol) bpf_##symbol,
		DL_BPF(X)
#undef X
	};

	(void)err;
	return &bpf;
}
#else
DL_NOTE(bpf_note, "bpf", "Device rules of containers on cgroup v2", "libbpf.so.1");

static const struct dl_symbol symbols[] = {
#define X(symbol) {"bpf_" #symbol, offsetof(struct dl_bpf, symbol)},
	DL_BPF(X)
#undef X
};

static const struct dl_bpf *dl_bpf(struct error *err)
{
	static struct dl_bpf bpf;

	if (!bpf.prog_attach && dl_load("libbpf.so.1", "device rules on cgroup v2", symbols,
	                                sizeof(symbols) / sizeof(*symbols), &bpf, err) < 0)
		return NULL;
	return &bpf;
}
#endif

int dl_bpf_load_device_program(const struct bpf_insn *insns, size_t n, struct error *err)
{
	const struct dl_bpf *bpf = dl_bpf(err);
	int fd;

	if (!bpf)
		return -1;
	/* without a name: libbpf would first ask the kernel whether it takes names */
	fd = bpf->prog_load(BPF_PROG_TYPE_CGROUP_DEVICE, NULL, "Apache-2.0", insns, n, NULL);
	return fd < 0 ? error_errno(err, "load the eBPF device program") : fd;
}

int dl_bpf_attach_device_program(int program_fd, int cgroup_fd, struct error *err)
{
	const struct dl_bpf *bpf = dl_bpf(err);

	if (!bpf)
		return -1;
	if (bpf->prog_attach(program_fd, cgroup_fd, BPF_CGROUP_DEVICE, BPF_F_ALLOW_MULTI) < 0)
		return error_errno(err, "attach the eBPF device program");
	return 0;
}

/* More are not attached to a container's own cgroup. */
#define MAX_PROGRAMS 64

int dl_bpf_replace_device_programs(int program_fd, int cgroup_fd, struct error *err)
{
	const struct dl_bpf *bpf = dl_bpf(err);
	uint32_t ids[MAX_PROGRAMS], n = MAX_PROGRAMS;

	if (!bpf)
		return -1;
	if (bpf->prog_query(cgroup_fd, BPF_CGROUP_DEVICE, 0, NULL, ids, &n) < 0)
		return error_errno(err, "list the eBPF device programs");
	/* both decide for a moment, never none */
	if (program_fd >= 0 && dl_bpf_attach_device_program(program_fd, cgroup_fd, err) < 0)
		return -1;
	for (uint32_t i = 0; i < n; i++) {
		auto_fd int old_fd = bpf->prog_get_fd_by_id(ids[i]);

		if (old_fd < 0 || bpf->prog_detach2(old_fd, cgroup_fd, BPF_CGROUP_DEVICE) < 0)
			return error_errno(err, "detach the former eBPF device program");
	}
	return 0;
}

#else

static int no_bpf(struct error *err)
{
	return error_set(
		err, ERR_UNSUPPORTED,
		"device rules on cgroup v2 need libbpf, which this build was made without");
}

int dl_bpf_load_device_program(const struct bpf_insn *insns, size_t n, struct error *err)
{
	(void)insns;
	(void)n;
	return no_bpf(err);
}

int dl_bpf_attach_device_program(int program_fd, int cgroup_fd, struct error *err)
{
	(void)program_fd;
	(void)cgroup_fd;
	return no_bpf(err);
}

int dl_bpf_replace_device_programs(int program_fd, int cgroup_fd, struct error *err)
{
	(void)program_fd;
	(void)cgroup_fd;
	return no_bpf(err);
}

#endif
