// SPDX-License-Identifier: Apache-2.0
#include "core/engine/guarded.h"

#include <torch/torch.h>

#include <nlohmann/json.hpp>

#include <new>

namespace guidino::engine {

namespace {

std::string firstLine(const std::string& text)
{
    return text.substr(0, text.find('\n'));
}

} // namespace

Error errorOfCurrentException(const std::string& what)
{
    try {
        throw;
    } catch (ErrorException& exception) {
        return std::move(exception.error);
    } catch (const c10::OutOfMemoryError& exception) {
        return Error{
            ErrorCode::OutOfDeviceMemory,
            what + ": the GPU's memory is full: " + firstLine(exception.what_without_backtrace()),
            {}};
    } catch (const c10::Error& exception) {
        const std::string line = firstLine(exception.what_without_backtrace());
        // c10's CPU allocator throws a plain c10::Error.
        if (line.find("DefaultCPUAllocator") != std::string::npos
            || line.find("can't allocate memory") != std::string::npos) {
            return Error{ErrorCode::OutOfMemory, what + ": memory is full: " + line, {}};
        }
        return Error{ErrorCode::Internal, what + ": " + line, {}};
    } catch (const std::bad_alloc&) {
        return Error{ErrorCode::OutOfMemory, what + ": memory is full.", {}};
    } catch (const nlohmann::json::exception& exception) {
        return Error{ErrorCode::BadInput, what + ": " + firstLine(exception.what()), {}};
    } catch (const std::exception& exception) {
        return Error{ErrorCode::Internal, what + ": " + firstLine(exception.what()), {}};
    } catch (...) {
        return Error{ErrorCode::Internal, what + ": unknown exception.", {}};
    }
}

} // namespace guidino::engine
