/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Times commands side by side: every round runs each command once, starting with another one each
 * round, so that a noisy moment or a drift of the machine meets all of them alike.
 *
 *   timeit [-n ROUNDS] PLAN >TABLE
 *
 * PLAN has one step a line, words separated by tabs:
 *   case<TAB>NAME<TAB>PEER              what the lines below belong to
 *   step<TAB>COMMAND...                 run, not measured
 *   time<TAB>COMMAND...                 run and measured; the sum of these is the round's sample
 *   reap                                wait until the orphans of the steps before have ended
 *                                       "%i" in a word becomes the round's number
 * TABLE has one line per case: NAME, PEER, rounds, then wall p10, wall median, CPU p10, CPU median
 * (microseconds) and the largest resident set (KiB, median of rounds). A case whose commands fail
 * is named on stderr and left out of the rest, with 0 rounds in the table.
 *
 * Wall time is from before posix_spawn to after wait. CPU time is user and system time of the
 * command and all descendants it waited for. The largest resident set is ru_maxrss of the command,
 * which covers every descendant it waited for, and of the orphans it left that have ended when it
 * returns (timeit is a subreaper). So a runtime's init counts, also when it was cloned and not
 * executed, and so do newuidmap and the container's own program: compare with the floor's value.
 * The kernel counts the pages of whoever starts a process until it executes, so that timeit's own
 * size, about half a MiB as it is static and small, is the least that can be seen.
 */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_CASES 64
#define MAX_STEPS 8
#define MAX_WORDS 40

enum step_kind { STEP_RUN, STEP_TIME, STEP_REAP };

struct step {
	enum step_kind kind;
	char *words[MAX_WORDS + 1]; /* into the plan's text */
};

struct sample {
	uint64_t wall_us, cpu_us, rss_kib;
};

struct bench_case {
	const char *name, *peer;
	struct step steps[MAX_STEPS];
	size_t n_steps;
	struct sample *samples;
	size_t n_samples;
	bool is_failed;
};

static struct bench_case cases[MAX_CASES];
static size_t n_cases;
static posix_spawn_file_actions_t quiet; /* /dev/null as stdin and stdout */

static void die(const char *what)
{
	fprintf(stderr, "timeit: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void plan_error(size_t line)
{
	fprintf(stderr, "timeit: plan, line %zu: not a step\n", line);
	exit(1);
}

static bool parse_step(char *line, struct bench_case *c)
{
	static const char *const kinds[] = {"step", "time", "reap"};
	char *kind = strsep(&line, "\t");
	struct step *step;

	if (!c || c->n_steps == MAX_STEPS)
		return false;
	step = &c->steps[c->n_steps++];
	for (size_t i = 0; i < MAX_WORDS && line; i++)
		step->words[i] = strsep(&line, "\t");
	for (int i = STEP_RUN; i <= STEP_REAP; i++) {
		step->kind = i;
		if (strcmp(kind, kinds[i]) == 0)
			return !line && (i == STEP_REAP || step->words[0]);
	}
	return false;
}

static void parse_plan(const char *path)
{
	FILE *f = fopen(path, "re");
	char *line = NULL;
	size_t size = 0, number = 0;

	if (!f)
		die(path);
	for (; getline(&line, &size, f) >= 0; line = NULL) {
		char *rest = line;

		number++;
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, "case\t", 5) == 0 && n_cases < MAX_CASES) {
			strsep(&rest, "\t");
			cases[n_cases].name = strsep(&rest, "\t");
			cases[n_cases++].peer = rest ? rest : "";
		} else if (line[0] != '\0' &&
		           !parse_step(line, n_cases ? &cases[n_cases - 1] : NULL)) {
			plan_error(number);
		}
	}
	fclose(f);
}

/* Puts the round's number in place of the first "%i" of word. */
static char *expand(char *word, size_t round, char *buffer, size_t size)
{
	char *mark = strstr(word, "%i");

	if (!mark)
		return word;
	snprintf(buffer, size, "%.*s%zu%s", (int)(mark - word), word, round, mark + 2);
	return buffer;
}

static uint64_t now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static uint64_t timeval_us(const struct timeval *tv)
{
	return (uint64_t)tv->tv_sec * 1000000 + tv->tv_usec;
}

static void add_usage(struct sample *sample, const struct rusage *usage)
{
	sample->cpu_us += timeval_us(&usage->ru_utime) + timeval_us(&usage->ru_stime);
	if (sample->rss_kib < (uint64_t)usage->ru_maxrss)
		sample->rss_kib = usage->ru_maxrss;
}

