/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes are the state.json of a container. It is opened or refused with the container's name;
 * what is opened can be saved and opened again as the same, and makes a good state document.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/file.h"
#include "libocispec/oci_state.h"
#include "runtime/state.h"
#include "runtime/state_entry.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char root[] = "/tmp/rtl-fuzz.XXXXXX";
static const struct runtime_options options = {.root = root};

static void expect(int cond)
{
	if (!cond)
		abort();
}

static void remove_root(void)
{
	struct error err;

	file_remove_tree(AT_FDCWD, root, &err);
}

/* The directory of container x, made the first time. */
static int container_fd(void)
{
	static int fd = -1;
	struct error err;
	struct state state;

	if (fd >= 0)
		return fd;
	expect(mkdtemp(root) != NULL);
	atexit(remove_root);
	expect(state_create(&options, "x", &state, &err) == 0);
	fd = fcntl(state.dir_fd, F_DUPFD_CLOEXEC, 0);
	state_close(&state);
	return fd;
}

static void check_document(const struct state *state)
{
	struct error err = {0};
	auto_free char *text = state_entry_format(state);
	auto_json struct oci_state *document = oci_state_read("document", text, strlen(text), &err);

	expect(document != NULL);
}

/* Save what was read, read that: the two texts must be equal. */
static void check_round_trip(const struct state *state)
{
	struct error err = {0};
	auto_state struct state again = {.root_fd = -1, .dir_fd = -1, .pidfd = -1};
	auto_str struct str first = {0};
	auto_str struct str second = {0};

	expect(state_save(state, state->record, &err) == 0);
	expect(state_open(&options, "x", &again, &err) == 0);
	json_write(&state_record_type, state->record, NULL, &first);
	json_write(&state_record_type, again.record, NULL, &second);
	expect(strcmp(first.s, second.s) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct error err = {0};
	auto_state struct state state = {.root_fd = -1, .dir_fd = -1, .pidfd = -1};

	expect(file_replace(container_fd(), "state.json", data, size, 0600, &err) == 0);
	if (state_open(&options, "x", &state, &err) < 0) {
		expect(strncmp(err.msg, "container x: state.json:", 24) == 0);
		expect(strchr(err.msg, '\n') == NULL);
		return 0;
	}
	expect(state.record != NULL);
	check_document(&state);
	check_round_trip(&state);
	return 0;
}
