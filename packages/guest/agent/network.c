#define _GNU_SOURCE
#include "network.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "netlink.h"
#include "protocol.h"
#include "text_file.h"

#define MAX_CARDS 8

static void set_ipv6(const char *card, const char *name, const char *value)
{
	char path[128];
	snprintf(path, sizeof path, "/proc/sys/net/ipv6/conf/%s/%s", card, name);
	/* A kernel without IPv6, or a card that is not there, has nothing to be set. */
	text_file_write(path, value);
}

static void enable_ipv6(const char *card)
{
	set_ipv6(card, "accept_ra", "0");
	set_ipv6(card, "accept_dad", "0");
	set_ipv6(card, "disable_ipv6", "0");
}

static bool set_link(int socket, unsigned index, bool up, struct view mac, unsigned mtu)
{
	struct netlink_request request;
	struct ifinfomsg link = { .ifi_family = AF_UNSPEC, .ifi_index = (int)index, .ifi_flags = up ? IFF_UP : 0,
				  .ifi_change = IFF_UP };
	netlink_begin(&request, RTM_NEWLINK, 0, &link, sizeof link);
	if (mac.length == 6)
		netlink_attribute(&request, IFLA_ADDRESS, mac.at, 6);
	if (mtu)
		netlink_attribute(&request, IFLA_MTU, &mtu, sizeof mtu);
	return netlink_send(socket, &request);
}

/* `address`: a prefix length, then 4 or 16 bytes. */
static bool change_address(int socket, unsigned type, unsigned index, struct view address)
{
	struct netlink_request request;
	size_t size = address.length - 1;
	struct ifaddrmsg head = { .ifa_family = size == 4 ? AF_INET : AF_INET6, .ifa_prefixlen = address.at[0],
				  .ifa_index = index };
	/* The engine leases it to nobody else: no need to ask the network for a second first. */
	if (size == 16)
		head.ifa_flags = IFA_F_NODAD;
	netlink_begin(&request, type, type == RTM_NEWADDR ? NLM_F_CREATE | NLM_F_REPLACE : 0, &head, sizeof head);
	netlink_attribute(&request, IFA_LOCAL, address.at + 1, size);
	netlink_attribute(&request, IFA_ADDRESS, address.at + 1, size);
	if (size == 4) {
		uint8_t broadcast[4];
		for (unsigned i = 0; i < 4; i++) {
			unsigned bits = address.at[0] > 8 * i ? address.at[0] - 8 * i : 0;
			broadcast[i] = address.at[1 + i] | (uint8_t)(bits >= 8 ? 0 : 0xff >> bits);
		}
		if (address.at[0] < 31)
			netlink_attribute(&request, IFA_BROADCAST, broadcast, 4);
	}
	return netlink_send(socket, &request);
}

static bool add_default_route(int socket, unsigned index, struct view gateway)
{
	struct netlink_request request;
	struct rtmsg route = { .rtm_family = gateway.length == 4 ? AF_INET : AF_INET6, .rtm_table = RT_TABLE_MAIN,
			       .rtm_protocol = RTPROT_BOOT, .rtm_scope = RT_SCOPE_UNIVERSE, .rtm_type = RTN_UNICAST };
	netlink_begin(&request, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, &route, sizeof route);
	netlink_attribute(&request, RTA_GATEWAY, gateway.at, gateway.length);
	netlink_attribute(&request, RTA_OIF, &index, sizeof index);
	return netlink_send(socket, &request);
}

static bool set_up(int socket, const char *card, bool up)
{
	unsigned index = if_nametoindex(card);
	return !index || set_link(socket, index, up, (struct view){ NULL, 0 }, 0);
}

/*
 * The kernel looks at changed carriers once a second (net/core/link_watch.c). A template that is saved before it did has clones
 * whose cards seem to be down for the first second of the container.
 */
static void wait_for_carrier(const char *card)
{
	char path[192], state[16];
	snprintf(path, sizeof path, "/sys/class/net/%s/operstate", card);
	for (int times = 0; times < 300; times++) {
		if (!text_file_read(path, state, sizeof state) || !strcmp(state, "up\n"))
			return;
		usleep(10000);
	}
}

