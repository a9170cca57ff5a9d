/*
 * Volumes that are file systems on disks of their own: mounted by the agent, attached below /run/disks while the root is built, and
 * bound from there.
 */
#ifndef DATA_DISKS_H
#define DATA_DISKS_H

#include <stdbool.h>
#include <stddef.h>

#include "container.h"
#include "fault.h"
#include "items.h"

/* Makes the places where they are attached. */
void data_disks_prepare(void);

/* Where the disk of that number (from 0) is attached. False when there is no such. */
bool data_disk_path(int index, char *path, size_t size);

/* The number of the disk that a `mount` item names, or -1. */
int data_disk_of(struct view mount);

/* Mounts each disk that a mount of the setup names. */
bool data_disks_open(struct view setup, struct container_mounts *mounts, struct fault *fault);

#endif
