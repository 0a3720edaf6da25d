#define _GNU_SOURCE
#include "include/namespaces.h"
#include <sched.h>

int wirewatch_unshare(int flags) { return unshare(flags); }

int wirewatch_setns(int descriptor, int type) { return setns(descriptor, type); }
