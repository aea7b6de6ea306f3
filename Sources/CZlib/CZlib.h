// zlib, and its macros that Swift cannot import. Headers only; no logic.
#pragma once

#include <zlib.h>

// deflateInit2 is a macro that passes the version and the size of the caller's z_stream.
static inline int portolan_deflateInit2(
    z_streamp stream, int level, int method, int windowBits, int memoryLevel, int strategy)
{
    return deflateInit2(stream, level, method, windowBits, memoryLevel, strategy);
}
