#define _GNU_SOURCE
#include "include/datagrams.h"
#include <errno.h>
#include <time.h>
#include <linux/errqueue.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { CONTROL_LENGTH = 64, LONGEST_SEND = 64 };

struct wirewatch_batch {
    uint32_t slots;
    size_t room;
    struct mmsghdr *messages;
    struct iovec *vectors;
    struct sockaddr_storage *addresses;
    struct wirewatch_datagram *datagrams;
    uint8_t *controls;
    uint8_t *octets;
};

void wirewatch_batch_free(struct wirewatch_batch *batch) {
    if (!batch) return;
    free(batch->messages);
    free(batch->vectors);
    free(batch->addresses);
    free(batch->datagrams);
    free(batch->controls);
    free(batch->octets);
    free(batch);
}

struct wirewatch_batch *wirewatch_batch_create(uint32_t slots, size_t room) {
    struct wirewatch_batch *batch = calloc(1, sizeof *batch);
    if (!batch) return 0;
    batch->slots = slots;
    batch->room = room;
    batch->messages = calloc(slots, sizeof *batch->messages);
    batch->vectors = calloc(slots, sizeof *batch->vectors);
    batch->addresses = calloc(slots, sizeof *batch->addresses);
    batch->datagrams = calloc(slots, sizeof *batch->datagrams);
    batch->controls = calloc(slots, CONTROL_LENGTH);
    batch->octets = calloc(slots, room ? room : 1);
    if (!batch->messages || !batch->vectors || !batch->addresses || !batch->datagrams || !batch->controls ||
        !batch->octets) {
        wirewatch_batch_free(batch);
        errno = ENOMEM;
        return 0;
    }
    return batch;
}

static void read_address(const struct sockaddr_storage *storage, struct wirewatch_address *address) {
    memset(address, 0, sizeof *address);
    if (storage->ss_family == AF_INET) {
        const struct sockaddr_in *raw = (const struct sockaddr_in *)storage;
        address->family = AF_INET;
        address->port = ntohs(raw->sin_port);
        memcpy(address->octets, &raw->sin_addr, 4);
    } else if (storage->ss_family == AF_INET6) {
        const struct sockaddr_in6 *raw = (const struct sockaddr_in6 *)storage;
        address->family = AF_INET6;
        address->port = ntohs(raw->sin6_port);
        address->scope = raw->sin6_scope_id;
        memcpy(address->octets, &raw->sin6_addr, 16);
    }
}

static int64_t arrival_of(struct msghdr *message) {
    for (struct cmsghdr *part = CMSG_FIRSTHDR(message); part; part = CMSG_NXTHDR(message, part)) {
        if (part->cmsg_level == SOL_SOCKET && part->cmsg_type == SCM_TIMESTAMPNS) {
            struct timespec time;
            memcpy(&time, CMSG_DATA(part), sizeof time);
            return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
        }
    }
    return 0;
}

int wirewatch_batch_receive(struct wirewatch_batch *batch, int descriptor, uint32_t limit, int waits) {
    if (limit > batch->slots) limit = batch->slots;
    for (uint32_t i = 0; i < limit; i++) {
        batch->vectors[i] = (struct iovec){.iov_base = batch->octets + i * batch->room, .iov_len = batch->room};
        batch->messages[i].msg_hdr = (struct msghdr){
            .msg_name = &batch->addresses[i],
            .msg_namelen = sizeof batch->addresses[i],
            .msg_iov = &batch->vectors[i],
            .msg_iovlen = 1,
            .msg_control = batch->controls + i * CONTROL_LENGTH,
            .msg_controllen = CONTROL_LENGTH,
        };
    }
    int count;
    do {
        count = recvmmsg(descriptor, batch->messages, limit, MSG_TRUNC | (waits ? MSG_WAITFORONE : MSG_DONTWAIT), 0);
    } while (count < 0 && errno == EINTR);
    for (int i = 0; i < count; i++) {
        struct wirewatch_datagram *datagram = &batch->datagrams[i];
        uint32_t length = batch->messages[i].msg_len;
        datagram->length = length;
        datagram->held = length < batch->room ? length : (uint32_t)batch->room;
        datagram->arrival = arrival_of(&batch->messages[i].msg_hdr);
        if (batch->messages[i].msg_hdr.msg_namelen == 0) batch->addresses[i].ss_family = 0;
        read_address(&batch->addresses[i], &datagram->sender);
    }
    return count;
}

const struct wirewatch_datagram *wirewatch_batch_datagram(const struct wirewatch_batch *batch, uint32_t index) {
    return &batch->datagrams[index];
}

