#pragma once
// Swift's Glibc module comes first, so that what libpcap's headers include (struct timeval, struct sockaddr) belongs to
// it alone. Otherwise both modules define these types, and users of Glibc's are told to import CPcap.
#if __has_feature(modules)
#pragma clang module import SwiftGlibc
#endif
#include <pcap/pcap.h>
// __fsetlocking(3): a stream that one owner reads needs no lock per call.
#include <stdio_ext.h>
