/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The runtime's own binary, kept out of a container's reach (CVE-2019-5736): a program
 * /proc/self/exe, or a script that begins with #!/proc/self/exe, executes our file
 * again inside the container, and from there it can be opened for writing by whoever
 * may write it. That the init is not dumpable does not help against this.
 *
 * So where the container could, rtl executes itself once more, from a read-only mount
 * that is attached nowhere, or where that cannot be had from a sealed copy in memory.
 */
#ifndef RTL_RUNTIME_SELF_EXE_H
#define RTL_RUNTIME_SELF_EXE_H

#include <stdbool.h>

#include "common/error.h"
#include "kernel/idmap.h"

/*
 * self_exe_protect() - make sure that the container cannot write the file we run from
 * @has_user_ns: the container is in another user namespace
 * @maps:        its ID maps; NULL with @has_user_ns: not known, anybody may be mapped
 *
 * Process: runtime parent, before anything is made: rtl begins anew with the same command line
 *          and environment, so this does not return if it was needed and not done yet.
 * Return:  0, or -1 if it is needed and cannot be done.
 */
int self_exe_protect(bool has_user_ns, const struct idmap_pair *maps, struct error *err);

/*
 * self_exe_protect_early() - self_exe_protect() for root, before the configuration is known
 *
 * Nearly all of root's containers need it, and to begin anew costs least when nothing was done yet.
 */
int self_exe_protect_early(struct error *err);

/*
 * self_exe_is_writable() - could a process in such a user namespace write a file of this owner and
 *                          mode? Without a user namespace of its own it is the host's root.
 */
bool self_exe_is_writable(bool has_user_ns, const struct idmap_pair *maps, unsigned uid,
                          unsigned gid, unsigned mode);

#endif
