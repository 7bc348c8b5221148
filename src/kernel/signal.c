/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See signal.h. Names that the machine does not have are left out; where a number has
 * two names, the first one is what signal_name() gives.
 */
#include "kernel/signal.h"

#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <strings.h>

#include "common/str.h"

static const struct {
	const char *name;
	int number;
} signals[] = {
	{"SIGHUP", SIGHUP},       {"SIGINT", SIGINT},     {"SIGQUIT", SIGQUIT},
	{"SIGILL", SIGILL},       {"SIGTRAP", SIGTRAP},   {"SIGABRT", SIGABRT},
	{"SIGIOT", SIGIOT},       {"SIGBUS", SIGBUS},     {"SIGFPE", SIGFPE},
	{"SIGKILL", SIGKILL},     {"SIGUSR1", SIGUSR1},   {"SIGSEGV", SIGSEGV},
	{"SIGUSR2", SIGUSR2},     {"SIGPIPE", SIGPIPE},   {"SIGALRM", SIGALRM},
	{"SIGTERM", SIGTERM},
#ifdef SIGSTKFLT
	{"SIGSTKFLT", SIGSTKFLT},
#endif
	{"SIGCHLD", SIGCHLD},
#ifdef SIGCLD
	{"SIGCLD", SIGCLD},
#endif
	{"SIGCONT", SIGCONT},     {"SIGSTOP", SIGSTOP},   {"SIGTSTP", SIGTSTP},
	{"SIGTTIN", SIGTTIN},     {"SIGTTOU", SIGTTOU},   {"SIGURG", SIGURG},
	{"SIGXCPU", SIGXCPU},     {"SIGXFSZ", SIGXFSZ},   {"SIGVTALRM", SIGVTALRM},
	{"SIGPROF", SIGPROF},     {"SIGWINCH", SIGWINCH}, {"SIGIO", SIGIO},
	{"SIGPOLL", SIGPOLL},     {"SIGPWR", SIGPWR},     {"SIGSYS", SIGSYS},
#ifdef SIGUNUSED
	{"SIGUNUSED", SIGUNUSED},
#endif
};

/* Names of SIGRTMIN+index; SIGRTMIN itself is known to the C library only when the program runs. */
static const char *const realtime_names[] = {
	"SIGRTMIN",    "SIGRTMIN+1",  "SIGRTMIN+2",  "SIGRTMIN+3",  "SIGRTMIN+4",  "SIGRTMIN+5",
	"SIGRTMIN+6",  "SIGRTMIN+7",  "SIGRTMIN+8",  "SIGRTMIN+9",  "SIGRTMIN+10", "SIGRTMIN+11",
	"SIGRTMIN+12", "SIGRTMIN+13", "SIGRTMIN+14", "SIGRTMIN+15", "SIGRTMIN+16", "SIGRTMIN+17",
	"SIGRTMIN+18", "SIGRTMIN+19", "SIGRTMIN+20", "SIGRTMIN+21", "SIGRTMIN+22", "SIGRTMIN+23",
	"SIGRTMIN+24", "SIGRTMIN+25", "SIGRTMIN+26", "SIGRTMIN+27", "SIGRTMIN+28", "SIGRTMIN+29",
	"SIGRTMIN+30",
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* RTMIN, RTMIN+N, RTMAX, RTMAX-N; @name is without SIG. */
static int parse_realtime(const char *name)
{
	bool is_min = strncasecmp(name, "RTMIN", 5) == 0;
	uint64_t distance = 0;

	if (!is_min && strncasecmp(name, "RTMAX", 5) != 0)
		return -1;
	name += 5;
	if (*name && (*name != (is_min ? '+' : '-') ||
	              str_to_uint(name + 1, (uint64_t)(SIGRTMAX - SIGRTMIN), &distance) < 0))
		return -1;
	return is_min ? SIGRTMIN + (int)distance : SIGRTMAX - (int)distance;
}

int signal_parse(const char *text)
{
	const char *name = strncasecmp(text, "SIG", 3) == 0 ? text + 3 : text;
	uint64_t number;

	if (str_to_uint(text, (uint64_t)SIGRTMAX, &number) == 0)
		return (int)number;
	for (size_t i = 0; i < COUNT(signals); i++) {
		if (strcasecmp(signals[i].name + 3, name) == 0)
			return signals[i].number;
	}
	return parse_realtime(name);
}

const char *signal_name(int sig)
{
	for (size_t i = 0; i < COUNT(signals); i++) {
		if (signals[i].number == sig)
			return signals[i].name;
	}
	if (sig >= SIGRTMIN && sig <= SIGRTMAX && (size_t)(sig - SIGRTMIN) < COUNT(realtime_names))
		return realtime_names[sig - SIGRTMIN];
	return NULL;
}
