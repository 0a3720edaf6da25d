#pragma once
#include <stdint.h>

/// Calls of malloc, calloc, realloc, posix_memalign, aligned_alloc and memalign by this process so far.
uint64_t wirewatch_allocation_count(void);
