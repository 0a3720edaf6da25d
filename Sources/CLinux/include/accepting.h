/// Accepting a connection whose descriptor is closed in programs that this one starts: accept4(2), which glibc guards with
/// _GNU_SOURCE.
#pragma once
#include <stdint.h>

/// `address` is a `struct sockaddr` with room for `*length` octets. The descriptor, or -1 with errno.
int wirewatch_accept(int listener, void *address, uint32_t *length);
