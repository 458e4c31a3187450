// SPDX-License-Identifier: Apache-2.0
#include "core/protocol/line_splitter.h"

#include <algorithm>

namespace guidino::protocol {

void LineSplitter::feed(std::string_view bytes)
{
    if (m_isSkipping) {
        const std::size_t end = bytes.find('\n');
        if (end == std::string_view::npos) {
            return;
        }
        m_isSkipping = false;
        bytes.remove_prefix(end + 1);
    }
    if (m_begin > 0) {
        m_buffer.erase(0, m_begin);
        m_searched -= m_begin;
        m_begin = 0;
    }
    m_buffer.append(bytes);
    // Memory is bounded by what one caller feeds at once plus one line: an unfinished line beyond
    // the limit goes at once.
    const std::size_t last = m_buffer.rfind('\n');
    const std::size_t tail = last == std::string::npos ? 0 : last + 1;
    if (m_buffer.size() - tail > m_maxBytes) {
        m_buffer.resize(tail);
        m_searched = std::min(m_searched, tail);
        m_isSkipping = true;
        ++m_tooLong;
    }
}

std::optional<std::string> LineSplitter::next()
{
    for (;;) {
        const std::size_t end = m_buffer.find('\n', std::max(m_begin, m_searched));
        if (end == std::string::npos) {
            m_searched = m_buffer.size();
            return std::nullopt;
        }
        std::string line = m_buffer.substr(m_begin, end - m_begin);
        m_begin = end + 1;
        m_searched = m_begin;
        if (line.size() > m_maxBytes) {
            ++m_tooLong;
            continue;
        }
        if (!line.empty() && line.back() == '\r') {
            line.pop_back();
        }
        return line;
    }
}

void LineSplitter::reset()
{
    m_buffer.clear();
    m_begin = 0;
    m_searched = 0;
    m_isSkipping = false;
}

} // namespace guidino::protocol
