/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the command line to the function of one command: global options, log, the
 * command's record, its options and arguments. Nothing is done before the dispatch
 * that `rtl --version` would have to pay for.
 */
#include "cli/command.h"

#include <string.h>

#include "cli/help.h"
#include "cli/version.h"
#include "common/cleanup.h"
#include "common/log.h"
#include "common/mem.h"
#include "common/str.h"
#include "runtime/id.h"

#define COMMAND_POINTER(name) &cmd_##name,
const struct command *const command_table[] = {COMMAND_LIST(COMMAND_POINTER) NULL};

/* What the global options fill. */
struct globals {
	struct runtime_options runtime;
	const char *log;
	const char *log_level;
	const char *rootless;
	const char *criu;
	int log_format;
	int cgroup_manager;
	bool is_debug;
	bool is_systemd_cgroup;
	bool is_version;
};

/* In the order of enum log_format and enum runtime_cgroup_manager. */
static const char *const log_formats[] = {"text", "json", NULL};
static const char *const cgroup_managers[] = {"auto", "cgroupfs", "systemd", "disabled", NULL};
/* As runc takes it; what the caller may do decides, so that the value changes nothing. */
static const char *const rootless_values[] = {"auto", "true",  "false", "True", "False",
                                              "TRUE", "FALSE", "t",     "f",    "T",
                                              "F",    "1",     "0",     "",     NULL};

#define GLOBAL(member) offsetof(struct globals, member)
const struct option command_global_options[] = {
	{"root", 0, OPTION_STRING, "DIR", GLOBAL(runtime.root),
         "directory of the containers' state", NULL},
	{"log", 0, OPTION_STRING, "FILE", GLOBAL(log), "append messages to FILE", NULL},
	{"log-format", 0, OPTION_WORD, "FORMAT", GLOBAL(log_format), "text (default) or json",
         log_formats},
	{"log-level", 0, OPTION_STRING, "LEVEL", GLOBAL(log_level),
         "error, warn (default), info or debug", NULL},
	{"debug", 0, OPTION_FLAG, NULL, GLOBAL(is_debug), "same as --log-level debug", NULL},
	{"cgroup-manager", 0, OPTION_WORD, "NAME", GLOBAL(cgroup_manager),
         "auto (default), cgroupfs, systemd or disabled", cgroup_managers},
	{"systemd-cgroup", 0, OPTION_FLAG, NULL, GLOBAL(is_systemd_cgroup),
         "same as --cgroup-manager systemd", NULL},
	{"strict-cgroups", 0, OPTION_FLAG, NULL, GLOBAL(runtime.is_strict_cgroups),
         "a limit that cannot be applied is an error for an ordinary user too", NULL},
	{"rootless", 0, OPTION_STRING, "BOOL", GLOBAL(rootless),
         "true, false or auto; accepted for runc's callers, changes nothing", NULL},
	{"criu", 0, OPTION_STRING, "FILE", GLOBAL(criu),
         "accepted for runc's callers, changes nothing", NULL},
	{"version", 'v', OPTION_FLAG, NULL, GLOBAL(is_version), "print the version", NULL},
	{0},
};

const struct command *command_find(const char *name)
{
	for (const struct command *const *command = command_table; *command; command++) {
		if (strcmp((*command)->name, name) == 0)
			return *command;
	}
	return NULL;
}

static int open_log(const struct globals *globals, struct error *err)
{
	const char *path = str_is_empty(globals->log) ? NULL : globals->log;
	int level = LOG_WARN;

	if (globals->log_level)
		level = log_level_parse(globals->log_level);
	if (level < 0)
		return error_set(err, ERR_INVALID, "--log-level: unknown level %s",
		                 globals->log_level);
	if (globals->is_debug)
		level = LOG_DEBUG;
	return log_open(path, (enum log_format)globals->log_format, (enum log_level)level, err);
}

static int check_rootless(const struct globals *globals, struct error *err)
{
	const char *const *word = rootless_values;

	if (!globals->rootless)
		return 0;
	while (*word && strcmp(*word, globals->rootless) != 0)
		word++;
	if (*word)
		return 0;
	return error_set(err, ERR_INVALID, "--rootless: expected true, false or auto, got %s",
	                 globals->rootless);
}

static void set_cgroup_manager(struct globals *globals)
{
	enum runtime_cgroup_manager manager = (enum runtime_cgroup_manager)globals->cgroup_manager;

	if (globals->is_systemd_cgroup && manager == RUNTIME_CGROUP_AUTO)
		manager = RUNTIME_CGROUP_SYSTEMD;
	globals->runtime.cgroup_manager = manager;
}

static int usage_error(const struct command *command, struct error *err)
{
	error_wrap(err, "%s", command->name);
	return error_append(err, " (see rtl %s --help)", command->name);
}

/* A global option that stands behind the command is what people try first. */
static void explain_misplaced(struct error *err)
{
	static const char unknown[] = "unknown option --";
	const char *name = err->msg + sizeof(unknown) - 1;

	if (str_has_prefix(err->msg, unknown) && option_find(command_global_options, name))
		error_append(err, ", which stands before the command");
}

static int check_args(const struct command *command, const struct args *args, struct error *err)
{
	const char *excess = args->n > command->max_args ? args->v[command->max_args] : NULL;

	if (args->n < command->min_args)
		return error_set(err, ERR_INVALID, "too few arguments, expected %s",
		                 command->synopsis);
	if (!excess)
		return 0;
	return error_set(err, ERR_INVALID, "unexpected argument %s%s%s", excess,
	                 *command->synopsis ? ", expected only " : "", command->synopsis);
}

/* Run @command with its @argc arguments, options among them. */
static int run_command(const struct command *command, const struct runtime_options *runtime,
                       int argc, char **argv, struct error *err)
{
	auto_free void *options = mem_zalloc(command->options_size + 1);
	struct args args = {.runtime = runtime, .options = options, .v = argv};
	bool is_help;
	int status;
	int n = option_parse(command->options, command->is_ordered, argc, argv, options, &is_help,
	                     err);

	args.n = n < 0 ? 0 : (size_t)n;
	if (n < 0) {
		explain_misplaced(err);
		status = usage_error(command, err);
	} else if (is_help) {
		status = help_print(command, err);
	} else if (check_args(command, &args, err) < 0) {
		status = usage_error(command, err);
	} else if (command->takes_id && id_check(args.v[0], err) < 0) {
		status = -1;
	} else {
		status = command->run(&args, err);
	}
	option_clear(command->options, options);
	return status;
}

int command_main(int argc, char **argv, struct error *err)
{
	struct globals globals = {0};
	const struct command *command;
	bool is_help;
	int n = argc > 0 ? argc - 1 : 0;

	argv += argc > 0;
	n = option_parse(command_global_options, true, n, argv, &globals, &is_help, err);
	if (n < 0)
		return error_append(err, " (see rtl --help)");
	if (is_help)
		return help_print(NULL, err);
	if (globals.is_version)
		return version_print(err);
	if (open_log(&globals, err) < 0 || check_rootless(&globals, err) < 0)
		return -1;
	if (n == 0)
		return error_set(err, ERR_INVALID, "no command given (see rtl --help)");
	command = command_find(argv[0]);
	if (!command)
		return error_set(err, ERR_INVALID, "unknown command %s (see rtl --help)", argv[0]);
	set_cgroup_manager(&globals);
	return run_command(command, &globals.runtime, n - 1, argv + 1, err);
}
