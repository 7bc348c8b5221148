/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel floor of a container start: the system calls that the configuration made by
 * make-bundle.sh cannot do without, and nothing else. No parsing, no state, no checks of paths,
 * no cgroup; what a runtime costs above this is the runtime's own. It prints nothing and exits as
 * the program did, 125 if a step failed (with -v it names the step).
 *
 *   floor [-v] [-m root|direct|range] [-s FILTER] ROOTFS PROGRAM [ARGUMENT...]
 *
 * FILTER is made by floor_filter. Not hardened: it trusts ROOTFS. Never use it to confine.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/keyctl.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#define EXIT_FLOOR 125
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define SAFE (MS_NOSUID | MS_NOEXEC | MS_NODEV)

enum mode { MODE_ROOT, MODE_DIRECT, MODE_RANGE };

static bool is_verbose;
static enum mode mode = MODE_ROOT;
static struct sock_filter filter_code[BPF_MAXINSNS];
static struct sock_fprog filter = {.filter = filter_code};

static void need(bool is_ok, const char *step)
{
	if (is_ok)
		return;
	if (is_verbose)
		fprintf(stderr, "floor: %s: %s\n", step, strerror(errno));
	_exit(EXIT_FLOOR);
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	need(fd >= 0, path);
	need(write(fd, text, strlen(text)) >= 0, path);
	close(fd);
}

static void load_filter(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t size = read(fd, filter_code, sizeof(filter_code));

	need(size > 0, path);
	filter.len = size / sizeof(filter_code[0]);
	close(fd);
}

/* The user's own ID becomes 0, nothing else is mapped: no helper, no second process. */
static void map_directly(uid_t uid, gid_t gid)
{
	char map[64];

	write_file("/proc/self/setgroups", "deny");
	snprintf(map, sizeof(map), "0 %u 1", uid);
	write_file("/proc/self/uid_map", map);
	snprintf(map, sizeof(map), "0 %u 1", gid);
	write_file("/proc/self/gid_map", map);
}

/* Reads "NAME:START:COUNT" of the calling user. */
static void read_range(const char *path, const char *name, char start[16], char count[16])
{
	FILE *f = fopen(path, "re");
	char line[256];
	size_t len = strlen(name);

	need(f != NULL, path);
	while (fgets(line, sizeof(line), f)) {
		if (strncmp(line, name, len) == 0 && line[len] == ':' &&
		    sscanf(line + len + 1, "%15[0-9]:%15[0-9]", start, count) == 2) {
			fclose(f);
			return;
		}
	}
	need(false, path);
}

static void run_helper(const char *helper, const char *ranges, pid_t pid, unsigned id)
{
	const char *user = getenv("USER");
	char pid_text[16], id_text[16], start[16], count[16];
	char *argv[] = {(char *)helper, pid_text, "0", id_text, "1", "1", start, count, NULL};
	int status;

	snprintf(pid_text, sizeof(pid_text), "%d", pid);
	snprintf(id_text, sizeof(id_text), "%u", id);
	need(user != NULL, "USER");
	read_range(ranges, user, start, count);
	need(posix_spawnp(&pid, helper, NULL, NULL, argv, environ) == 0, helper);
	need(waitpid(pid, &status, 0) == pid && status == 0, helper);
}

static void bind_rootfs(const char *rootfs)
{
	need(mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) == 0, "rslave /");
	need(mount(rootfs, rootfs, NULL, MS_BIND | MS_REC, NULL) == 0, "bind rootfs");
	need(chdir(rootfs) == 0, "chdir rootfs");
}

