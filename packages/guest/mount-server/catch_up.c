#include "catch_up.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server.h"

void catch_up_init(struct catch_up *catch_up)
{
	catch_up->listing = -1;
}

static bool is_before(struct timespec a, struct timespec b)
{
	return a.tv_sec != b.tv_sec ? a.tv_sec < b.tv_sec : a.tv_nsec < b.tv_nsec;
}

void catch_up_want(struct catch_up *catch_up, struct timespec since, bool everything)
{
	/* What is still being looked through has the rest to come, with this. */
	bool goes_on = catch_up->is_wanted || catch_up->next < catch_up->count || catch_up->listing >= 0;
	if (!goes_on || is_before(since, catch_up->since))
		catch_up->since = since;
	catch_up->is_everything = everything || (goes_on && catch_up->is_everything);
	catch_up->is_wanted = true;
}

void catch_up_begin(struct catch_up *catch_up, const uint64_t *watched, size_t count, const uint64_t *before,
		    size_t before_count)
{
	free(catch_up->ids);
	catch_up->ids = malloc(count * sizeof *watched + 1);
	catch_up->count = catch_up->next = 0;
	if (catch_up->listing >= 0)
		close(catch_up->listing);
	catch_up->listing = -1;
	catch_up->is_wanted = false;
	for (size_t i = 0, old = 0; catch_up->ids && i < count; i++) {
		while (old < before_count && before[old] < watched[i])
			old++;
		bool is_new = old == before_count || before[old] != watched[i];
		if (is_new || catch_up->is_everything)
			catch_up->ids[catch_up->count++] = watched[i];
	}
}

/* The file system may not know when a file was made; then it is as old as possible. */
static bool is_made_since(const struct inode *directory, const char *name, struct timespec since)
{
	struct statx st;
	if (statx(inode_fd(directory), name, AT_SYMLINK_NOFOLLOW, STATX_BTIME, &st) || !(st.stx_mask & STATX_BTIME))
		return false;
	struct timespec made = { .tv_sec = st.stx_btime.tv_sec, .tv_nsec = st.stx_btime.tv_nsec };
	return !is_before(made, since);
}

static void look_at_name(struct server *server, struct inode *directory, const char *name)
{
	const struct catch_up *catch_up = &server->catch_up;
	struct stat st;
	if (!strcmp(name, ".") || !strcmp(name, "..") || fstatat(inode_fd(directory), name, &st, AT_SYMLINK_NOFOLLOW) ||
	    is_before(st.st_ctim, catch_up->since))
		return;
	/* Or something in it was made, where it is a directory. */
	bool is_written = !is_before(st.st_mtim, catch_up->since);
	const struct inode *known = inodes_find(&server->inodes, &st, directory->source);
	if (known && known->parent == directory->id && known->name && !strcmp(known->name, name)) {
		/* Of everything that is known the states have been compared. */
		if (!catch_up->is_everything)
			poke_state(server, known, !is_written);
		return;
	}
	notify_entry(server, directory, name);
	/* What is older and not written has come from elsewhere. (Or got new permissions: too much told does less harm.) */
	if (!is_written || is_made_since(directory, name, catch_up->since))
		poke_create(server, directory, name);
	if (is_written && S_ISREG(st.st_mode))
		poke_state_of_name(server, directory, name, false);
}

static void look_at_file(struct server *server, const struct inode *file)
{
	const struct catch_up *catch_up = &server->catch_up;
	struct stat st;
	if (!catch_up->is_everything && fstat(inode_fd(file), &st) == 0 && !is_before(st.st_ctim, catch_up->since))
		poke_state(server, file, is_before(st.st_mtim, catch_up->since));
}

/* The next name of the directory, NULL after the last. */
static const char *next_name(struct catch_up *catch_up)
{
	if (catch_up->at == catch_up->filled) {
		ssize_t length = getdents64(catch_up->listing, catch_up->entries, sizeof catch_up->entries);
		if (length <= 0)
			return NULL;
		catch_up->filled = (size_t)length;
		catch_up->at = 0;
	}
	const struct dirent64 *found = (const void *)(catch_up->entries + catch_up->at);
	catch_up->at += found->d_reclen;
	return found->d_name;
}

static void begin_next(struct server *server)
{
	struct catch_up *catch_up = &server->catch_up;
	const struct inode *inode = inodes_get(&server->inodes, catch_up->ids[catch_up->next]);
	catch_up->at = catch_up->filled = 0;
	if (inode && inode->type == S_IFDIR && inode->id != ROOT_ID)
		catch_up->listing = openat(inode_fd(inode), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	else if (inode)
		look_at_file(server, inode);
	if (catch_up->listing < 0)
		catch_up->next++;
}

void catch_up_run(struct server *server)
{
	struct catch_up *catch_up = &server->catch_up;
	while (catch_up->next < catch_up->count && host_events_wanted(server)) {
		if (catch_up->listing < 0) {
			begin_next(server);
			continue;
		}
		/* It may have been forgotten since. */
		struct inode *directory = inodes_get(&server->inodes, catch_up->ids[catch_up->next]);
		const char *name = directory ? next_name(catch_up) : NULL;
		if (name) {
			look_at_name(server, directory, name);
			continue;
		}
		close(catch_up->listing);
		catch_up->listing = -1;
		catch_up->next++;
	}
}
