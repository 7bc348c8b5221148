/* SPDX-License-Identifier: Apache-2.0 */
/* The vocabulary of signals. */
#include <signal.h>

#include "kernel/signal.h"
#include "test.h"

TEST(a_signal_is_named_with_or_without_sig_in_any_case)
{
	EXPECT_INT(signal_parse("TERM"), SIGTERM);
	EXPECT_INT(signal_parse("SIGTERM"), SIGTERM);
	EXPECT_INT(signal_parse("sigterm"), SIGTERM);
	EXPECT_INT(signal_parse("Hup"), SIGHUP);
	EXPECT_INT(signal_parse("CLD"), SIGCHLD);
	EXPECT_INT(signal_parse("WINCH"), SIGWINCH);
}

TEST(a_signal_is_a_number)
{
	EXPECT_INT(signal_parse("9"), SIGKILL);
	EXPECT_INT(signal_parse("0"), 0);
	EXPECT_INT(signal_parse("64"), 64);
	EXPECT_INT(signal_parse("65"), -1);
	EXPECT_INT(signal_parse("-9"), -1);
	EXPECT_INT(signal_parse("9x"), -1);
}

TEST(realtime_signals_count_from_both_ends)
{
	EXPECT_INT(signal_parse("RTMIN"), SIGRTMIN);
	EXPECT_INT(signal_parse("SIGRTMIN+3"), SIGRTMIN + 3);
	EXPECT_INT(signal_parse("rtmax-2"), SIGRTMAX - 2);
	EXPECT_INT(signal_parse("RTMAX"), SIGRTMAX);
	EXPECT_INT(signal_parse("RTMIN+31"), -1);
	EXPECT_INT(signal_parse("RTMIN-1"), -1);
	EXPECT_INT(signal_parse("RTMAX+1"), -1);
	EXPECT_INT(signal_parse("RTMIN+"), -1);
	EXPECT_INT(signal_parse("RTMIN3"), -1);
}

TEST(what_is_no_signal_is_refused)
{
	EXPECT_INT(signal_parse(""), -1);
	EXPECT_INT(signal_parse("SIG"), -1);
	EXPECT_INT(signal_parse("SIGNOPE"), -1);
	EXPECT_INT(signal_parse("SIGSIGTERM"), -1);
	EXPECT_INT(signal_parse("SIG9"), -1);
	EXPECT_INT(signal_parse("TER"), -1);
}

TEST(every_number_that_has_a_name_is_found_by_it)
{
	for (int sig = 1; sig <= SIGRTMAX; sig++) {
		const char *name = signal_name(sig);

		EXPECT(name || (sig > 31 && sig < SIGRTMIN));
		if (name)
			EXPECT_INT(signal_parse(name), sig);
	}
	EXPECT_STR(signal_name(SIGABRT), "SIGABRT");
	EXPECT_STR(signal_name(SIGRTMIN + 3), "SIGRTMIN+3");
	EXPECT(!signal_name(0));
	EXPECT(!signal_name(65));
	EXPECT(!signal_name(-1));
}
