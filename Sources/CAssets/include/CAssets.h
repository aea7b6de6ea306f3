// The dashboard's files and the API's description, embedded as they stand beside this header's
// folder. No logic.
#pragma once

#include <stddef.h>

// One embedded file: its first byte and its size in bytes. Not NUL-terminated.
typedef struct {
    const unsigned char *start;
    size_t size;
} portolan_file;

// One of the dashboard's files besides its page, with its name.
typedef struct {
    const char *name;
    portolan_file file;
} portolan_asset;

portolan_file portolan_dashboard_page(void);
// A file may name another as "./name"; it then stands behind it.
size_t portolan_asset_count(void);
// The asset at `index`, 0...portolan_asset_count() - 1.
portolan_asset portolan_asset_at(size_t index);

portolan_file portolan_openapi_yaml(void);
portolan_file portolan_openapi_json(void);
