/* SPDX-License-Identifier: Apache-2.0 */
/* See seccomp_arch.h. */
#include "runtime/seccomp_arch.h"

#include <ctype.h>
#include <linux/audit.h>
#include <seccomp.h>
#include <string.h>

#define ARCH_PREFIX "SCMP_ARCH_"

/* What the specification calls SCMP_ARCH_NAME libseccomp calls "name". */
uint32_t seccomp_arch_token(enum oci_seccomp_arch arch)
{
	const char *name = json_enum_name(&oci_seccomp_arch_names, arch) + strlen(ARCH_PREFIX);
	char lower[32] = "";

	for (size_t i = 0; name[i] && i + 1 < sizeof(lower); i++)
		lower[i] = (char)tolower((unsigned char)name[i]);
	return seccomp_arch_resolve_name(lower);
}

bool seccomp_arch_is_native_order(uint32_t token)
{
	return ((token ^ seccomp_arch_native()) & __AUDIT_ARCH_LE) == 0;
}
