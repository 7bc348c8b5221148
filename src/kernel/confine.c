/* SPDX-License-Identifier: Apache-2.0 */
/* See confine.h. */
#include "kernel/confine.h"

#include <linux/keyctl.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/cleanup.h"

/* The kernel's own for a session keyring, and that its owner finds it by name: an exec joins it. */
#define KEYRING_PERMISSIONS 0x3f1b0000

int confine_no_new_privs(struct error *err)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return error_errno(err, "set no_new_privs");
	return 0;
}

int confine_seccomp(struct sock_filter *insns, unsigned short n, unsigned flags, struct error *err)
{
	struct sock_fprog program = {.len = n, .filter = insns};
	long ret = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);

	if (ret < 0)
		return error_errno(err, "load the seccomp filter (%u instructions, flags %#x)", n,
		                   flags);
	return (int)ret;
}

bool confine_has_action(uint32_t action)
{
	return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

/* Without a program the kernel answers EFAULT, or EINVAL to a flag that it does not have. */
bool confine_has_flags(unsigned flags)
{
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, NULL) < 0 && errno == EFAULT;
}

int confine_undumpable(struct error *err)
{
	return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 ? error_errno(err, "clear dumpability") : 0;
}

int confine_keyring(const char *name, struct error *err)
{
	long keyring = syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, name);

	if (keyring < 0 && errno == ENOSYS)
		return 0;
	if (keyring < 0) {
		error_errno(err, "create session keyring %s", name);
		return error_append(err, " (--no-new-keyring does without)");
	}
	/* Who joined somebody else's may not change it, and need not. */
	if (syscall(SYS_keyctl, KEYCTL_SETPERM, keyring, KEYRING_PERMISSIONS) < 0 &&
	    errno != EACCES)
		return error_errno(err, "let session keyring %s be found", name);
	return 0;
}
