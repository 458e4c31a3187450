// SPDX-License-Identifier: Apache-2.0
#include "core/base/npz.h"

#include "core/base/crc32.h"
#include "core/base/file.h"

#ifdef GUIDINO_WITH_ZLIB
#include <zlib.h>
#endif

#include <bit>
#include <string_view>

static_assert(std::endian::native == std::endian::little);

namespace guidino {

namespace {

// PKWARE's APPNOTE.TXT 6.3: a local header and its data, the directory, its end.
constexpr std::uint32_t kLocal = 0x04034b50;
constexpr std::uint32_t kDirectory = 0x02014b50;
constexpr std::uint32_t kEnd = 0x06054b50;
constexpr std::size_t kLocalBytes = 30;
constexpr std::size_t kDirectoryBytes = 46;
constexpr std::size_t kEndBytes = 22;
constexpr std::uint64_t kLargest = 0xffffffffU - 65536;
constexpr int kStored = 0; ///< methods
constexpr int kDeflated = 8;

Error bad(const std::filesystem::path& path, const std::string& what)
{
    return Error{ErrorCode::BadInput, path.string() + ": " + what + ".", {{"file", path.string()}}};
}

void put(std::string& text, std::uint32_t value, std::size_t bytes)
{
    for (std::size_t i = 0; i < bytes; ++i) {
        text += static_cast<char>((value >> (8 * i)) & 0xffU);
    }
}

std::uint32_t number(std::string_view text, std::size_t at, std::size_t bytes)
{
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < bytes && at + i < text.size(); ++i) {
        value |= std::uint32_t{static_cast<unsigned char>(text[at + i])} << (8 * i);
    }
    return value;
}

/// What a local header and a directory entry share, from "version needed" on.
std::string entry(std::uint32_t crc, std::uint32_t bytes, std::size_t nameBytes)
{
    std::string text;
    put(text, 20, 2); // version 2.0
    put(text, 0, 2);  // flags
    put(text, 0, 2);  // stored
    put(text, 0, 2);  // time
    put(text, 33, 2); // 1 January 1980
    put(text, crc, 4);
    put(text, bytes, 4);
    put(text, bytes, 4);
    put(text, static_cast<std::uint32_t>(nameBytes), 2);
    put(text, 0, 2); // no extra field
    return text;
}

/// The bytes of a member that is compressed (APPNOTE.TXT 4.4.5).
Result<std::string>
unpacked(const std::filesystem::path& path, std::string_view packed, std::size_t bytes, int method)
{
#ifdef GUIDINO_WITH_ZLIB
    // Deflate cannot shrink further: a length beyond is a lie that would only take memory.
    constexpr std::size_t kMostRatio = 1032;
    if (method == kDeflated && bytes / kMostRatio <= packed.size()) {
        std::string result(bytes, '\0');
        z_stream stream{};
        if (::inflateInit2(&stream, -MAX_WBITS) != Z_OK) {
            return Error{ErrorCode::OutOfMemory, path.string() + ": memory is full", {}};
        }
        stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
        stream.avail_in = static_cast<uInt>(packed.size());
        stream.next_out = reinterpret_cast<Bytef*>(result.data());
        stream.avail_out = static_cast<uInt>(result.size());
        const int end = ::inflate(&stream, Z_FINISH);
        const bool isWhole = end == Z_STREAM_END && stream.total_out == bytes;
        ::inflateEnd(&stream);
        if (!isWhole) {
            return bad(path, "is damaged: its array cannot be decompressed");
        }
        return result;
    }
#else
    if (method == kDeflated) {
        return bad(path, "is compressed, which this build cannot read; numpy.savez writes without");
    }
#endif
    return bad(path, "is damaged, or compressed in a way that numpy does not use");
}

} // namespace

