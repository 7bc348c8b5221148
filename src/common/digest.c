/* SPDX-License-Identifier: Apache-2.0 */
/* See digest.h. Names are those of FIPS 180-4, 4.1.2 and 6.2. */
#include "common/digest.h"

#include <endian.h>
#include <string.h>

#define BLOCK_BYTES 64
#define LENGTH_BYTES 8

static const uint32_t initial[8] = {
	0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
	0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
};

static const uint32_t constants[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
	0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
	0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
	0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
	0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
	0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
	0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
	0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
	0xc67178f2,
};

static inline uint32_t rotr(uint32_t x, unsigned n)
{
	return x >> n | x << (32 - n);
}

static void schedule(const uint8_t *block, uint32_t w[64])
{
	for (unsigned t = 0; t < 16; t++) {
		uint32_t word;

		memcpy(&word, block + 4 * (size_t)t, sizeof(word));
		w[t] = be32toh(word);
	}
	for (unsigned t = 16; t < 64; t++) {
		uint32_t s0 = rotr(w[t - 15], 7) ^ rotr(w[t - 15], 18) ^ w[t - 15] >> 3;
		uint32_t s1 = rotr(w[t - 2], 17) ^ rotr(w[t - 2], 19) ^ w[t - 2] >> 10;

		w[t] = w[t - 16] + s0 + w[t - 7] + s1;
	}
}

static void compress(uint32_t state[8], const uint8_t *block)
{
	uint32_t w[64];
	uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
	uint32_t e = state[4], f = state[5], g = state[6], h = state[7];

	schedule(block, w);
	for (unsigned t = 0; t < 64; t++) {
		uint32_t t1 = h + (rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25)) + ((e & f) ^ (~e & g)) +
		              constants[t] + w[t];
		uint32_t t2 =
			(rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));

		h = g;
		g = f;
		f = e;
		e = d + t1;
		d = c;
		c = b;
		b = a;
		a = t1 + t2;
	}
	state[0] += a;
	state[1] += b;
	state[2] += c;
	state[3] += d;
	state[4] += e;
	state[5] += f;
	state[6] += g;
	state[7] += h;
}

void digest_init(struct digest *digest)
{
	*digest = (struct digest){0};
	memcpy(digest->state, initial, sizeof(initial));
}

void digest_add(struct digest *digest, const void *bytes, size_t n)
{
	const uint8_t *from = bytes;
	size_t used = digest->n_bytes % BLOCK_BYTES;

	digest->n_bytes += n;
	if (used) {
		size_t part = n < BLOCK_BYTES - used ? n : BLOCK_BYTES - used;

		memcpy(digest->block + used, from, part);
		if (used + part < BLOCK_BYTES)
			return;
		compress(digest->state, digest->block);
		from += part;
		n -= part;
	}
	for (; n >= BLOCK_BYTES; n -= BLOCK_BYTES, from += BLOCK_BYTES)
		compress(digest->state, from);
	if (n)
		memcpy(digest->block, from, n);
}

/* A one bit, zeros, and the length in bits fill the last block. */
void digest_finish(struct digest *digest, uint8_t ret[DIGEST_SHA256_BYTES])
{
	static const uint8_t padding[BLOCK_BYTES] = {0x80};
	uint64_t n_bits = htobe64(digest->n_bytes * 8);
	size_t used = digest->n_bytes % BLOCK_BYTES;
	size_t end = used < BLOCK_BYTES - LENGTH_BYTES ? BLOCK_BYTES : 2 * BLOCK_BYTES;

	digest_add(digest, padding, end - LENGTH_BYTES - used);
	digest_add(digest, &n_bits, sizeof(n_bits));
	for (unsigned i = 0; i < 8; i++) {
		uint32_t word = htobe32(digest->state[i]);

		memcpy(ret + 4 * (size_t)i, &word, sizeof(word));
	}
}

void digest_sha256(const void *bytes, size_t n, uint8_t ret[DIGEST_SHA256_BYTES])
{
	struct digest digest;

	digest_init(&digest);
	digest_add(&digest, bytes, n);
	digest_finish(&digest, ret);
}

void digest_hex(const uint8_t digest[DIGEST_SHA256_BYTES], char ret[2 * DIGEST_SHA256_BYTES + 1])
{
	static const char digits[] = "0123456789abcdef";

	for (unsigned i = 0; i < DIGEST_SHA256_BYTES; i++) {
		ret[2 * (size_t)i] = digits[digest[i] >> 4];
		ret[2 * (size_t)i + 1] = digits[digest[i] & 15];
	}
	ret[2 * DIGEST_SHA256_BYTES] = '\0';
}
