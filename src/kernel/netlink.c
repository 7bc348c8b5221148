/* SPDX-License-Identifier: Apache-2.0 */
/* See netlink.h. rtnetlink(7), netlink(7). */
#include "kernel/netlink.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "common/mem.h"

#define RECEIVE_SIZE 32768 /* the kernel fills no more at a time */

/* Room for the attributes of any address, or of a moved link. */
struct request {
	struct nlmsghdr header;
	union {
		struct ifinfomsg link;
		struct ifaddrmsg address;
	} body;
	char attributes[512];
};

int netlink_open(struct error *err)
{
	int sock = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	return sock < 0 ? error_errno(err, "create a netlink socket") : sock;
}

int netlink_find_link(int sock, const char *name, struct error *err)
{
	struct ifreq request = {0};

	if (strlen(name) >= sizeof(request.ifr_name))
		return 0;
	memcpy(request.ifr_name, name, strlen(name));
	if (ioctl(sock, SIOCGIFINDEX, &request) == 0)
		return request.ifr_ifindex;
	return errno == ENODEV ? 0 : error_errno(err, "find network device %s", name);
}

static void request_begin(struct request *request, uint16_t type, uint16_t flags, size_t body_size)
{
	*request = (struct request){
		.header.nlmsg_len = NLMSG_LENGTH(body_size),
		.header.nlmsg_type = type,
		.header.nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags),
		.header.nlmsg_seq = 1,
	};
}

static int request_add(struct request *request, uint16_t type, const void *data, size_t len)
{
	size_t at = NLMSG_ALIGN(request->header.nlmsg_len);
	struct rtattr attribute = {
		.rta_len = (uint16_t)RTA_LENGTH(len),
		.rta_type = type,
	};

	if (at + RTA_SPACE(len) > sizeof(*request)) {
		errno = E2BIG;
		return -1;
	}
	memcpy((char *)request + at, &attribute, sizeof(attribute));
	memcpy((char *)request + at + RTA_LENGTH(0), data, len);
	request->header.nlmsg_len = (uint32_t)(at + RTA_SPACE(len));
	return 0;
}

static int send_request(int sock, const struct request *request)
{
	const struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};

	return sendto(sock, request, request->header.nlmsg_len, 0, (const struct sockaddr *)&kernel,
	              sizeof(kernel)) < 0
	               ? -1
	               : 0;
}

static ssize_t receive(int sock, char *buffer)
{
	ssize_t n;

	do
		n = recv(sock, buffer, RECEIVE_SIZE, 0);
	while (n < 0 && errno == EINTR);
	return n;
}

/* The errno value of an acknowledgement, 0 for success. */
static int answer_of(const struct nlmsghdr *message)
{
	const struct nlmsgerr *answer = NLMSG_DATA(message);

	if (message->nlmsg_type != NLMSG_ERROR ||
	    message->nlmsg_len < NLMSG_LENGTH(sizeof(*answer)))
		return EBADMSG;
	return -answer->error;
}

/* 0, or -1 with errno as the kernel's answer has it. */
static int execute(int sock, const struct request *request)
{
	union {
		char bytes[1024]; /* the answer repeats the request */
		struct nlmsghdr header;
	} answer;
	ssize_t n;

	if (send_request(sock, request) < 0)
		return -1;
	do
		n = recv(sock, answer.bytes, sizeof(answer.bytes), 0);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -1;
	errno = (size_t)n < sizeof(answer.header) ? EBADMSG : answer_of(&answer.header);
	return errno ? -1 : 0;
}

static void append(struct netlink_addresses *ret, const struct nlmsghdr *message)
{
	size_t len = NLMSG_ALIGN(message->nlmsg_len);

	ret->messages = mem_realloc(ret->messages, ret->len + len, 1);
	memset(ret->messages + ret->len, 0, len);
	memcpy(ret->messages + ret->len, message, message->nlmsg_len);
	ret->len += len;
}

