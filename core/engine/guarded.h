// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <string>
#include <type_traits>
#include <utility>

namespace guidino::engine {

/// What the exception now being handled means: c10::OutOfMemoryError → OutOfDeviceMemory,
/// std::bad_alloc and a failed allocation of LibTorch's CPU allocator → OutOfMemory, an
/// ErrorException → its error, nlohmann's exceptions → BadInput, other c10::Error and
/// std::exception → Internal with the first line of what(). Call only inside a catch block.
[[nodiscard]] Error errorOfCurrentException(const std::string& what);

/// An Error on its way through code that may throw; guarded() hands it on unchanged.
struct ErrorException
{
    Error error;
};

/// The value of a Result, else throws its error for the guarded() around.
template<typename T>
T valueOrThrow(Result<T> result)
{
    if (!result) {
        throw ErrorException{std::move(result).error()};
    }
    if constexpr (!std::is_void_v<T>) {
        return std::move(result).value();
    }
}

/// Calls `function`, which returns a Result, and turns every exception into an error. The one place
/// where LibTorch's exceptions end. `what` names the work for the message, such as "Prediction".
template<typename Function>
auto guarded(const std::string& what, Function&& function) -> std::invoke_result_t<Function>
{
    try {
        return std::forward<Function>(function)();
    } catch (...) {
        return errorOfCurrentException(what);
    }
}

} // namespace guidino::engine
