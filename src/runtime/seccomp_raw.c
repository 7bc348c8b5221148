/* SPDX-License-Identifier: Apache-2.0 */
/* See seccomp_raw.h. Process: runtime parent. */
#include "runtime/seccomp_raw.h"

#include <linux/bpf_common.h>
#include <linux/seccomp.h>
#include <stdint.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/mem.h"
#include "runtime/annotations.h"

#define MAX_INSNS 4096 /* the kernel's BPF_MAXINSNS */

/* 6 bits, or -1. */
static int base64_value(char c)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* Number of bytes, or -1 for what is no base64. @ret has room for 3 bytes per 4 characters. */
static ssize_t decode(const char *text, uint8_t *ret)
{
	size_t len = strlen(text);
	size_t n = 0;
	uint32_t bits = 0;
	int n_bits = 0;

	if (len % 4)
		return -1;
	for (int padding = 0; padding < 2 && len && text[len - 1] == '='; padding++)
		len--;
	for (size_t i = 0; i < len; i++) {
		int value = base64_value(text[i]);

		if (value < 0)
			return -1;
		bits = bits << 6 | (uint32_t)value;
		n_bits += 6;
		if (n_bits >= 8) {
			n_bits -= 8;
			ret[n++] = (uint8_t)(bits >> n_bits);
		}
	}
	return (ssize_t)n;
}

/* Does it return the action? One that it computes is not foreseen. */
static bool can_notify(const struct seccomp_program *program)
{
	for (unsigned i = 0; i < program->n; i++) {
		if (program->insns[i].code == (BPF_RET | BPF_K) &&
		    (program->insns[i].k & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_USER_NOTIF)
			return true;
	}
	return false;
}

int seccomp_raw_decode(const char *base64, struct seccomp_program *ret, struct error *err)
{
	auto_free uint8_t *bytes = mem_calloc(strlen(base64) / 4 + 1, 3);
	ssize_t n = decode(base64, bytes);
	size_t count;

	if (n < 0)
		return error_set(err, ERR_INVALID, "annotations.%s: is not base64",
		                 ANNOTATION_BPF_DATA);
	count = (size_t)n / sizeof(*ret->insns);
	if (!count || count > MAX_INSNS || (size_t)n % sizeof(*ret->insns))
		return error_set(err, ERR_INVALID,
		                 "annotations.%s: %zd bytes are no filter of 1 to %d instructions "
		                 "of %zu bytes",
		                 ANNOTATION_BPF_DATA, n, MAX_INSNS, sizeof(*ret->insns));
	ret->insns = mem_calloc(count, sizeof(*ret->insns));
	memcpy(ret->insns, bytes, (size_t)n);
	ret->n = (unsigned short)count;
	ret->has_notify = can_notify(ret);
	return 0;
}
