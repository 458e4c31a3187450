// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace guidino {

/// What went wrong, as a class of failures that a program can act on. Each maps to one exit code of
/// the programs.
enum class ErrorCode {
    CheckFailed,   ///< a verification did not hold (exit 1)
    Usage,         ///< unknown option or option value (exit 2)
    Configuration, ///< a configuration or recipe is not valid (exit 2)
    NotFound,      ///< a named file, folder or model is not there (exit 3)
    BadInput,      ///< a file is damaged, of the wrong kind or inconsistent with another (exit 3)
    OutOfMemory,   ///< host memory (exit 4)
    OutOfDeviceMemory, ///< GPU memory (exit 4)
    Cancelled,         ///< the user asked for it (exit 5)
    CannotWrite,       ///< read-only folder, full disk (exit 6)
    Internal,          ///< our own fault (exit 70)
};

/// The exit code of a program that ends with this error: 1, 2, 3, 4, 5, 6 or 70.
[[nodiscard]] int exitCodeOf(ErrorCode code);

/// Stable lower-case name for protocols and logs, such as "bad_input".
[[nodiscard]] const char* nameOf(ErrorCode code);

/// A failure as a value. `message` is English, names the file and the place and says what to do; it
/// is meant for logs and the command line. The window maps `code` to a translated sentence and an
/// action. `context` holds named details
/// ("file", "line", "key").
struct Error
{
    ErrorCode code = ErrorCode::Internal;
    std::string message;
    std::vector<std::pair<std::string, std::string>> context;

    [[nodiscard]] Error with(std::string key, std::string value) &&
    {
        context.emplace_back(std::move(key), std::move(value));
        return std::move(*this);
    }
};

/// A value or an Error, with the interface of C++23's std::expected as far as it is used here.
template<typename T>
class [[nodiscard]] Result
{
public:
    using value_type = T;

    Result(T value) // NOLINT(google-explicit-constructor): a value is a result
        : m_state(std::in_place_index<0>, std::move(value))
    {}

    Result(Error error) // NOLINT(google-explicit-constructor): an error is a result
        : m_state(std::in_place_index<1>, std::move(error))
    {}

    [[nodiscard]] bool has_value() const { return m_state.index() == 0; }

    explicit operator bool() const { return has_value(); }

    [[nodiscard]] T& value() & { return std::get<0>(m_state); }

    [[nodiscard]] const T& value() const& { return std::get<0>(m_state); }

    [[nodiscard]] T&& value() && { return std::get<0>(std::move(m_state)); }

    T& operator*() & { return value(); }

    const T& operator*() const& { return value(); }

    T&& operator*() && { return std::move(*this).value(); }

    T* operator->() { return &value(); }

    const T* operator->() const { return &value(); }

    [[nodiscard]] const Error& error() const& { return std::get<1>(m_state); }

    [[nodiscard]] Error&& error() && { return std::get<1>(std::move(m_state)); }

    template<typename U>
    [[nodiscard]] T value_or(U&& fallback) const&
    {
        return has_value() ? value() : static_cast<T>(std::forward<U>(fallback));
    }

private:
    std::variant<T, Error> m_state;
};

/// Success without a value, or an Error.
template<>
class [[nodiscard]] Result<void>
{
public:
    using value_type = void;

    Result() = default;

    Result(Error error) // NOLINT(google-explicit-constructor): an error is a result
        : m_error(std::move(error))
    {}

    [[nodiscard]] bool has_value() const { return !m_error.has_value(); }

    explicit operator bool() const { return has_value(); }

    [[nodiscard]] const Error& error() const& { return *m_error; }

    [[nodiscard]] Error&& error() && { return std::move(*m_error); }

private:
    std::optional<Error> m_error;
};

using Status = Result<void>;

} // namespace guidino

/// Returns the error of a failed expression from the enclosing function (which returns a Result);
/// else goes on.
#define GD_TRY(expression) \
    do { \
        if (auto gdTryStatus = (expression); !gdTryStatus) { \
            return std::move(gdTryStatus).error(); \
        } \
    } while (false)
