/* SPDX-License-Identifier: Apache-2.0 */
/* Files of cgroups and of /proc, value by value, and the members they become. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/file.h"
#include "common/json.h"
#include "common/mem.h"
#include "runtime/stats.h"
#include "test.h"

struct file {
	const char *name;
	const char *text;
};

static int make_files(const struct file *files, size_t n)
{
	int fd = open(test_dir(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct error error = {0}, *err = &error;

	for (size_t i = 0; i < n; i++)
		REQUIRE_OK(file_replace(fd, files[i].name, files[i].text, strlen(files[i].text),
		                        0644, err));
	return fd;
}

#define FILES(...) ((const struct file[]){__VA_ARGS__})
#define MAKE(...) make_files(FILES(__VA_ARGS__), sizeof(FILES(__VA_ARGS__)) / sizeof(struct file))

/* The text of @stats holds @part. */
static void expect_json(const struct stats *stats, const char *part)
{
	auto_str struct str out = {0};

	stats_json(stats, &out);
	EXPECT_CONTAINS(out.s, part);
}

static const struct stats_wanted all = {true, true, true, true, true, true};

TEST(nothing_known_has_the_members_that_are_always_there)
{
	auto_stats struct stats stats = {0};
	auto_str struct str out = {0};

	stats_json(&stats, &out);
	EXPECT_STR(
		out.s,
		"{\"cpu\":{\"usage\":{\"kernel\":0,\"user\":0},\"throttling\":{}},"
		"\"cpuset\":{\"cpu_exclusive\":0,\"mem_hardwall\":0,\"mem_exclusive\":0,"
		"\"memory_migrate\":0,\"memory_spread_page\":0,\"memory_spread_slab\":0,"
		"\"memory_pressure\":0,\"sched_load_balance\":0,\"sched_relax_domain_level\":0},"
		"\"memory\":{\"usage\":{\"limit\":0,\"failcnt\":0},\"swap\":{\"limit\":0,"
		"\"failcnt\":0},\"kernel\":{\"limit\":0,\"failcnt\":0},\"kernelTCP\":{\"limit\":0,"
		"\"failcnt\":0}},\"pids\":{},\"blkio\":{},\"hugetlb\":{},\"intel_rdt\":{},"
		"\"network_interfaces\":null}");
}

TEST(cpu_times_of_v1_are_nanoseconds)
{
	auto_stats struct stats stats = {0};
	auto_fd int fd = MAKE({"cpuacct.usage", "1000\n"}, {"cpuacct.stat", "user 2\nsystem 3\n"},
	                      {"cpuacct.usage_percpu", "600 400 \n"},
	                      {"cpuacct.usage_all", "cpu user system\n0 500 100\n1 300 99\n"},
	                      {"cpu.stat", "nr_periods 7\nnr_throttled 5\nthrottled_time 900\n"});
	uint64_t tick = 1000000000 / (uint64_t)sysconf(_SC_CLK_TCK);

	stats_v1(fd, "cpu,cpuacct", &stats);
	EXPECT_INT(stats.cpu.user_ns, 2 * tick);
	EXPECT_INT(stats.cpu.kernel_ns, 3 * tick);
	stats.cpu.user_ns = stats.cpu.kernel_ns = 9;
	expect_json(&stats, "\"cpu\":{\"usage\":{\"total\":1000,\"percpu\":[600,400],"
	                    "\"percpu_kernel\":[100,99],\"percpu_user\":[500,300],\"kernel\":9,"
	                    "\"user\":9},\"throttling\":{\"periods\":7,\"throttledPeriods\":5,"
	                    "\"throttledTime\":900}}");
}

TEST(cpu_times_of_v2_are_converted)
{
	auto_stats struct stats stats = {0};
	struct stats_wanted found = {0};
	auto_fd int fd = MAKE({"cpu.stat", "usage_usec 50\nuser_usec 30\nsystem_usec 20\n"
	                                   "nr_periods 7\nnr_throttled 5\nthrottled_usec 4\n"});

	stats_v2(fd, &all, &stats, &found);
	EXPECT(found.cpu && !found.memory && !found.pids);
	expect_json(&stats, "\"cpu\":{\"usage\":{\"total\":50000,\"kernel\":20000,\"user\":30000},"
	                    "\"throttling\":{\"periods\":7,\"throttledPeriods\":5,"
	                    "\"throttledTime\":4000}}");
}

