#define _GNU_SOURCE
#include "include/namespaces.h"
#include <sched.h>
#include <sys/mount.h>

int wirewatch_unshare(int flags) { return unshare(flags); }

int wirewatch_setns(int descriptor, int type) { return setns(descriptor, type); }

int wirewatch_mount_own_proc(void) {
    if (unshare(CLONE_NEWNS) != 0) return -1;
    // Nothing that is mounted from here on is seen outside.
    if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) return -1;
    return mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
}
