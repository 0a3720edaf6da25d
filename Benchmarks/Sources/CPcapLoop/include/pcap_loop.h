#pragma once
#include <stdint.h>

/// Reads a capture file with pcap_open_offline and pcap_next_ex, libpcap's defaults for everything, and touches no octet.
///
/// Returns the count of frames, or -1 where the file cannot be opened or read.
int64_t wirewatch_pcap_loop(const char *path);