TEST(pressure_is_printed_as_go_prints_floats)
{
	auto_stats struct stats stats = {0};
	struct stats_wanted found = {0};
	const struct stats_wanted none = {0};
	auto_fd int fd =
		MAKE({"cpu.pressure", "some avg10=1.50 avg60=0.00 avg300=100.00 total=12\n"},
	             {"io.pressure", "some avg10=0.01 avg60=20.00 avg300=3.10 total=1\n"
	                             "full avg10=2.00 avg60=0.30 avg300=4.44 total=2\n"},
	             {"memory.pressure", "nonsense"});

	stats_v2(fd, &none, &stats, &found);
	expect_json(&stats, "\"throttling\":{},\"psi\":{\"some\":{\"avg10\":1.5,\"avg60\":0,"
	                    "\"avg300\":100,\"total\":12},\"full\":{\"avg10\":0,\"avg60\":0,"
	                    "\"avg300\":0,\"total\":0}}}");
	expect_json(&stats, "\"blkio\":{\"psi\":{\"some\":{\"avg10\":0.01,\"avg60\":20,"
	                    "\"avg300\":3.1,\"total\":1},\"full\":{\"avg10\":2,\"avg60\":0.3,"
	                    "\"avg300\":4.44,\"total\":2}}}");
	EXPECT(!stats.memory.psi.is_there);
}

TEST(memory_of_v1_is_read_with_swap_and_kernel)
{
	auto_stats struct stats stats = {0};
	auto_fd int fd = MAKE(
		{"memory.usage_in_bytes", "1\n"}, {"memory.max_usage_in_bytes", "2\n"},
		{"memory.failcnt", "3\n"}, {"memory.limit_in_bytes", "4\n"},
		{"memory.memsw.usage_in_bytes", "5\n"}, {"memory.memsw.max_usage_in_bytes", "6\n"},
		{"memory.memsw.failcnt", "7\n"}, {"memory.memsw.limit_in_bytes", "8\n"},
		{"memory.kmem.usage_in_bytes", "9\n"}, {"memory.kmem.tcp.limit_in_bytes", "10\n"},
		{"memory.stat", "cache 11\nrss 0\n"});

	stats_v1(fd, "memory", &stats);
	expect_json(&stats, "\"memory\":{\"cache\":11,"
	                    "\"usage\":{\"limit\":4,\"usage\":1,\"max\":2,\"failcnt\":3},"
	                    "\"swap\":{\"limit\":8,\"usage\":5,\"max\":6,\"failcnt\":7},"
	                    "\"kernel\":{\"limit\":0,\"usage\":9,\"failcnt\":0},"
	                    "\"kernelTCP\":{\"limit\":10,\"failcnt\":0},"
	                    "\"raw\":{\"cache\":11,\"rss\":0}}");
}

TEST(memory_of_v2_has_swap_added)
{
	auto_stats struct stats stats = {0};
	struct stats_wanted found = {0};
	auto_fd int fd =
		MAKE({"memory.current", "100\n"}, {"memory.peak", "150\n"}, {"memory.max", "200\n"},
	             {"memory.swap.current", "7\n"}, {"memory.swap.max", "30\n"},
	             {"memory.events", "low 1\nhigh 2\nmax 3\noom 4\noom_kill 5\n"},
	             {"memory.stat", "anon 10\nfile 20\nkernel 30\n"});

	stats_v2(fd, &all, &stats, &found);
	EXPECT(found.memory);
	expect_json(&stats, "\"memory\":{\"cache\":20,"
	                    "\"usage\":{\"limit\":200,\"usage\":100,\"max\":150,\"failcnt\":3},"
	                    "\"swap\":{\"limit\":230,\"usage\":107,\"failcnt\":0},"
	                    "\"kernel\":{\"limit\":0,\"usage\":30,\"failcnt\":0},"
	                    "\"kernelTCP\":{\"limit\":0,\"failcnt\":0},"
	                    "\"raw\":{\"anon\":10,\"file\":20,\"kernel\":30}}");
}

TEST(no_limit_of_v2_is_the_largest_number)
{
	auto_stats struct stats stats = {0};
	struct stats_wanted found = {0};
	auto_fd int fd = MAKE({"memory.current", "100\n"}, {"memory.max", "max\n"},
	                      {"memory.swap.max", "5\n"}, {"memory.stat", "anon 1\n"},
	                      {"pids.current", "3\n"}, {"pids.max", "max\n"});

	stats_v2(fd, &all, &stats, &found);
	expect_json(&stats, "\"usage\":{\"limit\":18446744073709551615,\"usage\":100,");
	expect_json(&stats, "\"swap\":{\"limit\":18446744073709551615,\"usage\":100,");
	expect_json(&stats, "\"pids\":{\"current\":3}");
	EXPECT(found.pids);
}

