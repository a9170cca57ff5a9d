#include "states.h"

#include <sys/inotify.h>

#include "server.h"

#define ALL_KINDS (1u << POKE_MODIFY | 1u << POKE_ATTRIB)

void own_change(struct inode *inode)
{
	struct stat st;
	if (fstat(inode_fd(inode), &st))
		return;
	inode->told = inode->raised = stamp_of(&st);
	inode->raised_kinds = ALL_KINDS;
}

/* For the event that will tell of it: what kind of change leads to the stamp, as far as that shows. */
static void note_change(struct inode *inode, const struct stamp *now)
{
	struct stamp as_before = inode->told;
	as_before.changed = now->changed;
	if (!stamps_equal(now, &as_before))
		inode->unpoked = POKE_MODIFY;
	else if (!inode->unpoked && !stamps_equal(now, &inode->told))
		inode->unpoked = POKE_ATTRIB;
}

void tell_if_changed(struct server *server, struct inode *inode, const struct stat *st)
{
	struct stamp now = stamp_of(st);
	if (stamps_equal(&now, &inode->told))
		return;
	note_change(inode, &now);
	/* Content too, even where size and mtime are as they were: a copy may have set the old mtime again. */
	notify_content(server, inode);
	inode->told = now;
}

/*
 * The guest's kernel drops the content that it holds when size or mtime differ from before; a file that was changed and got its
 * old mtime again is only told apart here.
 */
void note_told(struct server *server, struct inode *inode, const struct stat *st)
{
	struct stamp now = stamp_of(st), as_before = inode->told;
	as_before.changed = now.changed;
	if (inode->type == S_IFREG)
		note_change(inode, &now);
	if (inode->type == S_IFREG && stamps_equal(&now, &as_before))
		tell_if_changed(server, inode, st);
	inode->told = now;
}

/* Each kind once for a state: two watches may tell of one change, and a long write is many events. */
static void raise_once(struct server *server, struct inode *inode, const struct stamp *now, int kind)
{
	if (!stamps_equal(now, &inode->raised)) {
		inode->raised = *now;
		inode->raised_kinds = 0;
	}
	if (inode->raised_kinds & 1u << kind)
		return;
	inode->raised_kinds |= 1u << kind;
	poke_state(server, inode, kind == POKE_ATTRIB);
}

void tell_state(struct server *server, struct inode *inode, const struct stat *st, uint32_t events)
{
	struct stamp now = stamp_of(st);
	tell_if_changed(server, inode, st);
	/* A change that shows without an event of its own: through a mapping, when that is closed. */
	int unpoked = inode->unpoked;
	inode->unpoked = 0;
	if (events & IN_MODIFY)
		raise_once(server, inode, &now, POKE_MODIFY);
	else if (events & IN_ATTRIB)
		raise_once(server, inode, &now, POKE_ATTRIB);
	else if (unpoked)
		raise_once(server, inode, &now, unpoked);
}
