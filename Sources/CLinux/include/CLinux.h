/// What Swift's Glibc module lacks: namespaces, packet sockets, socket filters, and TCP_INFO as the kernel returns it.
///
/// Includes no header of glibc that Swift's Glibc module holds: a C type must not seem to come from two modules.
#pragma once
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <linux/rtnetlink.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <linux/veth.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>

#include "abstract_socket.h"
#include "interfaces.h"
#include "accepting.h"
#include "datagrams.h"
#include "namespaces.h"
#include "packet_socket.h"
#include "processes.h"
#include "tcp_info.h"
#include "waiting.h"