/*
 * Reaps orphans: those that have ended (WNOHANG), or all (0). Their sizes count, their times would
 * be half a truth.
 */
static void reap_orphans(int flags, struct sample *sample)
{
	struct rusage usage;

	while (wait4(-1, NULL, flags, &usage) > 0) {
		if (sample->rss_kib < (uint64_t)usage.ru_maxrss)
			sample->rss_kib = usage.ru_maxrss;
	}
}

/* Runs one step and adds what it took to sample. */
static bool run_step(struct step *step, size_t round, struct sample *sample)
{
	char buffers[MAX_WORDS][256];
	char *argv[MAX_WORDS + 1] = {0};
	struct rusage usage;
	uint64_t start;
	pid_t pid;
	int status;

	if (step->kind == STEP_REAP) {
		reap_orphans(0, sample);
		return true;
	}
	for (size_t i = 0; step->words[i]; i++)
		argv[i] = expand(step->words[i], round, buffers[i], sizeof(buffers[i]));
	start = now_us();
	errno = posix_spawnp(&pid, argv[0], &quiet, NULL, argv, environ);
	if (errno != 0)
		return false;
	while (wait4(pid, &status, 0, &usage) < 0)
		if (errno != EINTR)
			die("wait4");
	sample->wall_us += now_us() - start;
	add_usage(sample, &usage);
	reap_orphans(WNOHANG, sample);
	if (status == 0)
		return true;
	fprintf(stderr, "timeit: %s %s ...: status 0x%x\n", argv[0], argv[1] ? argv[1] : "",
	        status);
	return false;
}

static void run_case(struct bench_case *c, size_t round, bool is_warm_up)
{
	struct sample sample = {0};

	for (size_t i = 0; i < c->n_steps; i++) {
		struct sample untimed = {0};
		bool is_timed = c->steps[i].kind == STEP_TIME;

		if (!run_step(&c->steps[i], round, is_timed ? &sample : &untimed)) {
			fprintf(stderr, "timeit: %s, %s: left out\n", c->name, c->peer);
			c->is_failed = true;
			return;
		}
	}
	if (!is_warm_up)
		c->samples[c->n_samples++] = sample;
}

static int compare_u64(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* The value below which percent of the samples lie; offset is that of a member of struct sample. */
static uint64_t percentile(const struct bench_case *c, size_t offset, unsigned percent)
{
	uint64_t *values = calloc(c->n_samples + 1, sizeof(*values));
	uint64_t value;

	if (!values)
		die("memory");
	for (size_t i = 0; i < c->n_samples; i++)
		memcpy(&values[i], (const char *)&c->samples[i] + offset, sizeof(*values));
	qsort(values, c->n_samples, sizeof(*values), compare_u64);
	value = values[c->n_samples ? (c->n_samples - 1) * percent / 100 : 0];
	free(values);
	return value;
}

static void print_table(void)
{
	for (size_t i = 0; i < n_cases; i++) {
		struct bench_case *c = &cases[i];
		size_t wall = offsetof(struct sample, wall_us);
		size_t cpu = offsetof(struct sample, cpu_us);

		printf("%s\t%s\t%zu\t%lu\t%lu\t%lu\t%lu\t%lu\n", c->name, c->peer,
		       c->is_failed ? 0 : c->n_samples, percentile(c, wall, 10),
		       percentile(c, wall, 50), percentile(c, cpu, 10), percentile(c, cpu, 50),
		       percentile(c, offsetof(struct sample, rss_kib), 50));
	}
}

static void prepare(size_t rounds)
{
	posix_spawn_file_actions_init(&quiet);
	posix_spawn_file_actions_addopen(&quiet, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	for (size_t i = 0; i < n_cases; i++) {
		cases[i].samples = calloc(rounds, sizeof(struct sample));
		if (!cases[i].samples)
			die("memory");
	}
}

int main(int argc, char **argv)
{
	size_t rounds = 100;
	int opt;

	while ((opt = getopt(argc, argv, "n:")) != -1)
		rounds = opt == 'n' ? strtoul(optarg, NULL, 10) : 0;
	if (argc - optind != 1 || rounds == 0) {
		fprintf(stderr, "usage: timeit [-n ROUNDS] PLAN\n");
		return 2;
	}
	parse_plan(argv[optind]);
	prepare(rounds);
	for (size_t round = 0; round <= rounds; round++) {
		for (size_t i = 0; i < n_cases; i++) {
			struct bench_case *c = &cases[(i + round) % n_cases];

			if (!c->is_failed)
				run_case(c, round, round == 0);
		}
	}
	print_table();
	return 0;
}
