/*
 * Questions over TCP: connections passed through as they are.
 */
#ifndef DNS_TCP_H
#define DNS_TCP_H

#include "dns_udp.h"

#define DNS_TCP_CONNECTIONS 32
/* Two sides each. */
#define DNS_TCP_POLLED (2 * DNS_TCP_CONNECTIONS)

void dns_tcp_watch(struct pollfd polled[DNS_TCP_POLLED]);
void dns_tcp_accept(int listener, const struct dns_upstream *upstream);
void dns_tcp_serve(const struct pollfd polled[DNS_TCP_POLLED]);

#endif
