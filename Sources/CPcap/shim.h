#pragma once
#include <pcap/pcap.h>
// __fsetlocking(3): a stream that one owner reads needs no lock per call.
#include <stdio_ext.h>
