/// Stream sockets of the abstract namespace of unix(7), whose names go with the sockets: a program that is killed leaves no
/// file behind. A name is known in the network namespace alone in which its socket was made.
#pragma once

#include <stdint.h>

/// A socket that listens under that name: its descriptor, or -1 with errno.
int wirewatch_abstract_listen(const char *name);

/// A socket connected to who listens under that name: its descriptor, or -1 with errno.
int wirewatch_abstract_connect(const char *name);

/// The effective user of the process at the other end, in the caller's user namespace: 0 with `user` set, or -1 with errno.
int wirewatch_peer_user(int descriptor, uint32_t *user);
