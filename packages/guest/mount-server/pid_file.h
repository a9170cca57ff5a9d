/*
 * Tells others which processes serve: the child and the parent beside it, each a line with its number and when it was started
 * (field 22 of /proc/PID/stat, so that a number that was used again is told apart).
 */
#ifndef PID_FILE_H
#define PID_FILE_H

/* Locks the file for as long as the descriptor that it returns is open. Ends the process when another holds it. */
int pid_file_lock(const char *path);

/* Called in the parent: only there has the child the number by which others know it. */
void pid_file_write(int fd, int child);

#endif
