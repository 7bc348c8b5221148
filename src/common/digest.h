/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 (FIPS 180-4). */
#ifndef RTL_COMMON_DIGEST_H
#define RTL_COMMON_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#define DIGEST_SHA256_BYTES 32

/* A digest in the making; plain data. */
struct digest {
	uint32_t state[8];
	uint64_t n_bytes;
	uint8_t block[64];
};

/* digest_init() - begin a SHA-256. */
void digest_init(struct digest *digest);

/* digest_add() - go on with @n bytes. */
void digest_add(struct digest *digest, const void *bytes, size_t n);

/* digest_finish() - the result; @digest is used up. */
void digest_finish(struct digest *digest, uint8_t ret[DIGEST_SHA256_BYTES]);

/* digest_sha256() - of @n bytes, in one call. */
void digest_sha256(const void *bytes, size_t n, uint8_t ret[DIGEST_SHA256_BYTES]);

/* digest_hex() - @digest as 64 lower-case digits and a NUL. */
void digest_hex(const uint8_t digest[DIGEST_SHA256_BYTES], char ret[2 * DIGEST_SHA256_BYTES + 1]);

#endif
