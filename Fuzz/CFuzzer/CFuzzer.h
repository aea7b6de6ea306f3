// libFuzzer's own main, for a program that chooses what is called. Headers only; no logic.
#pragma once

#include <stddef.h>
#include <stdint.h>

extern int LLVMFuzzerRunDriver(
    int *argc, char ***argv, int (*callback)(const uint8_t *data, size_t size));
