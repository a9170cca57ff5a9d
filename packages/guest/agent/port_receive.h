/*
 * Reading a mount port whose other end may go and come again.
 */
#ifndef PORT_RECEIVE_H
#define PORT_RECEIVE_H

#include <stddef.h>

/*
 * Reads at least one byte, or 0 when the other end has gone and another may come. A virtio port without another end reads as
 * empty at once and has nothing to wait on, so there it looks again now and then; with anything else the process ends when its
 * other end goes.
 */
size_t port_receive(int fd, char *buffer, size_t room);

#endif
