/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a container uses, from its cgroups or from /proc, and how `rtl events` prints it.
 * Process: runtime parent.
 *
 * A controller is asked for in its v1 hierarchy if the container is in it, else on cgroup v2.
 * What no cgroup counts is summed up over the container's processes, and says so:
 * "source": "procfs". stats_v1.c, stats_v2.c and stats_procfs.c fill, stats_json.c prints.
 */
#ifndef RTL_RUNTIME_STATS_H
#define RTL_RUNTIME_STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/cleanup.h"
#include "common/error.h"
#include "common/str.h"
#include "runtime/state.h"

/* No limit. */
#define STATS_NO_LIMIT UINT64_MAX

/* One line of a pressure file. Averages are percentages, as the kernel writes them. */
struct stats_pressure {
	char avg10[12];
	char avg60[12];
	char avg300[12];
	uint64_t total_us;
};

struct stats_psi {
	bool is_there;
	struct stats_pressure some;
	struct stats_pressure full;
};

struct stats_numbers {
	uint64_t *v;
	size_t n;
};

struct stats_cpu {
	bool is_procfs;
	uint64_t total_ns;
	uint64_t user_ns;
	uint64_t kernel_ns;
	struct stats_numbers percpu_ns;
	struct stats_numbers percpu_kernel_ns;
	struct stats_numbers percpu_user_ns;
	uint64_t periods;
	uint64_t throttled_periods;
	uint64_t throttled_ns;
	struct stats_psi psi;
};

struct stats_cpuset {
	struct stats_numbers cpus;
	struct stats_numbers mems;
	int64_t flags[9]; /* in the order of stats_cpuset_files */
};

/* v1's files, and runc's names of them. */
struct stats_cpuset_file {
	const char *file;
	const char *name;
};
extern const struct stats_cpuset_file stats_cpuset_files[9];

struct stats_usage {
	uint64_t limit;
	uint64_t usage;
	uint64_t max;
	uint64_t failcnt;
};

struct stats_named {
	char *name;
	uint64_t value;
};

struct stats_memory {
	bool is_procfs;
	uint64_t cache;
	struct stats_usage usage;
	struct stats_usage swap; /* memory and swap together */
	struct stats_usage kernel;
	struct stats_usage kernel_tcp;
	struct stats_named *raw; /* the lines of memory.stat */
	size_t n_raw;
	struct stats_psi psi;
};

struct stats_pids {
	bool is_procfs;
	uint64_t current;
	uint64_t limit; /* 0: none */
};

struct stats_io_entry {
	uint64_t major;
	uint64_t minor;
	char op[12];
	uint64_t value;
};

struct stats_io_list {
	struct stats_io_entry *v;
	size_t n;
};

enum stats_io {
	STATS_IO_SERVICE_BYTES,
	STATS_IO_SERVICED,
	STATS_IO_QUEUED,
	STATS_IO_SERVICE_TIME,
	STATS_IO_WAIT_TIME,
	STATS_IO_MERGED,
	STATS_IO_TIME,
	STATS_IO_SECTORS,
	STATS_IO_N,
};

struct stats_hugetlb {
	char size[16]; /* as in the names of the files: 2MB */
	uint64_t usage;
	uint64_t max;
	uint64_t failcnt;
};

struct stats_interface {
	char name[16];
	uint64_t counters[8]; /* received bytes, packets, errors, dropped, sent the same */
};

struct stats {
	bool is_procfs; /* there is no cgroup at all */
	struct stats_cpu cpu;
	struct stats_cpuset cpuset;
	struct stats_memory memory;
	struct stats_pids pids;
	struct stats_io_list io[STATS_IO_N];
	struct stats_psi io_psi;
	struct stats_hugetlb *hugetlb;
	size_t n_hugetlb;
	struct stats_interface *interfaces; /* NULL: the network is the caller's */
	size_t n_interfaces;
};

/* stats_clear() - release what @stats holds; a zeroed one is accepted. */
void stats_clear(struct stats *stats);

#define auto_stats auto_call(stats_clear)

/*
 * stats_collect() - what the container @state, which is not stopped, uses now
 * @ret: zeroed
 * Files that are missing leave zeros. Return: 0, or -1 if nothing can be known.
 */
int stats_collect(const struct state *state, struct stats *ret, struct error *err);

/* stats_v1() - fill what the controllers (a list such as "cpu,cpuacct") of the directory count. */
void stats_v1(int dir_fd, const char *controllers, struct stats *ret);

/* The parts that a directory of v2 can tell: whose controller is not on v1. */
struct stats_wanted {
	bool cpu;
	bool cpuset;
	bool memory;
	bool pids;
	bool io;
	bool hugetlb;
};

/* stats_v2() - fill what is @wanted and there; @ret_found says of the first four which were. */
void stats_v2(int dir_fd, const struct stats_wanted *wanted, struct stats *ret,
              struct stats_wanted *ret_found);

/* stats_procfs() - fill cpu, memory and pids as @wanted, summed up over @n processes of /proc. */
void stats_procfs(int proc_fd, const pid_t *pids, size_t n, const struct stats_wanted *wanted,
                  struct stats *ret);

/* stats_interfaces() - fill the interfaces from @text, a /proc/net/dev. */
void stats_interfaces(const char *text, struct stats *ret);

/* stats_json() - append the object "data" of an event of type stats: runc's members. */
void stats_json(const struct stats *stats, struct str *out);

/* What the files have in common. */

/* stats_read() - contents of @file, NULL if it cannot be read; caller frees. */
char *stats_read(int dir_fd, const char *file);

/* stats_number() - a file with one number, "max" being STATS_NO_LIMIT; @otherwise if there is none.
 */
uint64_t stats_number(int dir_fd, const char *file, uint64_t otherwise);

/* stats_value() - the number behind the word @key at the beginning of a line of @text, or 0. */
uint64_t stats_value(const char *text, const char *key);

/* stats_append_number() - one more. */
void stats_append_number(struct stats_numbers *numbers, uint64_t value);

/* stats_cpu_list() - "0-2,5" as numbers. */
void stats_cpu_list(const char *text, struct stats_numbers *ret);

/* stats_raw() - the lines of a memory.stat file. */
void stats_raw(const char *text, struct stats_memory *ret);

/* stats_add_io() - one more entry of the list. */
void stats_add_io(struct stats_io_list *list, uint64_t major, uint64_t minor, const char *op,
                  uint64_t value);

/* stats_huge_sizes() - add an entry for each page size that the directory has files of. */
void stats_huge_sizes(int dir_fd, struct stats *ret);

#endif
