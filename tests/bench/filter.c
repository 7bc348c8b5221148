/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long the filter of a config.json takes, compiled or read from the cache: `filter FILE DIR`.
 * Each time in a process of its own, since one process of rtl makes one filter. Prints the 10th
 * percentile and the median of both, in microseconds; DIR is a state directory, which keeps the
 * filter. `filter FILE DIR compiled|cached` is such a process.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/file.h"
#include "common/mem.h"
#include "libocispec/oci_config.h"
#include "runtime/seccomp_cache.h"

#define ROUNDS 200

static double now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return (x > y) - (x < y);
}

static int make(const struct oci_seccomp *section, int root_fd, bool is_cached, struct error *err)
{
	struct seccomp_program program auto_seccomp = {0};
	struct seccomp_cache_key key;

	if (!is_cached)
		return seccomp_compile(section, &program, err);
	if (!seccomp_cache_key(section, &key))
		return error_set(err, ERR_UNSUPPORTED, "no build ID");
	if (seccomp_cache_load(root_fd, &key, &program))
		return 0;
	if (seccomp_compile(section, &program, err) < 0)
		return -1;
	seccomp_cache_store(root_fd, &key, &program);
	return 0;
}

static int make_once(char **argv)
{
	auto_free char *text = NULL;
	struct error err = {0};
	ssize_t n = file_read(AT_FDCWD, argv[1], OCI_CONFIG_MAX_BYTES, &text, &err);
	auto_json struct oci_config *config =
		n < 0 ? NULL : oci_config_read("config.json", text, (size_t)n, &err);
	auto_fd int root_fd = open(argv[2], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	double start = now_us();

	if (!config || !config->linux || !config->linux->seccomp || root_fd < 0 ||
	    make(config->linux->seccomp, root_fd, strcmp(argv[3], "cached") == 0, &err) < 0) {
		fprintf(stderr, "filter: %s\n", err.msg);
		return 1;
	}
	printf("%.1f\n", now_us() - start);
	return 0;
}

static int measure(char **argv, const char *how)
{
	auto_free char *command = mem_printf("'%s' '%s' '%s' %s", argv[0], argv[1], argv[2], how);
	double times[ROUNDS];

	/* the first fills the cache, the page cache and the branch predictor */
	for (int i = -1; i < ROUNDS; i++) {
		FILE *out = popen(command, "re");
		double *time = &times[i < 0 ? 0 : i];

		if (!out || fscanf(out, "%lf", time) != 1 || pclose(out) != 0)
			return 1;
	}
	qsort(times, ROUNDS, sizeof(times[0]), compare);
	printf("%.1f %.1f\n", times[ROUNDS / 10], times[ROUNDS / 2]);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 4)
		return make_once(argv);
	if (argc == 3)
		return measure(argv, "compiled") || measure(argv, "cached");
	fprintf(stderr, "usage: filter FILE DIR\n");
	return 2;
}
