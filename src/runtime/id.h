/* SPDX-License-Identifier: Apache-2.0 */
/* IDs of containers: the rule, and made-up ones. */
#ifndef RTL_RUNTIME_ID_H
#define RTL_RUNTIME_ID_H

#include "common/error.h"

/* Longest ID: it is the name of a directory. */
#define ID_MAX_BYTES 255

/* An ID that id_make() made up, terminated. */
struct id {
	char s[13];
};

/**
 * id_check() - may @id name a container?
 *
 * 1 to ID_MAX_BYTES letters, digits and "_.+-"; the first is a letter or digit.
 * So no ID can be a path, an option, or a hidden file.
 *
 * Return: 0, or -1 with ERR_INVALID that states the rule.
 */
int id_check(const char *id, struct error *err);

/* id_make() - make up an ID: 12 random hexadecimal digits; 0 or -1. */
int id_make(struct id *ret, struct error *err);

#endif
