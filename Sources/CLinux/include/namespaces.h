/// Namespace calls, declared here because glibc guards them with _GNU_SOURCE, which Swift's importer does not set.
#pragma once

enum {
    WIREWATCH_CLONE_NEWUSER = 0x10000000,
    WIREWATCH_CLONE_NEWPID = 0x20000000,
    WIREWATCH_CLONE_NEWNET = 0x40000000,
};

/// unshare(2): 0, or -1 with errno.
int wirewatch_unshare(int flags);

/// setns(2): 0, or -1 with errno. Moves the calling thread.
int wirewatch_setns(int descriptor, int type);

/// Gives the calling process a mount namespace of its own, and there a /proc of its process namespace: 0, or -1 with errno.
int wirewatch_mount_own_proc(void);
