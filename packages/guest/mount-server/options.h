#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

enum profile {
	/* One writer at a time, host changes come by inotify: caches for an hour, no open, no flush. */
	PROFILE_PLAIN,
	/* Written by several at once: opens are seen here, absent names are never cached, the rest for a second. */
	PROFILE_LOCKING,
};

/* A directory or file of the host; its name in the session's root is its index. */
struct source {
	const char *path;
	/* Only this of it, NULL for all: relative, and links in it lead nowhere outside of `path`. */
	const char *subpath;
	bool read_only;
};

struct options {
	enum profile profile;
	/* `user.` attributes are answered. Costs one more request for every write in the guest. */
	bool xattrs;
	const char *socket_path;
	const char *pid_file;
	/* Owned by this struct, never freed; the strings are argv's. */
	struct source *sources;
	size_t source_count;
};

/* Ends the process with status 2 and the usage on a wrong command line. */
struct options parse_options(int argc, char **argv);

#endif
