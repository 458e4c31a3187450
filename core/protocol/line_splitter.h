// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/protocol/messages.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace guidino::protocol {

/// Whole lines from pieces of any size, in bounded memory: of a line beyond the limit only its
/// existence is kept. Single thread.
class LineSplitter
{
public:
    explicit LineSplitter(std::size_t maxBytes = kMaxLineBytes)
        : m_maxBytes(maxBytes)
    {}

    void feed(std::string_view bytes);

    /// The next whole line without its end ("\n" or "\r\n"); nothing while none is complete.
    /// Too long lines are passed over and counted.
    [[nodiscard]] std::optional<std::string> next();

    [[nodiscard]] std::int64_t tooLong() const { return m_tooLong; }

    /// Forgets an unfinished line.
    void reset();

private:
    std::string m_buffer;
    std::size_t m_begin = 0; ///< of the next line in m_buffer
    std::size_t m_searched = 0;
    std::size_t m_maxBytes;
    bool m_isSkipping = false;
    std::int64_t m_tooLong = 0;
};

} // namespace guidino::protocol
