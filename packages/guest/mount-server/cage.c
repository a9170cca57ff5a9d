#include "cage.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fail.h"

/* Write end of the pipe to the parent that waits. */
static int ready_fd = -1;

static int set_attributes(int mount, unsigned flags, unsigned long long attributes)
{
	struct mount_attr attr = { .attr_set = attributes, .propagation = MS_PRIVATE };
	return (int)syscall(SYS_mount_setattr, mount, "", AT_EMPTY_PATH | flags, &attr, sizeof attr);
}

static int *new_descriptors(const struct options *options)
{
	int *descriptors = calloc(options->source_count + 1, sizeof *descriptors);
	if (!descriptors)
		fail("sources");
	return descriptors;
}

static int open_source(const struct source *source)
{
	int whole = must(open(source->path, O_PATH | O_CLOEXEC), "mount %s", source->path);
	if (!source->subpath)
		return whole;
	struct open_how how = { .flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS };
	int part = must((int)syscall(SYS_openat2, whole, source->subpath, &how, sizeof how), "mount %s of %s",
			source->subpath, source->path);
	close(whole);
	return part;
}

struct parent become_parent(const struct options *options, int lock, void (*note_child)(int pid))
{
	/* Descriptors of inodes, open files and locks: as many as this process may have. */
	struct rlimit files = { .rlim_cur = 1048576, .rlim_max = 1048576 };
	if (setrlimit(RLIMIT_NOFILE, &files) && getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	int *sources = new_descriptors(options);
	for (size_t i = 0; i < options->source_count; i++)
		sources[i] = open_source(&options->sources[i]);
	int pid_namespace = must(open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC), "namespaces");
	must(unshare(CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS), "namespaces");
	return (struct parent){ .options = options, .sources = sources, .pid_namespace = pid_namespace, .lock = lock,
				.note_child = note_child };
}

int source_mount(const struct parent *parent, size_t index)
{
	unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE | AT_EMPTY_PATH;
	int mount = open_tree(parent->sources[index], "", flags);
	unsigned long long attributes = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC |
					(parent->options->sources[index].read_only ? MOUNT_ATTR_RDONLY : 0);
	if (mount < 0 || set_attributes(mount, AT_RECURSIVE, attributes) == 0)
		return mount;
	int error = errno;
	close(mount);
	errno = error;
	return -1;
}

/* The sources as mounts of our own, so that they can be carried into the cage. */
static int *mount_sources(const struct parent *parent)
{
	const struct options *options = parent->options;
	int *sources = new_descriptors(options);
	for (size_t i = 0; i < options->source_count; i++)
		sources[i] = must(source_mount(parent, i), "mount %s", options->sources[i].path);
	return sources;
}

static int new_mount(const char *type, const char *option, const char *value)
{
	int context = must(fsopen(type, FSOPEN_CLOEXEC), "%s", type);
	if (option)
		must(fsconfig(context, FSCONFIG_SET_STRING, option, value, 0), "%s: %s=%s", type, option, value);
	must(fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0), "%s", type);
	int mount = must(fsmount(context, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC),
			 "%s", type);
	close(context);
	return mount;
}

/* It has been removed since a server before took it in: there is no way to mount it again, and the others shall go on. */
static void leave_out(int root, const char *name, bool is_directory)
{
	fprintf(stderr, "mount-server: source %s is gone\n", name);
	must(unlinkat(root, name, is_directory ? AT_REMOVEDIR : 0), "source %s", name);
}

/* A place of the same kind (directory or file) for source `index` below `root`. */
static void make_place(int root, size_t index, int source)
{
	char name[24];
	snprintf(name, sizeof name, "%zu", index);
	struct stat st;
	must(fstat(source, &st), "source %s", name);
	if (S_ISDIR(st.st_mode))
		must(mkdirat(root, name, 0755), "source %s", name);
	else
		close(must(openat(root, name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600), "source %s", name));
	if (move_mount(source, "", root, name, MOVE_MOUNT_F_EMPTY_PATH)) {
		if (errno != ENOENT)
			fail("source %s", name);
		leave_out(root, name, S_ISDIR(st.st_mode));
	}
	close(source);
}

