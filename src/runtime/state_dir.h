/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The directory below which every container has its own, mode 0700 and the caller's:
 * --root; for real root /run/rtl whatever the environment says; for others
 * $XDG_RUNTIME_DIR/rtl if XDG_RUNTIME_DIR is theirs and 0700, else /run/user/UID/rtl
 * on the same terms, else rtl-UID in the temporary directory.
 */
#ifndef RTL_RUNTIME_STATE_DIR_H
#define RTL_RUNTIME_STATE_DIR_H

#include "common/error.h"
#include "runtime/options.h"

/*
 * state_dir_open() - open the state directory, made if missing
 * Return: a descriptor the caller closes, or -1; ERR_DENIED if what is there belongs to somebody
 *         else or is open to others.
 */
int state_dir_open(const struct runtime_options *opts, struct error *err);

#endif
