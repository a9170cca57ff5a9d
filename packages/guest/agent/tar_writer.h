/*
 * Writes an archive to a descriptor.
 */
#ifndef TAR_WRITER_H
#define TAR_WRITER_H

#include "tar.h"

/* Each false with errno. */
bool tar_write_entry(int out, const struct tar_entry *entry);
/* The contents of a file of entry->size bytes, padded with zeros where it has become shorter. */
bool tar_write_file(int out, int file, uint64_t size);
bool tar_write_end(int out);

#endif
