// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/log.h"

#include <cstdlib>

/// A caller's mistake: aborts in debug builds, is logged in release builds. Never for bad data,
/// which is an Error.
#ifdef NDEBUG
#define GD_ASSERT(condition) \
    do { \
        if (!(condition)) { \
            ::guidino::logError("assertion failed: " #condition); \
        } \
    } while (false)
#else
#define GD_ASSERT(condition) \
    do { \
        if (!(condition)) { \
            ::guidino::logError("assertion failed: " #condition); \
            std::abort(); \
        } \
    } while (false)
#endif
