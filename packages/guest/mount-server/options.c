#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Noreturn void usage(void)
{
	fputs("usage: mount-server --profile plain|locking --socket PATH --pid-file PATH [--xattrs] rw=PATH|ro=PATH [sub=PATH]...\n",
	      stderr);
	exit(2);
}

static enum profile parse_profile(const char *name)
{
	if (!strcmp(name, "plain"))
		return PROFILE_PLAIN;
	if (!strcmp(name, "locking"))
		return PROFILE_LOCKING;
	usage();
}

static struct source parse_source(const char *text)
{
	bool read_only = !strncmp(text, "ro=", 3);
	if ((!read_only && strncmp(text, "rw=", 3)) || text[3] != '/')
		usage();
	return (struct source){ .path = text + 3, .read_only = read_only };
}

struct options parse_options(int argc, char **argv)
{
	static const struct option known[] = {
		{ "profile", required_argument, NULL, 'p' },  { "socket", required_argument, NULL, 's' },
		{ "pid-file", required_argument, NULL, 'f' }, { "xattrs", no_argument, NULL, 'x' },
		{ NULL, 0, NULL, 0 },
	};
	struct options options = { .profile = PROFILE_PLAIN };
	const char *profile = NULL;
	for (int c; (c = getopt_long(argc, argv, "", known, NULL)) != -1;) {
		if (c == 'p')
			profile = optarg;
		else if (c == 's')
			options.socket_path = optarg;
		else if (c == 'f')
			options.pid_file = optarg;
		else if (c == 'x')
			options.xattrs = true;
		else
			usage();
	}
	if (!profile || !options.socket_path || !options.pid_file || optind == argc)
		usage();
	options.profile = parse_profile(profile);
	options.source_count = (size_t)(argc - optind);
	options.sources = calloc(options.source_count, sizeof *options.sources);
	if (!options.sources)
		abort();
	options.source_count = 0;
	for (int i = optind; i < argc; i++) {
		if (strncmp(argv[i], "sub=", 4))
			options.sources[options.source_count++] = parse_source(argv[i]);
		else if (options.source_count)
			options.sources[options.source_count - 1].subpath = argv[i] + 4;
		else
			usage();
	}
	return options;
}
