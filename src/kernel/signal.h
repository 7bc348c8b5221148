/* SPDX-License-Identifier: Apache-2.0 */
/* The vocabulary of signals. signal(7). */
#ifndef RTL_KERNEL_SIGNAL_H
#define RTL_KERNEL_SIGNAL_H

/**
 * signal_parse() - number of the signal called @text
 * @text: a name with or without SIG, in any case ("TERM", "sigterm"); RTMIN, RTMIN+N,
 *        RTMAX, RTMAX-N; or a number from 0 (nothing is sent, only existence checked) up
 *
 * Return: the number, or -1 if there is no such signal.
 */
int signal_parse(const char *text);

/* signal_name() - "SIGTERM", "SIGRTMIN+3"; NULL if @sig is no signal or the C library's own. */
const char *signal_name(int sig);

#endif
