#define _GNU_SOURCE
#include "devices.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static bool make_nodes(int dev, struct fault *fault)
{
	static const struct {
		const char *name;
		unsigned major, minor;
	} nodes[] = { { "null", 1, 3 }, { "zero", 1, 5 }, { "full", 1, 7 },
		      { "random", 1, 8 }, { "urandom", 1, 9 }, { "tty", 5, 0 } };
	for (size_t i = 0; i < sizeof nodes / sizeof *nodes; i++)
		if (mknodat(dev, nodes[i].name, S_IFCHR | 0666, makedev(nodes[i].major, nodes[i].minor)) &&
		    errno != EEXIST)
			return fault_errno(fault, "making /dev/%s", nodes[i].name);
	return true;
}

static bool make_links(int dev, struct fault *fault)
{
	static const char *const links[][2] = { { "/proc/self/fd", "fd" }, { "/proc/self/fd/0", "stdin" },
						{ "/proc/self/fd/1", "stdout" }, { "/proc/self/fd/2", "stderr" },
						{ "/proc/kcore", "core" }, { "pts/ptmx", "ptmx" } };
	for (size_t i = 0; i < sizeof links / sizeof *links; i++)
		if (symlinkat(links[i][0], dev, links[i][1]) && errno != EEXIST)
			return fault_errno(fault, "making /dev/%s", links[i][1]);
	return true;
}

bool devices_make(struct mount_root *root, struct fault *fault)
{
	int path = mount_root_resolve(root, "/dev");
	if (path < 0)
		return errno == ENOENT ? true : fault_errno(fault, "opening /dev");
	mode_t mask = umask(0);
	bool made = make_nodes(path, fault) && make_links(path, fault);
	umask(mask);
	close(path);
	return made;
}
