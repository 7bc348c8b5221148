/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The seccomp filter of a container: linux.seccomp of config.json compiled to a
 * classic BPF program. Process: runtime parent, before clone; the init only loads
 * the finished program. Names of system calls and architectures come from
 * libseccomp, the program is our own: per architecture a balanced tree over ranges
 * of call numbers with the same verdict. Verdicts are those that runc and crun get
 * from libseccomp; docs/adr/0006-own-seccomp-compiler.md lists the differences.
 * runtime-spec, config-linux, Seccomp.
 */
#ifndef RTL_RUNTIME_SECCOMP_H
#define RTL_RUNTIME_SECCOMP_H

#include <linux/filter.h>
#include <stdbool.h>

#include "common/cleanup.h"
#include "common/error.h"

struct oci_seccomp;

struct seccomp_program {
	struct sock_filter *insns;
	unsigned short n; /* instructions; as struct sock_fprog has it */
	/*
	 * Third argument of seccomp(SECCOMP_SET_MODE_FILTER, flags, ...). Holds
	 * SECCOMP_FILTER_FLAG_NEW_LISTENER when has_notify: the call then returns the
	 * listener's descriptor, which the kernel has made CLOEXEC.
	 */
	unsigned int flags;
	bool has_notify; /* some call is answered by SCMP_ACT_NOTIFY */
	char **unknown; /* NULL-terminated: names that libseccomp does not know, skipped; or NULL */
};

/**
 * seccomp_compile() - compile linux.seccomp to a loadable program
 * @section: the parsed object; borrowed for the call
 * @ret:     the program; the caller clears it; untouched on failure
 *
 * Absent "flags" mean SECCOMP_FILTER_FLAG_SPEC_ALLOW, as in runc and crun. The result depends on
 * nothing but @section, the machine's architecture and libseccomp's version.
 *
 * Process: runtime parent.
 * Return:  0, or -1 with ERR_INVALID that names the place and the value
 *          ("linux.seccomp.syscalls[12].args[0].index: 6 is not between 0 and 5"),
 *          ERR_UNSUPPORTED (an architecture that this libseccomp does not know or
 *          that has another byte order) or ERR_LIMIT (more than BPF_MAXINSNS
 *          instructions).
 */
int seccomp_compile(const struct oci_seccomp *section, struct seccomp_program *ret,
                    struct error *err);

/*
 * seccomp_flags() - SECCOMP_FILTER_FLAG_* for seccomp(2)
 * @section: NULL is as good as one without "flags"
 */
unsigned seccomp_flags(const struct oci_seccomp *section, bool has_notify);

/* seccomp_clear() - release what @program holds; a zeroed one is accepted. */
void seccomp_clear(struct seccomp_program *program);

#define auto_seccomp auto_call(seccomp_clear)

#endif
