// The registry's tables, embedded as they stand beside this header's folder. No logic.
#pragma once

#include <stddef.h>

// One embedded table: its first byte and its size in bytes. Not NUL-terminated.
typedef struct {
    const unsigned char *start;
    size_t size;
} portolan_table;

portolan_table portolan_catalogue_table(void);
portolan_table portolan_ranges_table(void);
portolan_table portolan_iana_table(void);
portolan_table portolan_common_table(void);
portolan_table portolan_use_table(void);
