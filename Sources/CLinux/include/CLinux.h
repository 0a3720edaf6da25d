/// What Swift's Glibc module lacks: namespaces, packet sockets, socket filters, and TCP_INFO as the kernel returns it.
#pragma once
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "namespaces.h"
#include "tcp_info.h"