Status writeNpz(
    const std::filesystem::path& path,
    const std::string& name,
    const std::vector<std::int64_t>& shape,
    std::span<const float> values)
{
    const std::string header = npyHeader(shape);
    const std::uint64_t bytes = header.size() + values.size_bytes();
    if (bytes > kLargest) {
        return bad(path, "an array above 4 GiB does not fit into a .npz");
    }
    const std::string member = name + ".npy";
    const std::uint32_t crc =
        crc32Of(crc32Of(0, header.data(), header.size()), values.data(), values.size_bytes());
    const std::string shared = entry(crc, static_cast<std::uint32_t>(bytes), member.size());
    std::string local;
    put(local, kLocal, 4);
    local += shared + member;
    std::string directory;
    put(directory, kDirectory, 4);
    put(directory, 20, 2); // made by version 2.0
    directory += shared;
    put(directory, 0, 2); // comment
    put(directory, 0, 2); // disk
    put(directory, 0, 2); // attributes
    put(directory, 0, 4);
    put(directory, 0, 4); // where the local header is
    directory += member;
    std::string end;
    put(end, kEnd, 4);
    put(end, 0, 4); // disks
    put(end, 1, 2);
    put(end, 1, 2);
    put(end, static_cast<std::uint32_t>(directory.size()), 4);
    put(end, static_cast<std::uint32_t>(local.size() + bytes), 4);
    put(end, 0, 2);
    auto file = AtomicFile::create(path);
    if (!file) {
        return std::move(file).error();
    }
    GD_TRY(file->write(local));
    GD_TRY(file->write(header));
    GD_TRY(file->write(values.data(), values.size_bytes()));
    GD_TRY(file->write(directory + end));
    return file->commit();
}

Result<NpyArray> readNpz(const std::filesystem::path& path, const std::string& name)
{
    const auto file = MappedFile::open(path);
    GD_TRY(file);
    const auto span = (*file)->bytes();
    const std::string_view all(reinterpret_cast<const char*>(span.data()), span.size());
    if (all.size() < kEndBytes) {
        return bad(path, "is no .npz");
    }
    const std::size_t end = all.rfind(std::string_view("PK\x05\x06", 4));
    if (end == std::string_view::npos || end + kEndBytes > all.size()) {
        return bad(path, "is no .npz, or cut off");
    }
    std::size_t at = number(all, end + 16, 4);
    const std::uint32_t members = number(all, end + 10, 2);
    for (std::uint32_t i = 0; i < members && at + kDirectoryBytes <= all.size(); ++i) {
        const std::size_t nameBytes = number(all, at + 28, 2);
        const std::string_view member = all.substr(at + kDirectoryBytes, nameBytes);
        if (number(all, at, 4) != kDirectory) {
            break;
        }
        if (member != name + ".npy") {
            at += kDirectoryBytes + nameBytes + number(all, at + 30, 2) + number(all, at + 32, 2);
            continue;
        }
        const int method = static_cast<int>(number(all, at + 10, 2));
        const std::size_t packed = number(all, at + 20, 4);
        const std::size_t bytes = number(all, at + 24, 4);
        const std::size_t local = number(all, at + 42, 4);
        const std::size_t begin =
            local + kLocalBytes + number(all, local + 26, 2) + number(all, local + 28, 2);
        if (number(all, local, 4) != kLocal || begin + packed > all.size()) {
            return bad(path, "is cut off");
        }
        std::string_view npy = all.substr(begin, packed); // stored: used where it lies
        std::string inflated;
        if (method != kStored || packed != bytes) {
            auto whole = unpacked(path, npy, bytes, method);
            GD_TRY(whole);
            inflated = std::move(*whole);
            npy = inflated;
        }
        if (crc32Of(0, npy.data(), npy.size()) != number(all, at + 16, 4)) {
            return bad(path, "is damaged: its checksum does not fit");
        }
        return parseNpy(npy, path);
    }
    return bad(path, "holds no array '" + name + "'");
}

} // namespace guidino
