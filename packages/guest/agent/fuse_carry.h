/*
 * Carries FUSE frames between an opened, mounted /dev/fuse and a port (mount_protocol.h).
 */
#ifndef FUSE_CARRY_H
#define FUSE_CARRY_H

#include "fuse_pump.h"

/* Takes the process over; it ends with status 0 when the mount or the port goes, else with an errno. */
_Noreturn void fuse_carry(int kernel, int port, const struct fuse_pump *options);

#endif
