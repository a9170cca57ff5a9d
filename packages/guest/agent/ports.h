/*
 * The machine's virtio-serial ports, by the names that QEMU gives them.
 */
#ifndef PORTS_H
#define PORTS_H

/* Waits until the device is there. `flags` of open(2) besides O_RDWR. -1 with errno after `patience_ms`. */
int port_open(const char *name, int flags, int patience_ms);

#endif
