/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The conversation of the runtime parent and the container's init: a SEQPACKET pair,
 * one message a step. Either side that sees the other's end closed gives up: an init
 * without a parent exits, so a parent killed half way leaves no process; a parent
 * reads the end of the channel as "execve succeeded", since it is CLOEXEC.
 */
#ifndef RTL_RUNTIME_INIT_CHANNEL_H
#define RTL_RUNTIME_INIT_CHANNEL_H

#include <stdbool.h>
#include <stdint.h>

#include "common/error.h"

/* The steps, in their order; each with its sender. */
enum channel_step {
	STEP_CHILD = 1, /* joiner: value is the init's PID, as the parent sees it */
	STEP_PLACED,    /* parent: ID maps are written, the cgroup is joined */
	STEP_TERMINAL,  /* init: carries the terminal's master */
	STEP_HOOKS,     /* init: mounts are made, prestart and createRuntime hooks may run */
	STEP_HOOKED,    /* parent: they succeeded */
	STEP_LISTENER,  /* joiner: carries the filter's listener; may come after STEP_READY */
	STEP_READY,     /* init: set up and confined, all but the start */
	STEP_START,     /* parent: the state is recorded, go on */
	STEP_FAILED,    /* init: error says why; it exits */

	/*
	 * At any time before STEP_HOOKS. Init: carries its "/"; value is the number of a bind mount
	 * whose source it may not open. Parent: carries the source, or value is the error,
	 * negative.
	 */
	STEP_SOURCE,
};

struct channel_message {
	uint32_t step;
	int32_t value;
	struct error error;
};

/* channel_open() - both ends, CLOEXEC: @ret[0] for the parent, @ret[1] for the init. */
int channel_open(int ret[2], struct error *err);

/* channel_send() - send @step with @value. Plain write(2): it works under a tight filter. */
int channel_send(int fd, enum channel_step step, int value, struct error *err);

/* channel_send_fd() - send @step with the descriptor @passed; the sender keeps its copy. */
int channel_send_fd(int fd, enum channel_step step, int passed, struct error *err);

/* channel_ask() - as channel_send_fd(), with @value; the answer is then to be received. */
int channel_ask(int fd, enum channel_step step, int value, int passed, struct error *err);

/* channel_send_error() - send STEP_FAILED with @error; nothing is to be done if that fails. */
void channel_send_error(int fd, const struct error *error);

/*
 * channel_receive() - wait for the next message
 * @ret_fd: a descriptor that came with it, or -1; caller closes; may be NULL
 * Return: 1 with @ret filled, 0 at the end of the channel, -1. STEP_FAILED is -1 with the
 *         sender's error.
 */
int channel_receive(int fd, struct channel_message *ret, int *ret_fd, struct error *err);

/*
 * channel_expect() - channel_receive() where only @step may come
 * Return: 0, or -1; the end of the channel is an error that says the other side ended.
 */
int channel_expect(int fd, enum channel_step step, int *ret_value, struct error *err);

#endif
