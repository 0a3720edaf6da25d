#include "pcap_loop.h"
#include <pcap/pcap.h>

int64_t wirewatch_pcap_loop(const char *path) {
    char error[PCAP_ERRBUF_SIZE];
    pcap_t *handle = pcap_open_offline(path, error);
    if (handle == NULL) return -1;
    struct pcap_pkthdr *header;
    const u_char *bytes;
    int64_t frames = 0;
    int status;
    while ((status = pcap_next_ex(handle, &header, &bytes)) == 1) frames++;
    pcap_close(handle);
    return status == PCAP_ERROR_BREAK ? frames : -1;
}
