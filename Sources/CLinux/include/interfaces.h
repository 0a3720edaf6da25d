/// Settings of a network interface by ioctl(2), which Swift cannot spell: `struct ifreq` is a union.
/// Each returns 0, or -1 with errno. `socket` is any socket of the network namespace that holds the interface.
#pragma once
#include <stdint.h>

/// Sets IFF_UP.
int wirewatch_interface_up(int socket, const char *name);

/// Sets the MTU, in octets.
int wirewatch_interface_set_mtu(int socket, const char *name, int octets);

/// Turns TCP segmentation offload and generic segmentation offload off, so that a frame is a segment.
int wirewatch_interface_disable_segmentation_offload(int socket, const char *name);
