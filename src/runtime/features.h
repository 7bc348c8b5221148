/* SPDX-License-Identifier: Apache-2.0 */
/* What this runtime supports. */
#ifndef RTL_RUNTIME_FEATURES_H
#define RTL_RUNTIME_FEATURES_H

#include "common/str.h"

/**
 * features_format() - append the features document, indented, without a newline at its end
 * @out: appended to
 *
 * Names come from the vocabularies that the runtime itself reads config.json by; only the
 * supported seccomp flags depend on the running kernel.
 */
void features_format(struct str *out);

#endif
