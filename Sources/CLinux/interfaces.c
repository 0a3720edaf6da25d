#include "include/interfaces.h"
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>

static struct ifreq request_for(const char *name) {
    struct ifreq request;
    memset(&request, 0, sizeof request);
    strncpy(request.ifr_name, name, IFNAMSIZ - 1);
    return request;
}

int wirewatch_interface_up(int socket, const char *name) {
    struct ifreq request = request_for(name);
    if (ioctl(socket, SIOCGIFFLAGS, &request) != 0) return -1;
    request.ifr_flags |= IFF_UP;
    return ioctl(socket, SIOCSIFFLAGS, &request);
}

int wirewatch_interface_set_mtu(int socket, const char *name, int octets) {
    struct ifreq request = request_for(name);
    request.ifr_mtu = octets;
    return ioctl(socket, SIOCSIFMTU, &request);
}

static int ethtool_set(int socket, const char *name, uint32_t command, uint32_t data) {
    struct ethtool_value value = {.cmd = command, .data = data};
    struct ifreq request = request_for(name);
    request.ifr_data = (void *)&value;
    return ioctl(socket, SIOCETHTOOL, &request);
}

int wirewatch_interface_disable_segmentation_offload(int socket, const char *name) {
    if (ethtool_set(socket, name, ETHTOOL_STSO, 0) != 0) return -1;
    return ethtool_set(socket, name, ETHTOOL_SGSO, 0);
}
