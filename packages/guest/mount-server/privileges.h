#ifndef PRIVILEGES_H
#define PRIVILEGES_H

/* Gives up every capability but those for other users' files, every way to new ones, and all system calls not needed. */
void drop_privileges(void);

#endif