static void mount_filesystems(void)
{
	const char *pts = mode == MODE_DIRECT ? "newinstance,ptmxmode=0666,mode=0620"
	                                      : "newinstance,ptmxmode=0666,mode=0620,gid=5";

	need(mount("proc", "proc", "proc", SAFE, NULL) == 0, "proc");
	need(mount("tmpfs", "dev", "tmpfs", MS_NOSUID | MS_STRICTATIME, "mode=755,size=65536k") ==
	             0,
	     "/dev");
	need(mkdir("dev/pts", 0755) == 0 && mkdir("dev/mqueue", 0755) == 0 &&
	             mkdir("dev/shm", 0755) == 0,
	     "directories of /dev");
	need(mount("devpts", "dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, pts) == 0, "/dev/pts");
	need(mount("sysfs", "sys", "sysfs", SAFE | MS_RDONLY, NULL) == 0, "/sys");
	need(mount("cgroup", "sys/fs/cgroup", "cgroup2", SAFE | MS_RDONLY, NULL) == 0, "cgroup");
	need(mount("mqueue", "dev/mqueue", "mqueue", SAFE, NULL) == 0, "/dev/mqueue");
	need(mount("shm", "dev/shm", "tmpfs", SAFE, "mode=1777,size=67108864") == 0, "/dev/shm");
}

static void make_devices(void)
{
	static const struct {
		const char *path; /* below the root */
		unsigned major, minor;
	} devices[] = {
		{"dev/null", 1, 3},   {"dev/zero", 1, 5},    {"dev/full", 1, 7},
		{"dev/random", 1, 8}, {"dev/urandom", 1, 9}, {"dev/tty", 5, 0},
	};
	static const char *const links[][2] = {
		{"/proc/self/fd", "dev/fd"},       {"/proc/self/fd/0", "dev/stdin"},
		{"/proc/self/fd/1", "dev/stdout"}, {"/proc/self/fd/2", "dev/stderr"},
		{"pts/ptmx", "dev/ptmx"},
	};

	umask(0);
	for (size_t i = 0; i < ARRAY_SIZE(devices); i++) {
		const char *path = devices[i].path;
		char host[32];

		if (mode == MODE_ROOT) {
			need(mknod(path, S_IFCHR | 0666,
			           makedev(devices[i].major, devices[i].minor)) == 0,
			     path);
			continue;
		}
		snprintf(host, sizeof(host), "/%s", path);
		need(mknod(path, S_IFREG | 0666, 0) == 0, path);
		need(mount(host, path, NULL, MS_BIND, NULL) == 0, path);
	}
	for (size_t i = 0; i < ARRAY_SIZE(links); i++)
		need(symlink(links[i][0], links[i][1]) == 0, links[i][1]);
	umask(022);
}

/* The kernel tells by the error what kind of file is masked: no stat is needed. */
static void mask_paths(void)
{
	static const char *const masked[] = {
		"proc/asound",     "proc/acpi",        "proc/interrupts",
		"proc/kcore",      "proc/keys",        "proc/latency_stats",
		"proc/timer_list", "proc/timer_stats", "proc/sched_debug",
		"proc/scsi",       "sys/firmware",     "sys/devices/virtual/powercap",
	};
	static const char *const readonly[] = {
		"proc/bus", "proc/fs", "proc/irq", "proc/sys", "proc/sysrq-trigger",
	};

	for (size_t i = 0; i < ARRAY_SIZE(masked); i++) {
		if (mount("dev/null", masked[i], NULL, MS_BIND, NULL) == 0 || errno == ENOENT)
			continue;
		need(errno == ENOTDIR &&
		             mount("tmpfs", masked[i], "tmpfs", SAFE | MS_RDONLY, "size=0k") == 0,
		     masked[i]);
	}
	for (size_t i = 0; i < ARRAY_SIZE(readonly); i++) {
		const char *path = readonly[i];

		if (mount(path, path, NULL, MS_BIND | MS_REC, NULL) < 0) {
			need(errno == ENOENT, path);
			continue;
		}
		need(mount(NULL, path, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY | SAFE, NULL) == 0,
		     path);
	}
}

static void enter_root(void)
{
	need(syscall(SYS_pivot_root, ".", ".") == 0, "pivot_root");
	need(umount2(".", MNT_DETACH) == 0, "detach old root");
}

static void set_limits(void)
{
	const struct rlimit files = {.rlim_cur = 1024, .rlim_max = 4096};
	const struct rlimit core = {0, 0};

	need(sethostname("bench", 5) == 0, "hostname");
	need(setrlimit(RLIMIT_NOFILE, &files) == 0 && setrlimit(RLIMIT_CORE, &core) == 0,
	     "rlimits");
	need(syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, "bench") >= 0 || errno == ENOSYS,
	     "session keyring");
}

static void drop_capabilities(void)
{
	static const int kept[] = {
		CAP_CHOWN,   CAP_DAC_OVERRIDE, CAP_FSETID,           CAP_FOWNER,
		CAP_MKNOD,   CAP_NET_RAW,      CAP_SETGID,           CAP_SETUID,
		CAP_SETFCAP, CAP_SETPCAP,      CAP_NET_BIND_SERVICE, CAP_SYS_CHROOT,
		CAP_KILL,    CAP_AUDIT_WRITE,
	};
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2] = {0};
	uint64_t set = 0;

	for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
		set |= UINT64_C(1) << kept[i];
	for (int cap = 0; cap <= CAP_LAST_CAP; cap++) {
		if (!(set & UINT64_C(1) << cap) && prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) < 0)
			need(errno == EINVAL, "bounding set");
	}
	data[0].effective = data[0].permitted = (uint32_t)set;
	data[1].effective = data[1].permitted = (uint32_t)(set >> 32);
	need(syscall(SYS_capset, &header, data) == 0, "capset");
}

