/* SPDX-License-Identifier: Apache-2.0 */
/* See state_entry.h. Process: runtime parent. */
#include "runtime/state_entry.h"

#include "common/cleanup.h"
#include "common/mem.h"
#include "common/str.h"
#include "runtime/caller.h"
#include "runtime/spec.h"

JSON_TYPE(state_entry, STATE_ENTRY)

struct state_entry state_entry_make(const struct state *state)
{
	static const struct state_record none = {
		.oci_version = SPEC_VERSION, .bundle = "", .rootfs = "", .created = ""};
	const struct state_record *record = state->record ? state->record : &none;

	return (struct state_entry){
		.oci_version = record->oci_version,
		.id = state->id,
		.pid = state->status == STATE_STOPPED ? 0 : record->pid,
		.status = state_status_name(state->status),
		.bundle = record->bundle,
		.rootfs = record->rootfs,
		.created = record->created,
		.annotations = record->annotations,
		.paused_by = state->status == STATE_PAUSED ? record->paused_by : NULL,
		.owner = state->record ? caller_user_name(record->uid) : mem_strdup(""),
	};
}

char *state_entry_format(const struct state *state)
{
	struct state_entry entry = state_entry_make(state);
	auto_free char *owner = (char *)entry.owner;
	auto_str struct str text = {0};

	json_write(&state_entry_type, &entry, "  ", &text);
	return str_take(&text);
}
