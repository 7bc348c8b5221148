/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long reading a config.json takes: `parse FILE`. Reader set-up and release are
 * counted, reading the file is not. Prints the 10th percentile and the median of many
 * reads, in microseconds.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "common/cleanup.h"
#include "common/file.h"
#include "libocispec/oci_config.h"

#define ROUNDS 2000

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

int main(int argc, char **argv)
{
	static double times[ROUNDS];
	auto_free char *text = NULL;
	struct error err = {0};
	ssize_t n =
		argc == 2 ? file_read(AT_FDCWD, argv[1], OCI_CONFIG_MAX_BYTES, &text, &err) : -1;

	if (n < 0) {
		fprintf(stderr, "usage: parse FILE: %s\n", err.msg);
		return 2;
	}
	for (int i = 0; i < ROUNDS; i++) {
		double start = now_us();
		struct oci_config *config = oci_config_read("config.json", text, (size_t)n, &err);

		json_free(config);
		times[i] = now_us() - start;
		if (!config) {
			fprintf(stderr, "parse: %s\n", err.msg);
			return 1;
		}
	}
	qsort(times, ROUNDS, sizeof(times[0]), compare);
	printf("%.1f %.1f\n", times[ROUNDS / 10], times[ROUNDS / 2]);
	return 0;
}
