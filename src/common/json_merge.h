/* SPDX-License-Identifier: Apache-2.0 */
/* One document laid over another. */
#ifndef RTL_COMMON_JSON_MERGE_H
#define RTL_COMMON_JSON_MERGE_H

#include "common/json.h"

/*
 * json_merge() - take what @from holds into @to, both objects of @type
 * @root: the document @to belongs to
 *
 * Members that are absent in @from stay as they are; objects are merged member by member, maps key
 * by key; an array that is not empty takes the place of the other. Strings, arrays and new objects
 * are borrowed from @from, which must live as long as @root.
 */
void json_merge(const struct json_type *type, void *root, void *to, const void *from);

#endif
