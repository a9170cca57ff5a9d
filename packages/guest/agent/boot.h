/*
 * From a bare kernel to a guest that can be saved as a template.
 */
#ifndef BOOT_H
#define BOOT_H

/* Each names what failed and goes on: a guest that can still talk tells more than one that has died. */
void boot_mounts(void);
void boot_modules(void);

/* Drops what the boot left in memory and fills what is free with zeros, which cost a saved template nothing. */
void boot_clean_memory(void);

#endif
