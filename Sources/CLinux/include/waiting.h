/// Waiting for a descriptor with nanoseconds: ppoll(2), which glibc guards with _GNU_SOURCE, and eventfd(2).
#pragma once
#include <stdint.h>

/// Waits until `descriptor` is readable or `nanoseconds` have passed: 1, 0, or -1 with errno.
int wirewatch_wait_readable(int descriptor, int64_t nanoseconds);

/// Waits until one of two descriptors is readable, or `nanoseconds` have passed, which is for ever where they are negative: 1 where the
/// first one is, 2 where the other one alone is, 0 where the time is over, or -1 with errno.
int wirewatch_wait_readable_of_two(int first, int other, int64_t nanoseconds);

/// Waits until one of `count` descriptors is ready (ppoll(2)), or `nanoseconds` have passed, which is for ever where they are
/// negative. `descriptors` is an array of `struct pollfd`. How many are ready, 0, or -1 with errno.
int wirewatch_poll(void *descriptors, uint32_t count, int64_t nanoseconds);

/// Lets waits of the calling thread end within a nanosecond of their time, as far as the kernel can: prctl(2),
/// PR_SET_TIMERSLACK.
void wirewatch_sharpen_timers(void);

/// An eventfd(2) that does not block and is closed in programs that this one starts; or -1 with errno.
int wirewatch_eventfd(void);
