// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

/// Event files of TensorBoard: curves of a training for whoever looks at them there. Records are
/// framed like TFRecord (tensorflow/core/lib/io/record_writer.cc), payloads are the protocol
/// buffers Event and Summary (tensorflow/core/util/event.proto, tensorboard/compat/proto), written
/// by hand: four fields are all that a curve needs.
namespace guidino {

/// CRC-32C (Castagnoli, polynomial 0x1EDC6F41, reflected; RFC 3720, appendix B.4).
[[nodiscard]] std::uint32_t crc32c(std::string_view bytes);

/// As TFRecord stores it: rotated right by 15 bits, plus 0xA282EAD8.
[[nodiscard]] std::uint32_t maskedCrc32c(std::string_view bytes);

/// The payload with its frame: length (8 bytes), masked CRC-32C of these, payload, masked CRC-32C
/// of it; numbers little-endian.
[[nodiscard]] std::string eventRecord(std::string_view payload);

/// One growing file `events.out.tfevents.SECONDS.HOST.PID.N` in a folder. Each event is written at
/// once and whole; where that fails (a full disk), what was there before stays valid. Not
/// thread-safe.
class EventFile
{
public:
    /// Makes a new file, whatever other event files are there: TensorBoard reads them all, in the
    /// order of their names. CannotWrite.
    [[nodiscard]] static Result<EventFile> create(const std::filesystem::path& folder);

    EventFile(EventFile&& other) noexcept;
    EventFile& operator=(EventFile&& other) noexcept;
    EventFile(const EventFile&) = delete;
    EventFile& operator=(const EventFile&) = delete;
    ~EventFile();

    [[nodiscard]] const std::filesystem::path& path() const { return m_path; }

    /// One point of the curve `tag` (UTF-8, groups separated by '/'), now. Stored as float32.
    /// CannotWrite.
    [[nodiscard]] Status addScalar(std::string_view tag, double value, std::int64_t step);

    /// A training goes on from before this step: what earlier files say about it and later steps
    /// is no longer shown. CannotWrite.
    [[nodiscard]] Status addRestart(std::int64_t step);

private:
    EventFile() = default;
    [[nodiscard]] Status append(std::string_view event);

    int m_descriptor = -1;
    std::filesystem::path m_path;
};

} // namespace guidino
