/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compiled filters, kept by what they were compiled from: files in the directory
 * ".seccomp" of the state directory. A filter is a tenth of a start's time to compile
 * and a fraction of that to read. Nothing here is ever an error: what cannot be read,
 * is damaged or somebody else's is no entry, and what cannot be written is not kept.
 * docs/adr/0013-filter-cache.md
 *
 * Process: runtime parent.
 */
#ifndef RTL_RUNTIME_SECCOMP_CACHE_H
#define RTL_RUNTIME_SECCOMP_CACHE_H

#include <stdbool.h>

#include "common/digest.h"
#include "libocispec/oci_seccomp.h"
#include "runtime/seccomp.h"

#define SECCOMP_CACHE_DIR ".seccomp"
#define SECCOMP_CACHE_MAX_ENTRIES 64

/* What a program depends on, as a SHA-256. */
struct seccomp_cache_key {
	uint8_t bytes[DIGEST_SHA256_BYTES];
};

/* seccomp_cache_is_worth() - is the section large enough for looking to cost less than compiling?
 */
bool seccomp_cache_is_worth(const struct oci_seccomp *section);

/*
 * seccomp_cache_key() - over all of the section that a program depends on, this executable (its
 *                       build ID), libseccomp's version, the architecture, and what the kernel has
 * Return: false for an executable without a build ID: nothing can be kept then.
 */
bool seccomp_cache_key(const struct oci_seccomp *section, struct seccomp_cache_key *ret);

/*
 * seccomp_cache_load() - find the program of @key in the state directory @root_fd
 *
 * Taken only from a regular file of our own that nobody else can write, which holds the key and
 * a digest of itself. Return: whether it was found; the caller then clears @ret.
 */
bool seccomp_cache_load(int root_fd, const struct seccomp_cache_key *key,
                        struct seccomp_program *ret);

/* seccomp_cache_store() - keep @program; the oldest entries go when there are too many. */
void seccomp_cache_store(int root_fd, const struct seccomp_cache_key *key,
                         const struct seccomp_program *program);

#endif
