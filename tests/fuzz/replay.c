/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The main() of the fuzz programs in a build without libFuzzer: feeds every file of the corpus to
 * LLVMFuzzerTestOneInput() once and prints TAP. The corpus of fuzz_spec is tests/fuzz/corpus/spec;
 * files or directories named as arguments are used instead.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int count;

static int replay_file(const char *path)
{
	FILE *in = fopen(path, "re");
	struct stat st;
	uint8_t *data;
	size_t size;

	if (!in || fstat(fileno(in), &st) < 0) {
		printf("not ok %d - %s: cannot be read\n", ++count, path);
		return 1;
	}
	/* exactly the size, so that ASan sees a read behind the end */
	data = malloc(st.st_size ? (size_t)st.st_size : 1);
	if (!data)
		abort();
	size = fread(data, 1, (size_t)st.st_size, in);
	fclose(in);
	printf("# %s\n", path);
	LLVMFuzzerTestOneInput(data, size);
	free(data);
	printf("ok %d - %s\n", ++count, strrchr(path, '/') ? strrchr(path, '/') + 1 : path);
	return 0;
}

static int is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static int replay(const char *path)
{
	struct dirent **names;
	struct stat st;
	int failed = 0;
	int n;

	if (stat(path, &st) < 0 || !S_ISDIR(st.st_mode))
		return replay_file(path);
	n = scandir(path, &names, is_visible, alphasort);
	for (int i = 0; i < n; i++) {
		char file[4096];

		snprintf(file, sizeof(file), "%s/%s", path, names[i]->d_name);
		failed += replay(file);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
	return failed;
}

int main(int argc, char **argv)
{
	const char *srcdir = getenv("srcdir");
	const char *name = strrchr(argv[0], '/');
	char corpus[4096];
	struct stat st;
	int failed = 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	name = name ? name + 1 : argv[0];
	name = strncmp(name, "fuzz_", 5) ? name : name + 5;
	snprintf(corpus, sizeof(corpus), "%s/tests/fuzz/corpus/%s", srcdir ? srcdir : ".", name);
	if (argc > 1)
		for (int i = 1; i < argc; i++)
			failed += replay(argv[i]);
	else if (stat(corpus, &st) == 0)
		failed += replay(corpus);
	if (!count) {
		printf("1..0 # SKIP no corpus in tests/fuzz/corpus/%s\n", name);
		return 0;
	}
	printf("1..%d\n", count);
	return failed ? 1 : 0;
}
