/* SPDX-License-Identifier: Apache-2.0 */
/* See version.h. One constant text: nothing is computed. */
#include "cli/version.h"

#include "cli/output.h"
#include "runtime/spec.h"

#ifndef RTL_VERSION
#define RTL_VERSION "unknown"
#endif

static const char text[] = "rtl version " RTL_VERSION "\n"
			   "spec: " SPEC_VERSION "\n"
			   "+SELINUX +APPARMOR +CAP +SECCOMP +EBPF +YAJL\n";

int version_print(struct error *err)
{
	return output_write(text, err);
}
