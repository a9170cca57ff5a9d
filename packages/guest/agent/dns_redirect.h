/*
 * The DNS relay must not occupy port 53: a container may want to listen there itself. So it listens on another port, and the kernel
 * takes the container's calls to 127.0.0.11:53 there, as Docker's rules do for its resolver.
 */
#ifndef DNS_REDIRECT_H
#define DNS_REDIRECT_H

#include <stdbool.h>

#define DNS_RELAY_ADDRESS 0x7f00000bu
/* Above the range that the kernel gives out by itself. */
#define DNS_RELAY_PORT 61053

/* In the template. */
bool dns_redirect_set(void);

#endif
