/// Waiting for a descriptor with nanoseconds: ppoll(2), which glibc guards with _GNU_SOURCE, and eventfd(2).
#pragma once
#include <stdint.h>

/// Waits until `descriptor` is readable or `nanoseconds` have passed: 1, 0, or -1 with errno.
int wirewatch_wait_readable(int descriptor, int64_t nanoseconds);

/// Lets waits of the calling thread end within a nanosecond of their time, as far as the kernel can: prctl(2),
/// PR_SET_TIMERSLACK.
void wirewatch_sharpen_timers(void);

/// An eventfd(2) that does not block and is closed in programs that this one starts; or -1 with errno.
int wirewatch_eventfd(void);
