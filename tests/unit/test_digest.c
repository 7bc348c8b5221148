/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 against the vectors of NIST, and against itself in pieces. */
#include "test.h"

#include <string.h>

#include "common/digest.h"

static const char *hex_of(const char *text, size_t n)
{
	static char hex[2 * DIGEST_SHA256_BYTES + 1];
	uint8_t digest[DIGEST_SHA256_BYTES];

	digest_sha256(text, n, digest);
	digest_hex(digest, hex);
	return hex;
}

TEST(nists_vectors_have_their_digests)
{
	static const char two[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";

	EXPECT_STR(hex_of("", 0),
	           "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	EXPECT_STR(hex_of("abc", 3),
	           "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	EXPECT_STR(hex_of(two, sizeof(two) - 1),
	           "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST(a_million_times_a)
{
	struct digest digest;
	uint8_t result[DIGEST_SHA256_BYTES];
	char hex[2 * DIGEST_SHA256_BYTES + 1];
	char chunk[1000];

	memset(chunk, 'a', sizeof(chunk));
	digest_init(&digest);
	for (unsigned i = 0; i < 1000; i++)
		digest_add(&digest, chunk, sizeof(chunk));
	digest_finish(&digest, result);
	digest_hex(result, hex);
	EXPECT_STR(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(pieces_make_the_digest_of_the_whole)
{
	char text[200];

	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)(i * 7);
	for (size_t n = 0; n <= sizeof(text); n++) {
		for (size_t cut = 0; cut <= n; cut += 13) {
			struct digest digest;
			uint8_t whole[DIGEST_SHA256_BYTES];
			uint8_t pieces[DIGEST_SHA256_BYTES];

			digest_sha256(text, n, whole);
			digest_init(&digest);
			digest_add(&digest, text, cut);
			digest_add(&digest, text + cut, n - cut);
			digest_finish(&digest, pieces);
			EXPECT(memcmp(whole, pieces, sizeof(whole)) == 0);
		}
	}
}
