// SPDX-License-Identifier: Apache-2.0
#include "core/nn/io/zip_reader.h"

#include <algorithm>
#include <cstdint>
#include <optional>

namespace guidino::nn {

namespace {

// PKWARE APPNOTE 6.3.10, sections 4.3.7, 4.3.12, 4.3.14 to 4.3.16.
constexpr std::uint32_t kLocalHeader = 0x04034b50;
constexpr std::uint32_t kCentralHeader = 0x02014b50;
constexpr std::uint32_t kEnd = 0x06054b50;
constexpr std::uint32_t kEnd64 = 0x06064b50;
constexpr std::uint32_t kEnd64Locator = 0x07064b50;
constexpr std::uint32_t kNone32 = 0xffffffff;
constexpr std::size_t kLocalBytes = 30;
constexpr std::size_t kCentralBytes = 46;
constexpr std::size_t kEndBytes = 22;

using Bytes = std::span<const std::byte>;
using Entries = std::map<std::string, Bytes>;

struct Fault
{
    std::string message;
};

std::uint64_t number(Bytes bytes, std::uint64_t offset, std::size_t width)
{
    if (offset > bytes.size() || width > bytes.size() - offset) {
        throw Fault{"it ends too early; it is probably truncated"};
    }
    std::uint64_t value = 0;
    for (std::size_t i = width; i-- > 0;) {
        value =
            value << 8 | static_cast<std::uint64_t>(bytes[static_cast<std::size_t>(offset) + i]);
    }
    return value;
}

struct Directory
{
    std::uint64_t offset = 0;
    std::uint64_t bytes = 0;
    std::uint64_t entries = 0;
};

/// The end record, which is searched from the back because a comment may follow it.
Directory findDirectory(Bytes file)
{
    std::optional<std::size_t> end;
    const std::size_t reach = std::min<std::size_t>(file.size(), kEndBytes + 0xffff);
    for (std::size_t back = kEndBytes; back <= reach && !end; ++back) {
        if (number(file, file.size() - back, 4) == kEnd) {
            end = file.size() - back;
        }
    }
    if (!end) {
        throw Fault{"it has no zip directory; it is probably truncated"};
    }
    Directory directory{
        number(file, *end + 16, 4), number(file, *end + 12, 4), number(file, *end + 10, 2)};
    if (*end >= 20 && number(file, *end - 20, 4) == kEnd64Locator) {
        const std::uint64_t end64 = number(file, *end - 12, 8);
        if (number(file, end64, 4) != kEnd64) {
            throw Fault{"its zip64 directory is damaged"};
        }
        directory = {
            number(file, end64 + 48, 8), number(file, end64 + 40, 8), number(file, end64 + 32, 8)};
    }
    if (directory.offset > file.size() || directory.bytes > file.size() - directory.offset
        || directory.entries > directory.bytes / kCentralBytes) {
        throw Fault{"its zip directory lies beyond its end; it is probably truncated"};
    }
    return directory;
}

struct Entry
{
    std::uint64_t size = 0;
    std::uint64_t stored = 0;
    std::uint64_t offset = 0;
};

/// Replaces 32-bit fields that are all ones by those of the ZIP64 extra field.
void readZip64(Bytes extra, Entry& entry)
{
    std::uint64_t position = 0;
    while (position + 4 <= extra.size()) {
        const std::uint64_t id = number(extra, position, 2);
        const std::uint64_t bytes = number(extra, position + 2, 2);
        if (id == 1) {
            std::uint64_t field = position + 4;
            for (std::uint64_t* value : {&entry.size, &entry.stored, &entry.offset}) {
                if (*value == kNone32) {
                    *value = number(extra, field, 8);
                    field += 8;
                }
            }
            return;
        }
        position += 4 + bytes;
    }
}

Bytes dataOf(Bytes file, const Entry& entry, const std::string& name)
{
    if (number(file, entry.offset, 4) != kLocalHeader) {
        throw Fault{"its entry '" + name + "' is damaged"};
    }
    const std::uint64_t begin = entry.offset + kLocalBytes + number(file, entry.offset + 26, 2)
                                + number(file, entry.offset + 28, 2);
    if (begin > file.size() || entry.size > file.size() - begin) {
        throw Fault{"its entry '" + name + "' lies beyond its end; it is probably truncated"};
    }
    return file.subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(entry.size));
}

Entries readEntries(Bytes file)
{
    const Directory directory = findDirectory(file);
    Bytes rest = file.subspan(
        static_cast<std::size_t>(directory.offset), static_cast<std::size_t>(directory.bytes));
    Entries entries;
    for (std::uint64_t i = 0; i < directory.entries; ++i) {
        if (number(rest, 0, 4) != kCentralHeader) {
            throw Fault{"its zip directory is damaged"};
        }
        const std::uint64_t flags = number(rest, 8, 2);
        const std::uint64_t method = number(rest, 10, 2);
        Entry entry{number(rest, 24, 4), number(rest, 20, 4), number(rest, 42, 4)};
        const auto name_bytes = static_cast<std::size_t>(number(rest, 28, 2));
        const auto extra_bytes = static_cast<std::size_t>(number(rest, 30, 2));
        const auto comment_bytes = static_cast<std::size_t>(number(rest, 32, 2));
        const std::size_t total = kCentralBytes + name_bytes + extra_bytes + comment_bytes;
        if (total > rest.size()) {
            throw Fault{"its zip directory is damaged"};
        }
        const std::string name(
            reinterpret_cast<const char*>(rest.data()) + kCentralBytes, name_bytes);
        // ZIP64's order in the extra field: size, stored size, offset.
        readZip64(rest.subspan(kCentralBytes + name_bytes, extra_bytes), entry);
        rest = rest.subspan(total);
        if (name.ends_with('/')) {
            continue;
        }
        if (method != 0 || entry.size != entry.stored || (flags & 1) != 0) {
            throw Fault{
                "its entry '" + name
                + "' is compressed or encrypted, which torch.save does not do"};
        }
        entries[name] = dataOf(file, entry, name);
    }
    return entries;
}

} // namespace

Result<Entries> storedEntries(Bytes file, const std::string& what)
{
    try {
        return readEntries(file);
    } catch (const Fault& fault) {
        std::string message = "'";
        message.append(what).append("' cannot be read: ").append(fault.message);
        return Error{ErrorCode::BadInput, std::move(message), {{"file", what}}};
    }
}

} // namespace guidino::nn