bool network_prepare(void)
{
	int socket = netlink_open();
	bool ready = socket >= 0 && if_nametoindex("lo") && set_up(socket, "lo", true);
	char cards[MAX_CARDS][IFNAMSIZ];
	set_ipv6("default", "disable_ipv6", "1");
	for (int i = 0; i < MAX_CARDS; i++) {
		snprintf(cards[i], sizeof cards[i], "eth%d", i);
		set_ipv6(cards[i], "disable_ipv6", "1");
		ready = ready && set_up(socket, cards[i], true);
	}
	for (int i = 0; i < MAX_CARDS; i++)
		wait_for_carrier(cards[i]);
	for (int i = 1; i < MAX_CARDS; i++)
		ready = ready && set_up(socket, cards[i], false);
	close(socket);
	return ready;
}

static bool is_address(struct view bytes, size_t extra)
{
	size_t size = bytes.length - extra;
	return bytes.length > extra && (size == 4 || size == 16) && (!extra || bytes.at[0] <= size * 8);
}

static bool configure_card(int socket, const char *card, struct view nic, struct fault *fault)
{
	unsigned index = if_nametoindex(card);
	if (!index)
		return fault_set(fault, 128, ENODEV, "the machine has no %s", card);
	if (!set_link(socket, index, true, item_find(nic, TAG_MAC),
		      (unsigned)item_number(item_find(nic, TAG_MTU), 1500)))
		return fault_errno(fault, "setting up %s", card);
	struct item item;
	bool broken = false;
	for (struct view rest = nic; item_next(&rest, &item, &broken);) {
		if (item.tag != TAG_ADDRESS)
			continue;
		if (!is_address(item.bytes, 1))
			return fault_set(fault, 128, EINVAL, "an address of %s makes no sense", card);
		if (item.bytes.length == 17)
			enable_ipv6(card);
		if (!change_address(socket, RTM_NEWADDR, index, item.bytes))
			return fault_errno(fault, "adding an address to %s", card);
	}
	for (struct view rest = nic; item_next(&rest, &item, &broken);)
		if (item.tag == TAG_GATEWAY &&
		    (!is_address(item.bytes, 0) || !add_default_route(socket, index, item.bytes)))
			return fault_errno(fault, "adding the default route by %s", card);
	return true;
}

bool network_configure(struct view setup, struct fault *fault)
{
	int socket = netlink_open(), count = 0;
	if (socket < 0)
		return fault_errno(fault, "opening netlink");
	char card[IFNAMSIZ];
	struct item item;
	bool broken = false, done = true;
	while (done && item_next(&setup, &item, &broken)) {
		if (item.tag != TAG_NIC)
			continue;
		snprintf(card, sizeof card, "eth%d", count++);
		done = configure_card(socket, card, item.bytes, fault);
	}
	/* In a template only the first is up. */
	unsigned first = count == 0 ? if_nametoindex("eth0") : 0;
	if (done && first && !set_link(socket, first, false, (struct view){ NULL, 0 }, 0))
		done = fault_errno(fault, "setting eth0 down");
	close(socket);
	return done;
}

bool network_forget(struct view setup, struct fault *fault)
{
	int socket = netlink_open(), count = 0;
	struct item nic, item;
	bool broken = false, done = socket >= 0;
	while (item_next(&setup, &nic, &broken)) {
		if (nic.tag != TAG_NIC)
			continue;
		char card[IFNAMSIZ];
		snprintf(card, sizeof card, "eth%d", count++);
		for (struct view rest = nic.bytes; item_next(&rest, &item, &broken);)
			if (item.tag == TAG_ADDRESS && is_address(item.bytes, 1))
				done = change_address(socket, RTM_DELADDR, if_nametoindex(card), item.bytes) && done;
	}
	if (socket >= 0)
		close(socket);
	return done ? true : fault_errno(fault, "taking addresses away");
}
