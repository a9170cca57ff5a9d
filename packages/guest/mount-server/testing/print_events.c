/*
 * For tests: prints what inotify says about paths, a line an event: the path's index, the event, the name.
 *
 * usage: print-events PATH…
 */
#include <stdio.h>
#include <sys/inotify.h>
#include <unistd.h>

static const struct {
	unsigned mask;
	const char *name;
} kinds[] = { { IN_MODIFY, "modify" },		 { IN_ATTRIB, "attrib" },     { IN_CREATE, "create" },
	      { IN_DELETE, "delete" },		 { IN_MOVED_FROM, "from" },   { IN_MOVED_TO, "to" },
	      { IN_DELETE_SELF, "delete-self" }, { IN_MOVE_SELF, "move-self" } };
#define KINDS (sizeof kinds / sizeof *kinds)

int main(int argc, char **argv)
{
	unsigned mask = 0;
	int watches[64], inotify = inotify_init();
	for (size_t i = 0; i < KINDS; i++)
		mask |= kinds[i].mask;
	for (int i = 1; i < argc && i < 64; i++)
		if ((watches[i] = inotify_add_watch(inotify, argv[i], mask)) < 0) {
			perror(argv[i]);
			return 1;
		}
	setlinebuf(stdout);
	puts("ready");
	static _Alignas(struct inotify_event) char buffer[65536];
	for (ssize_t length; (length = read(inotify, buffer, sizeof buffer)) > 0;) {
		const struct inotify_event *event;
		for (char *at = buffer; at < buffer + length; at += sizeof *event + event->len) {
			event = (const void *)at;
			int index = 1;
			while (index < argc && watches[index] != event->wd)
				index++;
			for (size_t i = 0; i < KINDS; i++)
				if (event->mask & kinds[i].mask)
					printf("%d %s%s%s%s\n", index - 1, kinds[i].name,
					       event->mask & IN_ISDIR ? "-directory" : "", event->len ? " " : "",
					       event->len ? event->name : "");
		}
	}
	return 0;
}
