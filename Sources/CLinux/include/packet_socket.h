/// A packet socket to send frames with (packet(7)): `struct sockaddr_ll` is spelled here, for Swift's Glibc lacks it.
#pragma once

/// A raw packet socket that sends through the interface `name` and receives nothing; or -1 with errno.
int wirewatch_packet_sender(const char *name);

/// The index of the interface `name` in the calling thread's network namespace; 0 with errno where there is none.
unsigned int wirewatch_interface_index(const char *name);

/// Turns checksum, segmentation and receive offloads off, so that frames are what the wire would carry: 0, or -1 with errno.
int wirewatch_interface_disable_offloads(int socket, const char *name);
