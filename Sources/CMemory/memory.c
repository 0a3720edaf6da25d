#define _GNU_SOURCE
#include "CMemory.h"
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

static const size_t huge = 2u << 20;
/// What is given by the page at first, so that what stays small takes little.
static const size_t small = 64u << 10;

void *wirewatch_memory_reserve(size_t octets, size_t *reserved) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t wanted = (octets + page - 1) / page * page;
    for (; wanted >= page; wanted = wanted / 2 / page * page) {
        // With room to begin at a place from which a huge page is `small` octets away.
        size_t room = wanted + huge;
        char *start = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (start == MAP_FAILED) continue;
        size_t before = (huge - ((uintptr_t)start + small) % huge) % huge;
        if (before > 0) munmap(start, before);
        if (before < huge) munmap(start + before + wanted, huge - before);
        start += before;
        if (wanted > small) madvise(start + small, wanted - small, MADV_HUGEPAGE);
        *reserved = wanted;
        return start;
    }
    *reserved = 0;
    return NULL;
}

void wirewatch_memory_release(void *start, size_t reserved) { munmap(start, reserved); }
