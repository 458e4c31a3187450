// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace guidino {

/// CRC-32 of ISO 3309 (reflected polynomial 0xEDB88320) as ZIP and PNG use it, over data that
/// comes in pieces: `crc` is that of the pieces before, 0 for none.
[[nodiscard]] std::uint32_t crc32Of(std::uint32_t crc, const void* data, std::size_t bytes);

} // namespace guidino
