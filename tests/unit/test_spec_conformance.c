/* SPDX-License-Identifier: Apache-2.0 */
/*
 * docs/spec-conformance.md: every member of config.json that libocispec reads has a row there. That
 * the tests named in the rows exist is checked by tests/lint/conformance.sh.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "common/file.h"
#include "common/json.h"
#include "common/mem.h"
#include "libocispec/oci_config.h"
#include "test.h"

#define DOCUMENT "../../../docs/spec-conformance.md"
#define MAX_BYTES (1 << 20)

extern const struct json_type oci_config_type;

static bool has_row(const char *document, const char *path)
{
	auto_free char *row = mem_printf("\n| `%s` |", path);

	return strstr(document, row) != NULL;
}

/* Several members that belong together may share a row, named by their object: `linux.x.*`. */
static bool is_covered(const char *document, const char *path)
{
	auto_free char *group = mem_strdup(path);
	char *dot;

	if (has_row(document, path))
		return true;
	while ((dot = strrchr(group, '.'))) {
		auto_free char *all = NULL;

		*dot = '\0';
		all = mem_printf("%s.*", group);
		if (has_row(document, all))
			return true;
	}
	return false;
}

static void walk(const struct json_type *type, const char *prefix, const char *document)
{
	static const char *const shapes[] = {
		[JSON_ONE] = "", [JSON_ARRAY] = "[]", [JSON_MAP] = "{}"};

	for (size_t i = 0; i < type->n_fields; i++) {
		const struct json_field *field = &type->fields[i];
		auto_free char *path = mem_printf("%s%s%s%s", prefix, *prefix ? "." : "",
		                                  field->name, shapes[field->shape]);

		if (field->kind == JSON_OBJECT)
			walk(field->type, path, document);
		else if (!is_covered(document, path))
			test_fail(__FILE__, __LINE__, "%s has no row in docs/spec-conformance.md",
			          path);
	}
}

TEST(every_member_of_the_configuration_has_a_row)
{
	auto_free char *document = NULL;

	REQUIRE(file_read(AT_FDCWD, test_data(DOCUMENT), MAX_BYTES, &document, err) > 0);
	walk(&oci_config_type, "", document);
}
