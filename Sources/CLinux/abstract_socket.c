#define _GNU_SOURCE
#include "include/abstract_socket.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/// Calls bind(2) or connect(2) with the name's address on a new socket.
static int open_with(const char *name, int (*use)(int, const struct sockaddr *, socklen_t)) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(name);
    // The octet before the name is 0: that makes it abstract.
    if (length + 1 > sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(address.sun_path + 1, name, length);
    int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -1;
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + length);
    if (use(descriptor, (const struct sockaddr *)&address, size) < 0) {
        int error = errno;
        close(descriptor);
        errno = error;
        return -1;
    }
    return descriptor;
}

static int bind_and_listen(int descriptor, const struct sockaddr *address, socklen_t size) {
    return bind(descriptor, address, size) < 0 ? -1 : listen(descriptor, 8);
}

int wirewatch_abstract_listen(const char *name) { return open_with(name, bind_and_listen); }

int wirewatch_abstract_connect(const char *name) {
    return open_with(name, (int (*)(int, const struct sockaddr *, socklen_t))connect);
}

int wirewatch_peer_user(int descriptor, uint32_t *user) {
    struct ucred peer;
    socklen_t size = sizeof peer;
    if (getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0) return -1;
    *user = peer.uid;
    return 0;
}
