// SPDX-License-Identifier: Apache-2.0
#include "core/base/npz.h"

#include "core/base/file.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
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
constexpr std::size_t kAlignment = 64; ///< of the data in a .npy, NumPy's
constexpr std::string_view kMagic{"\x93NUMPY\x01\x00", 8};

Error bad(const std::filesystem::path& path, const std::string& what)
{
    return Error{ErrorCode::BadInput, path.string() + ": " + what + ".", {{"file", path.string()}}};
}

std::uint32_t crcOf(std::uint32_t crc, const void* data, std::size_t bytes)
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

std::string npyHeader(const std::vector<std::int64_t>& shape)
{
    std::string text = "{'descr': '<f4', 'fortran_order': False, 'shape': (";
    for (const std::int64_t side : shape) {
        text += std::to_string(side) + ", ";
    }
    text += "), }";
    const std::size_t begin = kMagic.size() + 2;
    const std::size_t whole = (begin + text.size() + 1 + kAlignment - 1) / kAlignment * kAlignment;
    text.append(whole - begin - text.size() - 1, ' ');
    text += '\n';
    std::string header(kMagic);
    put(header, static_cast<std::uint32_t>(text.size()), 2);
    return header + text;
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

Result<std::vector<std::int64_t>>
shapeOf(const std::filesystem::path& path, std::string_view npy, std::size_t& data)
{
    if (npy.size() < kMagic.size() + 2 || npy.substr(0, 6) != kMagic.substr(0, 6)) {
        return bad(path, "holds no array of NumPy");
    }
    const std::size_t lengthBytes = npy[6] == 1 ? 2 : 4;
    const std::size_t length = number(npy, kMagic.size(), lengthBytes);
    data = kMagic.size() + lengthBytes + length;
    if (data > npy.size()) {
        return bad(path, "its array's header is cut off");
    }
    const std::string_view header = npy.substr(kMagic.size() + lengthBytes, length);
    const std::size_t open = header.find("'shape': (");
    const std::size_t close = header.find(')', open);
    if (header.find("'<f4'") == std::string_view::npos
        || header.find("'fortran_order': False") == std::string_view::npos
        || open == std::string_view::npos || close == std::string_view::npos) {
        return bad(path, "its array is not of 32-bit floats in C order");
    }
    std::vector<std::int64_t> shape;
    std::int64_t value = -1;
    for (std::size_t i = open + std::strlen("'shape': ("); i <= close; ++i) {
        const char letter = header[i];
        if (letter >= '0' && letter <= '9' && value < (std::int64_t{1} << 40)) {
            value = std::max<std::int64_t>(value, 0) * 10 + (letter - '0');
        } else if (value >= 0) {
            shape.push_back(value);
            value = -1;
        }
    }
    return shape;
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
        crcOf(crcOf(0, header.data(), header.size()), values.data(), values.size_bytes());
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
        if (number(all, at + 10, 2) != 0) {
            return bad(path, "is compressed; numpy.savez writes it without");
        }
        const std::size_t bytes = number(all, at + 24, 4);
        const std::size_t local = number(all, at + 42, 4);
        const std::size_t begin =
            local + kLocalBytes + number(all, local + 26, 2) + number(all, local + 28, 2);
        if (number(all, local, 4) != kLocal || begin + bytes > all.size()) {
            return bad(path, "is cut off");
        }
        const std::string_view npy = all.substr(begin, bytes);
        if (crcOf(0, npy.data(), npy.size()) != number(all, at + 16, 4)) {
            return bad(path, "is damaged: its checksum does not fit");
        }
        std::size_t data = 0;
        auto shape = shapeOf(path, npy, data);
        GD_TRY(shape);
        NpyArray array;
        array.shape = std::move(*shape);
        std::uint64_t count = 1;
        for (const std::int64_t side : array.shape) {
            if (side > 0 && count > kLargest / static_cast<std::uint64_t>(side)) {
                return bad(path, "its shape is too large");
            }
            count *= static_cast<std::uint64_t>(side);
        }
        if (data + count * sizeof(float) != npy.size()) {
            return bad(path, "its shape does not fit its length");
        }
        array.values.resize(count);
        std::memcpy(array.values.data(), npy.data() + data, count * sizeof(float));
        return array;
    }
    return bad(path, "holds no array '" + name + "'");
}

} // namespace guidino
