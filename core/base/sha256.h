// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace guidino {

/// SHA-256 (FIPS 180-4) over data that comes in pieces.
class Sha256
{
public:
    Sha256();

    void add(const void* data, std::size_t bytes);

    /// 64 lower-case hexadecimal digits. Call once, at the end.
    [[nodiscard]] std::string hex();

private:
    void block(const std::uint8_t* data);

    std::array<std::uint32_t, 8> m_state;
    std::array<std::uint8_t, 64> m_buffer{};
    std::size_t m_buffered = 0;
    std::uint64_t m_bytes = 0;
};

[[nodiscard]] std::string sha256Of(std::string_view data);

/// Of a file's content.
[[nodiscard]] Result<std::string> sha256OfFile(const std::filesystem::path& path);

} // namespace guidino
