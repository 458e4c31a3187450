// SPDX-License-Identifier: Apache-2.0
#include "core/base/crc32.h"

#include <array>

namespace guidino {

std::uint32_t crc32Of(std::uint32_t crc, const void* data, std::size_t bytes)
{
    static const std::array<std::uint32_t, 256> kTable = [] {
        std::array<std::uint32_t, 256> table{};
        for (std::uint32_t i = 0; i < table.size(); ++i) {
            std::uint32_t value = i;
            for (int bit = 0; bit < 8; ++bit) {
                value = (value & 1U) != 0 ? 0xEDB88320U ^ (value >> 1) : value >> 1;
            }
            table.at(i) = value;
        }
        return table;
    }();
    const auto* byte = static_cast<const unsigned char*>(data);
    crc = ~crc;
    for (std::size_t i = 0; i < bytes; ++i) {
        crc = kTable[(crc ^ byte[i]) & 0xffU] ^ (crc >> 8);
    }
    return ~crc;
}

} // namespace guidino