const uint8_t *wirewatch_batch_octets(const struct wirewatch_batch *batch, uint32_t index) {
    return batch->octets + index * batch->room;
}

int wirewatch_send_batch(int descriptor, const uint8_t *octets, size_t size, uint32_t count, const void *address,
                         uint32_t address_length) {
    struct mmsghdr messages[LONGEST_SEND];
    struct iovec vectors[LONGEST_SEND];
    if (count > LONGEST_SEND) count = LONGEST_SEND;
    memset(messages, 0, count * sizeof messages[0]);
    for (uint32_t i = 0; i < count; i++) {
        vectors[i] = (struct iovec){.iov_base = (void *)(octets + i * size), .iov_len = size};
        messages[i].msg_hdr.msg_name = (void *)address;
        messages[i].msg_hdr.msg_namelen = address_length;
        messages[i].msg_hdr.msg_iov = &vectors[i];
        messages[i].msg_hdr.msg_iovlen = 1;
    }
    int sent;
    do {
        sent = sendmmsg(descriptor, messages, count, MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    return sent;
}

int wirewatch_take_error(int descriptor, struct wirewatch_queued_error *error) {
    struct sockaddr_storage destination = {0};
    uint8_t octets[1];
    uint8_t control[512];
    struct iovec vector = {.iov_base = octets, .iov_len = sizeof octets};
    struct msghdr message = {
        .msg_name = &destination,
        .msg_namelen = sizeof destination,
        .msg_iov = &vector,
        .msg_iovlen = 1,
        .msg_control = control,
        .msg_controllen = sizeof control,
    };
    ssize_t count;
    do {
        count = recvmsg(descriptor, &message, MSG_ERRQUEUE | MSG_DONTWAIT);
    } while (count < 0 && errno == EINTR);
    if (count < 0) return errno == EAGAIN ? 0 : -1;
    memset(error, 0, sizeof *error);
    read_address(&destination, &error->destination);
    for (struct cmsghdr *part = CMSG_FIRSTHDR(&message); part; part = CMSG_NXTHDR(&message, part)) {
        int isIPv4 = part->cmsg_level == IPPROTO_IP && part->cmsg_type == IP_RECVERR;
        int isIPv6 = part->cmsg_level == IPPROTO_IPV6 && part->cmsg_type == IPV6_RECVERR;
        if (!isIPv4 && !isIPv6) continue;
        struct sock_extended_err extended;
        memcpy(&extended, CMSG_DATA(part), sizeof extended);
        error->code = (int32_t)extended.ee_errno;
        error->origin = extended.ee_origin;
        error->type = extended.ee_type;
        error->icmp_code = extended.ee_code;
        error->info = extended.ee_info;
        struct sockaddr_storage offender = {0};
        size_t length = part->cmsg_len - CMSG_LEN(sizeof extended);
        if (length > sizeof offender) length = sizeof offender;
        memcpy(&offender, CMSG_DATA(part) + sizeof extended, length);
        read_address(&offender, &error->offender);
    }
    return 1;
}

int wirewatch_keep_errors(int descriptor, int family) {
    int on = 1;
    // An IPv6 socket that serves IPv4 too has a queue for each.
    int result = setsockopt(descriptor, IPPROTO_IP, IP_RECVERR, &on, sizeof on);
    return family == AF_INET6 ? setsockopt(descriptor, IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof on) : result;
}

int wirewatch_stamp_arrivals(int descriptor) {
    int on = 1;
    return setsockopt(descriptor, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
}

int wirewatch_join_group(int descriptor, int family, uint32_t interface_index, const void *group,
                         uint32_t group_length) {
    struct group_req request = {.gr_interface = interface_index};
    memcpy(&request.gr_group, group, group_length < sizeof request.gr_group ? group_length : sizeof request.gr_group);
    int level = family == AF_INET6 ? IPPROTO_IPV6 : IPPROTO_IP;
    return setsockopt(descriptor, level, MCAST_JOIN_GROUP, &request, sizeof request);
}

int wirewatch_multicast_interface(int descriptor, int family, uint32_t interface_index) {
    if (family == AF_INET6) {
        int index = (int)interface_index;
        return setsockopt(descriptor, IPPROTO_IPV6, IPV6_MULTICAST_IF, &index, sizeof index);
    }
    struct ip_mreqn request = {.imr_ifindex = (int)interface_index};
    return setsockopt(descriptor, IPPROTO_IP, IP_MULTICAST_IF, &request, sizeof request);
}