TEST(pids_have_their_limit)
{
	auto_stats struct stats v1 = {0}, v2 = {0};
	struct stats_wanted found = {0};
	auto_fd int fd = MAKE({"pids.current", "3\n"}, {"pids.max", "20\n"});

	stats_v1(fd, "pids", &v1);
	expect_json(&v1, "\"pids\":{\"current\":3,\"limit\":20}");
	stats_v2(fd, &all, &v2, &found);
	expect_json(&v2, "\"pids\":{\"current\":3,\"limit\":20}");
}

TEST(cpu_sets_are_lists_of_numbers)
{
	auto_stats struct stats v1 = {0}, v2 = {0};
	struct stats_wanted found = {0};
	auto_fd int fd = MAKE({"cpuset.cpus", "0-2,5\n"}, {"cpuset.mems", "0\n"},
	                      {"cpuset.sched_load_balance", "1\n"},
	                      {"cpuset.sched_relax_domain_level", "-1\n"},
	                      {"cpuset.cpus.effective", "3\n"}, {"cpuset.mems.effective", "\n"});

	stats_v1(fd, "cpuset", &v1);
	expect_json(&v1, "\"cpuset\":{\"cpus\":[0,1,2,5],\"cpu_exclusive\":0,\"mems\":[0],");
	expect_json(&v1, "\"sched_load_balance\":1,\"sched_relax_domain_level\":-1}");
	stats_v2(fd, &all, &v2, &found);
	expect_json(&v2, "\"cpuset\":{\"cpus\":[3],\"cpu_exclusive\":0,\"mem_hardwall\":0,");
}

TEST(block_io_of_v1_is_that_of_the_scheduler_in_use)
{
	auto_stats struct stats stats = {0};
	auto_fd int fd = MAKE({"blkio.bfq.io_service_bytes_recursive", "Total 0\n"},
	                      {"blkio.throttle.io_service_bytes_recursive",
	                       "8:0 Read 4096\n8:0 Write 0\n8:0 Total 4096\nTotal 4096\n"},
	                      {"blkio.bfq.io_serviced_recursive", "8:16 Read 7\n"},
	                      {"blkio.throttle.io_serviced_recursive", "8:16 Read 9\n"},
	                      {"blkio.time_recursive", "8:0 55\n"});

	stats_v1(fd, "blkio", &stats);
	expect_json(&stats, "\"blkio\":{\"ioServiceBytesRecursive\":["
	                    "{\"major\":8,\"op\":\"Read\",\"value\":4096},"
	                    "{\"major\":8,\"op\":\"Write\"},"
	                    "{\"major\":8,\"op\":\"Total\",\"value\":4096}],"
	                    "\"ioServicedRecursive\":[{\"major\":8,\"minor\":16,\"op\":\"Read\","
	                    "\"value\":7}],\"ioTimeRecursive\":[{\"major\":8,\"value\":55}]}");
}

TEST(block_io_of_v2_is_split_into_lists)
{
	auto_stats struct stats stats = {0};
	struct stats_wanted found = {0};
	auto_fd int fd = MAKE({"io.stat", "8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5 dios=6\n"
	                                  "nonsense\n259:1 wbytes=9\n"});

	stats_v2(fd, &all, &stats, &found);
	expect_json(&stats, "\"blkio\":{\"ioServiceBytesRecursive\":["
	                    "{\"major\":8,\"op\":\"Read\",\"value\":1},"
	                    "{\"major\":8,\"op\":\"Write\",\"value\":2},"
	                    "{\"major\":8,\"op\":\"Discard\",\"value\":5},"
	                    "{\"major\":259,\"minor\":1,\"op\":\"Write\",\"value\":9}],"
	                    "\"ioServicedRecursive\":["
	                    "{\"major\":8,\"op\":\"Read\",\"value\":3},"
	                    "{\"major\":8,\"op\":\"Write\",\"value\":4},"
	                    "{\"major\":8,\"op\":\"Discard\",\"value\":6}]}");
}