static bool is_wanted(const struct nlmsghdr *message, int index)
{
	const struct ifaddrmsg *address = NLMSG_DATA(message);

	return message->nlmsg_type == RTM_NEWADDR &&
	       message->nlmsg_len >= NLMSG_LENGTH(sizeof(*address)) &&
	       address->ifa_index == (unsigned)index && (address->ifa_flags & IFA_F_PERMANENT) &&
	       address->ifa_scope == RT_SCOPE_UNIVERSE;
}

/* 1 at the end of the list, 0 if more is to come, -1 with errno. */
static int take_addresses(const char *buffer, size_t len, int index, struct netlink_addresses *ret)
{
	for (const struct nlmsghdr *message = (const void *)buffer; NLMSG_OK(message, len);
	     message = NLMSG_NEXT(message, len)) {
		if (message->nlmsg_type == NLMSG_DONE)
			return 1;
		if (message->nlmsg_type == NLMSG_ERROR) {
			errno = answer_of(message);
			return -1;
		}
		if (is_wanted(message, index))
			append(ret, message);
	}
	return 0;
}

int netlink_get_addresses(int sock, int index, struct netlink_addresses *ret, struct error *err)
{
	auto_free char *buffer = mem_zalloc(RECEIVE_SIZE);
	struct request request;
	int end = 0;

	*ret = (struct netlink_addresses){0};
	request_begin(&request, RTM_GETADDR, NLM_F_DUMP, sizeof(request.body.address));
	if (send_request(sock, &request) < 0)
		return error_errno(err, "list addresses");
	while (end == 0) {
		ssize_t n = receive(sock, buffer);

		end = n < 0 ? -1 : take_addresses(buffer, (size_t)n, index, ret);
	}
	return end < 0 ? error_errno(err, "list addresses") : 0;
}

void netlink_addresses_clear(struct netlink_addresses *addresses)
{
	cleanup_free(&addresses->messages);
	*addresses = (struct netlink_addresses){0};
}

int netlink_move_link(int sock, int index, int ns_fd, const char *name, struct error *err)
{
	struct request request;

	request_begin(&request, RTM_SETLINK, NLM_F_ACK, sizeof(request.body.link));
	request.body.link.ifi_index = index;
	if (request_add(&request, IFLA_NET_NS_FD, &ns_fd, sizeof(ns_fd)) < 0 ||
	    request_add(&request, IFLA_IFNAME, name, strlen(name) + 1) < 0 ||
	    execute(sock, &request) < 0)
		return error_errno(err, "move it to the network namespace");
	return 0;
}

static int add_address(int sock, int index, const struct nlmsghdr *message)
{
	const struct ifaddrmsg *address = NLMSG_DATA(message);
	size_t len = IFA_PAYLOAD(message);
	struct request request;

	request_begin(&request, RTM_NEWADDR, NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE,
	              sizeof(request.body.address));
	request.body.address = *address;
	request.body.address.ifa_index = (unsigned)index;
	for (const struct rtattr *attribute = IFA_RTA(address); RTA_OK(attribute, len);
	     attribute = RTA_NEXT(attribute, len)) {
		if (attribute->rta_type != IFA_LABEL &&
		    request_add(&request, attribute->rta_type, RTA_DATA(attribute),
		                RTA_PAYLOAD(attribute)) < 0)
			return -1;
	}
	return execute(sock, &request);
}

int netlink_add_addresses(int sock, int index, const struct netlink_addresses *addresses,
                          struct error *err)
{
	size_t len = addresses->len;

	for (const struct nlmsghdr *message = (const void *)addresses->messages;
	     NLMSG_OK(message, len); message = NLMSG_NEXT(message, len)) {
		if (add_address(sock, index, message) < 0)
			return error_errno(err, "give it its addresses");
	}
	return 0;
}

int netlink_set_link_up(int sock, int index, struct error *err)
{
	struct request request;

	request_begin(&request, RTM_SETLINK, NLM_F_ACK, sizeof(request.body.link));
	request.body.link.ifi_index = index;
	request.body.link.ifi_flags = request.body.link.ifi_change = IFF_UP;
	return execute(sock, &request) < 0 ? error_errno(err, "set it up") : 0;
}
