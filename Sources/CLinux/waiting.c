#define _GNU_SOURCE
#include "include/waiting.h"
#include <poll.h>
#include <sys/prctl.h>
#include <sys/eventfd.h>
#include <time.h>

int wirewatch_wait_readable(int descriptor, int64_t nanoseconds) {
    struct pollfd waiting = {.fd = descriptor, .events = POLLIN};
    struct timespec time = {.tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000};
    return ppoll(&waiting, 1, &time, 0);
}

int wirewatch_wait_readable_of_two(int first, int other, int64_t nanoseconds) {
    struct pollfd waiting[2] = {{.fd = first, .events = POLLIN}, {.fd = other, .events = POLLIN}};
    struct timespec time = {.tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000};
    int count = ppoll(waiting, 2, nanoseconds < 0 ? 0 : &time, 0);
    return count <= 0 ? count : waiting[0].revents ? 1 : 2;
}

int wirewatch_poll(void *descriptors, uint32_t count, int64_t nanoseconds) {
    struct timespec time = {.tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000};
    return ppoll(descriptors, count, nanoseconds < 0 ? 0 : &time, 0);
}

void wirewatch_sharpen_timers(void) { prctl(PR_SET_TIMERSLACK, 1UL); }

int wirewatch_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }
