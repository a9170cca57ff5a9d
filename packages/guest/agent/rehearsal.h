/*
 * A container that is run for practice in a machine that is nobody's yet. What the kernel makes the first time that a disk is
 * mounted and a program executed is made once in the template; what an emulator translates, once in a machine that waits.
 */
#ifndef REHEARSAL_H
#define REHEARSAL_H

/* The argument that makes a copy of the agent the program of a rehearsal. */
#define REHEARSAL_ARGUMENT "rehearse"

/* The program: says a word and ends. Gives its exit status. */
int rehearsal_program(void);

#endif