/* Container side, from clone3 to execve. */
static void start_program(const char *rootfs, char **argv)
{
	write_file("/proc/self/oom_score_adj", "0");
	bind_rootfs(rootfs);
	mount_filesystems();
	make_devices();
	mask_paths();
	enter_root();
	set_limits();
	if (filter.len > 0)
		need(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) == 0, "seccomp");
	drop_capabilities();
	execv(argv[0], argv);
	need(false, argv[0]);
}

static int run(const char *rootfs, char **argv)
{
	struct clone_args args = {
		.flags = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNET |
	                 CLONE_NEWCGROUP | (mode == MODE_ROOT ? 0 : CLONE_NEWUSER),
		.exit_signal = SIGCHLD,
	};
	uid_t uid = geteuid();
	gid_t gid = getegid();
	int ready[2], status;
	char byte = 0;
	pid_t pid;

	need(mode != MODE_RANGE || pipe2(ready, O_CLOEXEC) == 0, "pipe");
	pid = syscall(SYS_clone3, &args, sizeof(args));
	need(pid >= 0, "clone3");
	if (pid == 0) {
		if (mode == MODE_DIRECT)
			map_directly(uid, gid);
		if (mode == MODE_RANGE)
			need(read(ready[0], &byte, 1) == 1 && setresgid(0, 0, 0) == 0 &&
			             setresuid(0, 0, 0) == 0,
			     "become root");
		start_program(rootfs, argv);
	}
	if (mode == MODE_RANGE) {
		run_helper("newuidmap", "/etc/subuid", pid, uid);
		run_helper("newgidmap", "/etc/subgid", pid, gid);
		need(write(ready[1], &byte, 1) == 1, "wake container");
	}
	need(waitpid(pid, &status, 0) == pid, "wait");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static bool parse_mode(const char *name)
{
	static const char *const names[] = {"root", "direct", "range"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (strcmp(name, names[i]) == 0) {
			mode = i;
			return true;
		}
	}
	return false;
}

int main(int argc, char **argv)
{
	int opt;

	while ((opt = getopt(argc, argv, "+vm:s:")) != -1) {
		if (opt == 'v')
			is_verbose = true;
		else if (opt == 's')
			load_filter(optarg);
		else if (opt != 'm' || !parse_mode(optarg))
			return EXIT_FLOOR;
	}
	if (argc - optind < 2)
		return EXIT_FLOOR;
	return run(argv[optind], argv + optind + 1);
}
