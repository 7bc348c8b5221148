/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Optional libraries, loaded on first use. Each has one file here with a list of the
 * symbols it uses; this file holds the only dlopen(3). A library is never unloaded, and
 * must be loaded before its process enters a root or a mount namespace that is not ours.
 * docs/adr/0005-optional-libraries-by-dlopen.md
 */
#ifndef RTL_DL_DL_H
#define RTL_DL_DL_H

#include <stddef.h>

#include "common/error.h"

/* A function of a library, and where its address goes. */
struct dl_symbol {
	const char *name;
	size_t offset; /* in the table of dl_load() */
};

/**
 * dl_load() - load a library and look up its functions
 * @soname:  with its version: the one whose header the build has checked
 * @purpose: what needs it, for the message: "the device rules of cgroup v2"
 * @symbols: @n functions that must be there
 * @table:   struct of function pointers; not to be used after a failure
 *
 * Return: 0, or -1 with ERR_UNSUPPORTED if the library or a function is missing.
 */
int dl_load(const char *soname, const char *purpose, const struct dl_symbol *symbols, size_t n,
            void *table, struct error *err);

/*
 * DL_NOTE() - record in the binary that @soname may be loaded, for packagers' tools
 *
 * The ELF note of the dlopen metadata specification: owner "FDO", JSON text. Only the name of the
 * note's variable differs between files.
 */
#define DL_NOTE(variable, feature, description, soname)                                            \
	DL_NOTE_TEXT(variable, "[{\"feature\":\"" feature "\",\"description\":\"" description      \
	                       "\",\"priority\":\"suggested\",\"soname\":[\"" soname "\"]}]")

#define DL_NOTE_TEXT(variable, text)                                                               \
	__attribute__((used, section(".note.dlopen"), aligned(4))) static const struct {           \
		unsigned name_size, text_size, type;                                               \
		char name[4];                                                                      \
		__attribute__((aligned(4))) char json[sizeof(text)];                               \
	} variable = {4, sizeof(text), 0x407c0c0a, "FDO", text}

#endif