TEST(huge_pages_are_found_by_their_files)
{
	auto_stats struct stats v1 = {0};
	auto_fd int fd = MAKE(
		{"hugetlb.2MB.limit_in_bytes", "1\n"}, {"hugetlb.2MB.rsvd.limit_in_bytes", "1\n"},
		{"hugetlb.2MB.usage_in_bytes", "5\n"}, {"hugetlb.2MB.max_usage_in_bytes", "6\n"},
		{"hugetlb.2MB.failcnt", "7\n"});

	stats_v1(fd, "hugetlb", &v1);
	expect_json(&v1, "\"hugetlb\":{\"2MB\":{\"usage\":5,\"max\":6,\"failcnt\":7}}");
}

TEST(huge_pages_of_v2_have_events)
{
	auto_stats struct stats v2 = {0};
	struct stats_wanted found = {0};
	auto_fd int fd = MAKE({"hugetlb.1GB.max", "max\n"}, {"hugetlb.1GB.rsvd.max", "max\n"},
	                      {"hugetlb.1GB.current", "8\n"}, {"hugetlb.1GB.events", "max 9\n"});

	stats_v2(fd, &all, &v2, &found);
	expect_json(&v2, "\"hugetlb\":{\"1GB\":{\"usage\":8,\"failcnt\":9}}");
}

TEST(interfaces_are_read_from_their_table)
{
	auto_stats struct stats stats = {0};

	stats_interfaces("Inter-|   Receive                   |  Transmit\n"
	                 " face |bytes packets errs drop fifo frame compressed multicast|bytes\n"
	                 "    lo: 1 2 3 4 0 0 0 0 5 6 7 8 0 0 0 0\n"
	                 "  eth0:10 0 0 0 0 0 0 0 20 0 0 0 0 0 0 0\n",
	                 &stats);
	expect_json(&stats,
	            "\"network_interfaces\":[{\"Name\":\"lo\",\"RxBytes\":1,\"RxPackets\":2,"
	            "\"RxErrors\":3,\"RxDropped\":4,\"TxBytes\":5,\"TxPackets\":6,"
	            "\"TxErrors\":7,\"TxDropped\":8},{\"Name\":\"eth0\",\"RxBytes\":10,");
	expect_json(&stats, "\"TxBytes\":20,");
}

/* Process @pid of a made-up /proc. */
static void make_process(int fd, const char *pid, const char *stat, const char *status,
                         const char *rollup)
{
	auto_fd int pid_fd = -1;
	struct error error = {0}, *err = &error;

	mkdirat(fd, pid, 0755);
	pid_fd = openat(fd, pid, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	REQUIRE_OK(file_replace(pid_fd, "stat", stat, strlen(stat), 0644, err));
	REQUIRE_OK(file_replace(pid_fd, "status", status, strlen(status), 0644, err));
	if (rollup)
		REQUIRE_OK(file_replace(pid_fd, "smaps_rollup", rollup, strlen(rollup), 0644, err));
}

TEST(without_a_cgroup_processes_are_summed_up)
{
	auto_stats struct stats stats = {.is_procfs = true};
	auto_fd int fd = open(test_dir(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	uint64_t tick = 1000000000 / (uint64_t)sysconf(_SC_CLK_TCK);
	const pid_t pids[] = {11, 12, 13};

	make_process(fd, "11", "11 (a) S 1 1 1 0 1 1 1 1 1 1 1 2 3 4 20 0 1 0 9 1\n",
	             "Name:\ta\nVmRSS:\t  100 kB\nVmSwap:\t 3 kB\nThreads:\t4\n",
	             "0-1 rollup\nRss: 90 kB\nPss:     50 kB\nPss_Anon: 7 kB\n");
	make_process(fd, "12", "12 (b) S 1 1 1 0 1 1 1 1 1 1 10 20 0 0 20 0 1 0 9 1\n",
	             "Name:\tb\nVmRSS:\t  200 kB\nThreads:\t1\n", NULL);
	stats_procfs(fd, pids, 3, &all, &stats);
	EXPECT_INT(stats.cpu.total_ns, 40 * tick);
	EXPECT_INT(stats.cpu.user_ns, 14 * tick);
	EXPECT_INT(stats.cpu.kernel_ns, 26 * tick);
	EXPECT_INT(stats.memory.usage.usage, 250 * 1024);
	EXPECT_INT(stats.memory.swap.usage, 253 * 1024);
	EXPECT_INT(stats.pids.current, 5);
	expect_json(&stats, "{\"source\":\"procfs\",\"cpu\":{\"source\":\"procfs\",");
	expect_json(&stats, "\"memory\":{\"source\":\"procfs\",\"usage\":{\"limit\":"
	                    "18446744073709551615,\"usage\":256000,");
	expect_json(&stats, "\"pids\":{\"source\":\"procfs\",\"current\":5}");
}
