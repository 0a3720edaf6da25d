#define _GNU_SOURCE
#include "include/processes.h"
#include <fcntl.h>
#include <limits.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int wirewatch_thread_number(void) { return gettid(); }

int wirewatch_become_subreaper(void) { return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); }

int wirewatch_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

void wirewatch_close_from(int first) {
#ifdef SYS_close_range
    if (syscall(SYS_close_range, (unsigned int)first, UINT_MAX, 0u) == 0) return;
#endif
    // Before Linux 5.9. Descriptors are given from the lowest on, so few are this high.
    for (int descriptor = first; descriptor < 4096; descriptor++) close(descriptor);
}