static int build_root(const struct options *options, const int *sources)
{
	int root = new_mount("tmpfs", "mode", "755");
	/* Any directory serves to hang it up; the pivot takes it away from there. */
	must(move_mount(root, "", AT_FDCWD, "/proc", MOVE_MOUNT_F_EMPTY_PATH), "cage");
	for (size_t i = 0; i < options->source_count; i++)
		make_place(root, i, sources[i]);
	must(set_attributes(root, 0, MOUNT_ATTR_RDONLY), "cage");
	return root;
}

static void pivot_into(int root)
{
	must(fchdir(root), "cage");
	/* Both "." : the old root comes to lie on the new one, from where it is taken off. */
	must(syscall(SYS_pivot_root, ".", "."), "cage: pivot_root");
	must(umount2(".", MNT_DETACH), "cage");
	must(chdir("/"), "cage");
}

static struct cage build_cage(const struct options *options, const int *sources)
{
	must(setsid(), "session");
	/* Only here: the parent still looks the child up in the /proc of before. */
	must(unshare(CLONE_NEWNS), "namespaces");
	must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "namespaces");
	int proc = new_mount("proc", "subset", "pid");
	struct cage cage;
	cage.descriptors = must(openat(proc, "self/fd", O_PATH | O_DIRECTORY | O_CLOEXEC), "cage: /proc/self/fd");
	close(proc);
	cage.root = build_root(options, sources);
	pivot_into(cage.root);
	close(cage.root);
	cage.root = must(open("/", O_PATH | O_DIRECTORY | O_CLOEXEC), "cage");
	return cage;
}

/*
 * The parent stays, so that whoever started it can wait for it, no dead process is left where nobody reaps, and a child that dies
 * has a successor. Standard output says "ready" and ends. Returns when a signal has ended the child.
 */
static void attend(const struct parent *parent, int child, int pipe)
{
	char byte;
	bool ready = read(pipe, &byte, 1) == 1;
	if (ready && write(STDOUT_FILENO, "ready\n", 6) < 0)
		errno = 0;
	close(pipe);
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	dup2(null, STDOUT_FILENO);
	close(null);
	if (ready && parent->meanwhile)
		parent->meanwhile();
	int status;
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFEXITED(status))
		_exit(WEXITSTATUS(status));
}

/* From a descriptor its file can be opened again, for writing too. */
static void let_go(const struct parent *parent)
{
	for (size_t i = 0; i < parent->options->source_count; i++)
		close(parent->sources[i]);
	close(parent->pid_namespace);
	close(parent->lock);
}

bool enter_cage(const struct parent *parent, int socket, struct cage *cage)
{
	int *sources = mount_sources(parent);
	int ends[2];
	must(pipe2(ends, O_CLOEXEC), "pipe");
	/* A namespace whose first process has ended takes no other. */
	must(setns(parent->pid_namespace, CLONE_NEWPID), "namespaces");
	must(unshare(CLONE_NEWPID), "namespaces");
	pid_t child = must(fork(), "process");
	if (child) {
		/* Neither the socket nor a mount is kept open here. */
		close(ends[1]);
		close(socket);
		for (size_t i = 0; i < parent->options->source_count; i++)
			close(sources[i]);
		free(sources);
		parent->note_child(child);
		attend(parent, child, ends[0]);
		return false;
	}
	close(ends[0]);
	let_go(parent);
	ready_fd = ends[1];
	*cage = build_cage(parent->options, sources);
	return true;
}

void cage_ready(void)
{
	if (write(ready_fd, "", 1) != 1)
		_exit(1);
	close(ready_fd);
	close(STDOUT_FILENO);
}
