#define _GNU_SOURCE
#include "include/accepting.h"
#include <sys/socket.h>

int wirewatch_accept(int listener, void *address, uint32_t *length) {
    return accept4(listener, address, length, SOCK_CLOEXEC);
}
