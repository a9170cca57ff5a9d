/*
 * The kernel's small files in proc, sys and cgroup.
 */
#ifndef TEXT_FILE_H
#define TEXT_FILE_H

#include <stdbool.h>
#include <stddef.h>

/* Writes the text in one go. False with errno. */
bool text_file_write(const char *path, const char *text);

/* Reads up to size - 1 bytes and ends them with NUL. False with errno. */
bool text_file_read(const char *path, char *text, size_t size);

#endif
