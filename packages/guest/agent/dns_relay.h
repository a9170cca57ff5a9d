/*
 * 127.0.0.11, where /etc/resolv.conf points: a process that passes questions on to the primary network's gateway.
 */
#ifndef DNS_RELAY_H
#define DNS_RELAY_H

#include <stdbool.h>

#include "items.h"

/* In the template: starts it. Loopback is up. */
bool dns_relay_create(void);

/* Where it asks from now on: 4 or 16 bytes of address; nothing: nobody, questions are refused. */
void dns_relay_ask(struct view upstream);

#endif
