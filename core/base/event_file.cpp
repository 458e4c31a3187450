// SPDX-License-Identifier: Apache-2.0
#include "core/base/event_file.h"

#include "core/base/file.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <bit>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <utility>

namespace guidino {

namespace {

namespace fs = std::filesystem;

/// Numbers and wire types of the fields, as tags of protocol buffers: number << 3 | type.
enum Tag : char {
    kWallTime = 1 << 3 | 1,   ///< Event.wall_time, double
    kStep = 2 << 3 | 0,       ///< Event.step, varint
    kVersion = 3 << 3 | 2,    ///< Event.file_version, string
    kSummary = 5 << 3 | 2,    ///< Event.summary, message
    kSessionLog = 7 << 3 | 2, ///< Event.session_log, message
    kValue = 1 << 3 | 2,      ///< Summary.value, message
    kName = 1 << 3 | 2,       ///< Summary.Value.tag, string
    kScalar = 2 << 3 | 5,     ///< Summary.Value.simple_value, float
    kStatus = 1 << 3 | 0,     ///< SessionLog.status, varint
};

constexpr char kStart = 1; ///< SessionLog.START

constexpr std::array<std::uint32_t, 256> makeTable()
{
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < table.size(); ++i) {
        std::uint32_t value = i;
        for (int bit = 0; bit < 8; ++bit) {
            value = value >> 1 ^ ((value & 1) != 0 ? 0x82F63B78U : 0U);
        }
        table[i] = value;
    }
    return table;
}

template<typename Integer>
void putFixed(std::string& out, Integer value)
{
    for (std::size_t i = 0; i < sizeof value; ++i) {
        out += static_cast<char>(value >> 8 * i & 0xFF);
    }
}

void putVarint(std::string& out, std::uint64_t value)
{
    for (; value >= 0x80; value >>= 7) {
        out += static_cast<char>(value | 0x80);
    }
    out += static_cast<char>(value);
}

void putBytes(std::string& out, Tag tag, std::string_view bytes)
{
    out += static_cast<char>(tag);
    putVarint(out, bytes.size());
    out += bytes;
}

/// Wall time and step, with which each event begins.
std::string beginEvent(std::int64_t step)
{
    const std::chrono::duration<double> now = std::chrono::system_clock::now().time_since_epoch();
    std::string event;
    event += static_cast<char>(kWallTime);
    putFixed(event, std::bit_cast<std::uint64_t>(now.count()));
    if (step != 0) { // a field that has its default is left out
        event += static_cast<char>(kStep);
        putVarint(event, static_cast<std::uint64_t>(step));
    }
    return event;
}

std::string hostName()
{
    std::array<char, 256> name{};
    if (::gethostname(name.data(), name.size() - 1) != 0 || name[0] == '\0') {
        return "localhost";
    }
    for (char& letter : name) {
        letter = letter == '/' ? '-' : letter;
    }
    return name.data();
}

Error cannotWrite(const fs::path& path)
{
    const std::string reason = std::strerror(errno); // NOLINT(concurrency-mt-unsafe)
    return Error{
        ErrorCode::CannotWrite,
        "cannot write '" + path.string() + "': " + reason,
        {{"file", path.string()}}};
}

} // namespace

std::uint32_t crc32c(std::string_view bytes)
{
    static constexpr std::array<std::uint32_t, 256> kTable = makeTable();
    std::uint32_t value = ~0U;
    for (const char byte : bytes) {
        value = value >> 8 ^ kTable[(value ^ static_cast<unsigned char>(byte)) & 0xFF];
    }
    return ~value;
}

std::uint32_t maskedCrc32c(std::string_view bytes)
{
    return std::rotr(crc32c(bytes), 15) + 0xA282EAD8U;
}

std::string eventRecord(std::string_view payload)
{
    std::string record;
    putFixed(record, static_cast<std::uint64_t>(payload.size()));
    putFixed(record, maskedCrc32c(record));
    record += payload;
    putFixed(record, maskedCrc32c(payload));
    return record;
}

Result<EventFile> EventFile::create(const fs::path& folder)
{
    GD_TRY(makeFolder(folder));
    const auto now = std::chrono::duration_cast<std::chrono::seconds>(
        std::chrono::system_clock::now().time_since_epoch());
    std::array<char, 32> seconds{};
    (void)std::snprintf(
        seconds.data(), seconds.size(), "%010lld", static_cast<long long>(now.count()));
    const std::string stem = std::string("events.out.tfevents.") + seconds.data() + "." + hostName()
                             + "." + std::to_string(::getpid()) + ".";
    EventFile file;
    constexpr int kMostFiles = 1000; // of one process in one second
    for (int number = 0; file.m_descriptor < 0; ++number) {
        file.m_path = folder / (stem + std::to_string(number));
        file.m_descriptor =
            ::open(file.m_path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0644);
        if (file.m_descriptor < 0 && (errno != EEXIST || number >= kMostFiles)) {
            return cannotWrite(file.m_path);
        }
    }
    std::string event = beginEvent(0);
    putBytes(event, kVersion, "brain.Event:2");
    GD_TRY(file.append(event));
    return file;
}

EventFile::EventFile(EventFile&& other) noexcept
    : m_descriptor(std::exchange(other.m_descriptor, -1))
    , m_path(std::move(other.m_path))
{}

EventFile& EventFile::operator=(EventFile&& other) noexcept
{
    std::swap(m_descriptor, other.m_descriptor);
    std::swap(m_path, other.m_path);
    return *this;
}

EventFile::~EventFile()
{
    if (m_descriptor >= 0) {
        ::close(m_descriptor);
    }
}

Status EventFile::addScalar(std::string_view tag, double value, std::int64_t step)
{
    std::string scalar;
    putBytes(scalar, kName, tag);
    scalar += static_cast<char>(kScalar);
    putFixed(scalar, std::bit_cast<std::uint32_t>(static_cast<float>(value)));
    std::string summary;
    putBytes(summary, kValue, scalar);
    std::string event = beginEvent(step);
    putBytes(event, kSummary, summary);
    return append(event);
}

Status EventFile::addRestart(std::int64_t step)
{
    std::string event = beginEvent(step);
    putBytes(event, kSessionLog, std::string{static_cast<char>(kStatus), kStart});
    return append(event);
}

Status EventFile::append(std::string_view event)
{
    const std::string record = eventRecord(event);
    const off_t before = ::lseek(m_descriptor, 0, SEEK_END);
    std::string_view rest = record;
    while (!rest.empty()) {
        const ssize_t count = ::write(m_descriptor, rest.data(), rest.size());
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0) {
            const Error error = cannotWrite(m_path);
            // A half record would end the file for readers.
            [[maybe_unused]] const int ignored = ::ftruncate(m_descriptor, before);
            return error;
        }
        rest.remove_prefix(static_cast<std::size_t>(count));
    }
    return {};
}

} // namespace guidino
