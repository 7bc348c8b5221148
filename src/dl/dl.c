/* SPDX-License-Identifier: Apache-2.0 */
/* The only dlopen(3). Process: any parent; a child that was confined loads nothing. */
#include <dlfcn.h>
#include <string.h>

#include "dl/dl.h"

int dl_load(const char *soname, const char *purpose, const struct dl_symbol *symbols, size_t n,
            void *table, struct error *err)
{
	void *library = dlopen(soname, RTLD_NOW | RTLD_LOCAL);

	if (!library)
		return error_set(err, ERR_UNSUPPORTED, "%s need %s, which cannot be loaded: %s",
		                 purpose, soname, dlerror());
	for (size_t i = 0; i < n; i++) {
		void *address = dlsym(library, symbols[i].name);

		if (!address)
			return error_set(err, ERR_UNSUPPORTED, "%s need %s, which has no %s",
			                 purpose, soname, symbols[i].name);
		memcpy((char *)table + symbols[i].offset, &address, sizeof(address));
	}
	return 0;
}
