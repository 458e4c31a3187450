// SPDX-License-Identifier: Apache-2.0
#include "core/base/result.h"

namespace guidino {

int exitCodeOf(ErrorCode code)
{
    switch (code) {
    case ErrorCode::CheckFailed:
        return 1;
    case ErrorCode::Usage:
    case ErrorCode::Configuration:
        return 2;
    case ErrorCode::NotFound:
    case ErrorCode::BadInput:
        return 3;
    case ErrorCode::OutOfMemory:
    case ErrorCode::OutOfDeviceMemory:
        return 4;
    case ErrorCode::Cancelled:
        return 5;
    case ErrorCode::CannotWrite:
        return 6;
    case ErrorCode::Internal:
        break;
    }
    return 70;
}

const char* nameOf(ErrorCode code)
{
    switch (code) {
    case ErrorCode::CheckFailed:
        return "check_failed";
    case ErrorCode::Usage:
        return "usage";
    case ErrorCode::Configuration:
        return "configuration";
    case ErrorCode::NotFound:
        return "not_found";
    case ErrorCode::BadInput:
        return "bad_input";
    case ErrorCode::OutOfMemory:
        return "out_of_memory";
    case ErrorCode::OutOfDeviceMemory:
        return "out_of_device_memory";
    case ErrorCode::Cancelled:
        return "cancelled";
    case ErrorCode::CannotWrite:
        return "cannot_write";
    case ErrorCode::Internal:
        break;
    }
    return "internal";
}

} // namespace guidino
