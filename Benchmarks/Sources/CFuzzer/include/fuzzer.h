#pragma once
#include <stddef.h>
#include <stdint.h>

/// libFuzzer's driver, which its own `main` would call: SwiftPM gives each executable a `main` of its own.
int LLVMFuzzerRunDriver(int *count, char ***arguments, int (*test)(const uint8_t *bytes, size_t count));
