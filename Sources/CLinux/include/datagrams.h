/// Many datagrams a system call, and what came back for them: recvmmsg(2), sendmmsg(2) and the error queue of recvmsg(2), whose
/// control messages Swift cannot spell.
#pragma once
#include <stddef.h>
#include <stdint.h>

/// An IPv4 or IPv6 address and port as plain numbers.
struct wirewatch_address {
    uint16_t family;      // AF_INET or AF_INET6; 0: none
    uint16_t port;        // host order
    uint32_t scope;       // of an IPv6 link-local address
    uint8_t octets[16];   // network order; an IPv4 address takes the first four
};

/// One datagram that was received.
struct wirewatch_datagram {
    struct wirewatch_address sender;
    uint32_t length;      // octets of the datagram as it was sent
    uint32_t held;        // octets that the buffer took
    int64_t arrival;      // nanoseconds since the epoch, when the kernel got it; 0: it did not say
};

/// Room for some datagrams, filled by one call.
struct wirewatch_batch;

/// Room for `slots` datagrams of at most `room` octets; or null with errno.
struct wirewatch_batch *wirewatch_batch_create(uint32_t slots, size_t room);
void wirewatch_batch_free(struct wirewatch_batch *batch);

/// Receives at most `limit` datagrams, without waiting where `waits` is 0, else until there is one: how many, or -1 with errno.
int wirewatch_batch_receive(struct wirewatch_batch *batch, int descriptor, uint32_t limit, int waits);

/// What the datagram `index` of the last call was, and where its octets stand.
const struct wirewatch_datagram *wirewatch_batch_datagram(const struct wirewatch_batch *batch, uint32_t index);
const uint8_t *wirewatch_batch_octets(const struct wirewatch_batch *batch, uint32_t index);

/// Sends `count` datagrams of `size` octets that stand one after the other, to `address` (a `struct sockaddr` of `address_length`
/// octets), or where the socket is connected: how many the kernel took, or -1 with errno.
int wirewatch_send_batch(int descriptor, const uint8_t *octets, size_t size, uint32_t count, const void *address,
                         uint32_t address_length);

/// An error that the kernel keeps for a socket (IP_RECVERR, ip(7)).
struct wirewatch_queued_error {
    int32_t code;                         // errno
    uint8_t origin;                       // SO_EE_ORIGIN_…: 1 local, 2 ICMP, 3 ICMPv6
    uint8_t type;                         // of the ICMP message
    uint8_t icmp_code;
    uint32_t info;                        // the MTU, for EMSGSIZE
    struct wirewatch_address destination; // where the datagram was going
    struct wirewatch_address offender;    // who sent the ICMP message
};

/// Takes the oldest error off the queue: 1, 0 where there is none, or -1 with errno.
int wirewatch_take_error(int descriptor, struct wirewatch_queued_error *error);

/// Has the kernel keep errors for a socket of `family`, ICMP messages among them: 0, or -1 with errno.
int wirewatch_keep_errors(int descriptor, int family);

/// Has the kernel tell when each datagram arrived (SO_TIMESTAMPNS): 0, or -1 with errno.
int wirewatch_stamp_arrivals(int descriptor);

/// Joins a multicast group on an interface, 0 for the one that the routes choose: 0, or -1 with errno. `group` is a
/// `struct sockaddr`.
int wirewatch_join_group(int descriptor, int family, uint32_t interface_index, const void *group,
                         uint32_t group_length);

/// Sends multicasts through an interface (IP_MULTICAST_IF): 0, or -1 with errno.
int wirewatch_multicast_interface(int descriptor, int family, uint32_t interface_index);
