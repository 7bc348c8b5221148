/* SPDX-License-Identifier: Apache-2.0 */
/* The verb events. */
#ifndef RTL_RUNTIME_EVENTS_H
#define RTL_RUNTIME_EVENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "common/error.h"
#include "runtime/options.h"

/* What is to be told, and to whom. */
struct events_request {
	int64_t interval_ns; /* between two stats, more than 0 */
	bool is_once;        /* one stats event, at once, and no other */
	/* Called with each event, a line of JSON. Return: 0, or -1 to end. */
	int (*on_event)(void *data, const char *line, struct error *err);
	void *data;
};

/*
 * runtime_events() - tell what container @id uses and when it runs out of memory, until it ends
 *
 * The first stats event comes after one interval, as runc has it.
 * Return: 0, or -1; ERR_STATE ("container not running") if it is stopped.
 */
int runtime_events(const struct runtime_options *opts, const char *id,
                   const struct events_request *request, struct error *err);

#endif
