/// Memory that Swift has no words for: a stretch of addresses that is reserved at once, and lines that are fetched in advance.
#pragma once
#include <stddef.h>

/// Reserves `octets` octets of zeros, or less where the system has not as much, and says in `reserved` how many; NULL where it has
/// not even a page.
///
/// They begin where a line of the processor's cache does, and none of them is memory before it is touched: the first 64 KiB then
/// become so by the page, what follows by huge pages, where the system gives these to those who ask (MADV_HUGEPAGE).
void *wirewatch_memory_reserve(size_t octets, size_t *reserved);

/// Gives back what was reserved.
void wirewatch_memory_release(void *start, size_t reserved);

/// Has the processor fetch a line of its cache that is going to be read and written, and does not wait for it. Any address will
/// do: one that is no memory is not fetched.
static inline void wirewatch_memory_prefetch(const void *address) { __builtin_prefetch(address, 1, 3); }
