// SPDX-License-Identifier: Apache-2.0
#include "core/base/npy.h"

#include "core/base/file.h"

#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>

namespace guidino {

namespace {

static_assert(
    std::endian::native == std::endian::little, "files are written as they lie in memory");

constexpr std::string_view kMagic{"\x93NUMPY", 6};
// NumPy itself refuses longer headers by default (numpy/lib/format.py, _MAX_HEADER_SIZE).
constexpr std::size_t kMaxHeaderBytes = 10000;

struct Header
{
    std::string type;
    bool isFortran = false;
    std::vector<std::int64_t> shape;
    std::size_t dataOffset = 0;
};

/// The text after `'key':`, or nothing.
std::string_view valueOf(std::string_view dictionary, std::string_view key)
{
    for (const char quote : {'\'', '"'}) {
        const std::string wanted = quote + std::string(key) + quote;
        const auto at = dictionary.find(wanted);
        if (at == std::string_view::npos) {
            continue;
        }
        auto rest = dictionary.substr(at + wanted.size());
        const auto start = rest.find_first_not_of(" :");
        return start == std::string_view::npos ? std::string_view() : rest.substr(start);
    }
    return {};
}

bool parseShape(std::string_view text, std::vector<std::int64_t>& shape)
{
    const auto end = text.find(')');
    if (text.empty() || text.front() != '(' || end == std::string_view::npos) {
        return false;
    }
    text = text.substr(1, end - 1);
    while (true) {
        const auto start = text.find_first_not_of(" ,");
        if (start == std::string_view::npos) {
            return true;
        }
        std::int64_t value = 0;
        const char* first = text.data() + start;
        const auto [stop, error] = std::from_chars(first, text.data() + text.size(), value);
        if (error != std::errc() || value < 0 || shape.size() >= 8) {
            return false;
        }
        shape.push_back(value);
        text = text.substr(static_cast<std::size_t>(stop - text.data()));
        if (!text.empty() && text.front() == 'L') {
            text.remove_prefix(1);
        }
    }
}

bool parseHeader(std::string_view bytes, Header& header)
{
    if (!bytes.starts_with(kMagic) || bytes.size() < 10) {
        return false;
    }
    const auto byteAt = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    const int version = byteAt(6);
    std::size_t length =
        static_cast<std::size_t>(byteAt(8)) | static_cast<std::size_t>(byteAt(9)) << 8U;
    std::size_t start = 10;
    if (version >= 2) {
        if (bytes.size() < 12) {
            return false;
        }
        length |= static_cast<std::size_t>(byteAt(10)) << 16U
                  | static_cast<std::size_t>(byteAt(11)) << 24U;
        start = 12;
    }
    if (version < 1 || version > 3 || length > kMaxHeaderBytes || bytes.size() < start + length) {
        return false;
    }
    const std::string_view dictionary = bytes.substr(start, length);
    const std::string_view type = valueOf(dictionary, "descr");
    const std::string_view order = valueOf(dictionary, "fortran_order");
    if (type.size() < 5 || order.empty()) {
        return false;
    }
    const auto quote = type.find(type.front(), 1);
    if (quote == std::string_view::npos) {
        return false;
    }
    header.type = std::string(type.substr(1, quote - 1));
    header.isFortran = order.starts_with("True");
    header.dataOffset = start + length;
    return parseShape(valueOf(dictionary, "shape"), header.shape);
}

template<typename T>
void convert(const char* data, std::vector<float>& values)
{
    for (std::size_t i = 0; i < values.size(); ++i) {
        T value;
        std::memcpy(&value, data + i * sizeof(T), sizeof(T));
        values[i] = static_cast<float>(value);
    }
}

/// IEEE 754 binary16.
void convertHalf(const char* data, std::vector<float>& values)
{
    constexpr float kSmallest = 1.0F / (1 << 24); // of a subnormal's last bit
    for (std::size_t i = 0; i < values.size(); ++i) {
        std::uint16_t bits = 0;
        std::memcpy(&bits, data + i * sizeof bits, sizeof bits);
        const int exponent = (bits >> 10) & 31;
        const int fraction = bits & 1023;
        float value = 0;
        if (exponent == 31) {
            value = fraction == 0 ? std::numeric_limits<float>::infinity()
                                  : std::numeric_limits<float>::quiet_NaN();
        } else if (exponent == 0) {
            value = static_cast<float>(fraction) * kSmallest;
        } else {
            value = std::ldexp(static_cast<float>(fraction + 1024), exponent - 25);
        }
        values[i] = (bits & 0x8000) != 0 ? -value : value;
    }
}

struct NpyType
{
    const char* name;
    std::size_t bytes;
    void (*convert)(const char*, std::vector<float>&);
};

constexpr NpyType kTypes[] = {
    {"<f2", 2, convertHalf},
    {"<f4", 4, convert<float>},
    {"<f8", 8, convert<double>},
    {"|u1", 1, convert<std::uint8_t>},
    {"|b1", 1, convert<std::uint8_t>},
    {"|i1", 1, convert<std::int8_t>},
    {"<u2", 2, convert<std::uint16_t>},
    {"<i4", 4, convert<std::int32_t>},
    {"<i8", 8, convert<std::int64_t>},
};

Error badFile(const std::filesystem::path& path, const std::string& what)
{
    return Error{ErrorCode::BadInput, path.string() + ": " + what, {{"file", path.string()}}};
}

void transpose(NpyArray& array)
{
    const auto rows = static_cast<std::size_t>(array.shape[0]);
    const auto columns = static_cast<std::size_t>(array.shape[1]);
    std::vector<float> values(array.values.size());
    for (std::size_t y = 0; y < rows; ++y) {
        for (std::size_t x = 0; x < columns; ++x) {
            values[y * columns + x] = array.values[x * rows + y];
        }
    }
    array.values = std::move(values);
}

} // namespace

Result<NpyArray> readNpy(const std::filesystem::path& path)
{
    auto content = readFile(path);
    if (!content) {
        return std::move(content).error();
    }
    return parseNpy(*content, path);
}

Result<NpyArray> parseNpy(std::string_view bytes, const std::filesystem::path& path)
{
    Header header;
    if (!parseHeader(bytes, header)) {
        return badFile(path, "not a NumPy .npy file, or its header is damaged");
    }
    const NpyType* type = nullptr;
    for (const NpyType& known : kTypes) {
        type = header.type == known.name ? &known : type;
    }
    if (type == nullptr) {
        return badFile(
            path,
            "element type '" + header.type + "' is not supported; store little-endian float32");
    }
    const std::size_t available = (bytes.size() - header.dataOffset) / type->bytes;
    std::size_t count = 1;
    for (const std::int64_t length : header.shape) {
        // Bounded by the file before it is multiplied, so that nothing overflows.
        if (length != 0 && count > available / static_cast<std::size_t>(length)) {
            return badFile(path, "truncated: fewer values than its shape says");
        }
        count *= static_cast<std::size_t>(length);
    }
    if (count * type->bytes != bytes.size() - header.dataOffset) {
        return badFile(path, "its length does not match its shape");
    }
    if (header.isFortran && header.shape.size() > 2) {
        return badFile(path, "Fortran order is supported for two dimensions only; store C order");
    }
    NpyArray array{header.shape, std::vector<float>(count)};
    type->convert(bytes.data() + header.dataOffset, array.values);
    if (header.isFortran && header.shape.size() == 2) {
        transpose(array);
    }
    return array;
}

std::string npyHeader(const std::vector<std::int64_t>& shape)
{
    std::string dimensions;
    for (const std::int64_t length : shape) {
        dimensions += std::to_string(length) + (shape.size() == 1 ? "," : ", ");
    }
    if (dimensions.ends_with(", ")) {
        dimensions.resize(dimensions.size() - 2);
    }
    std::string header =
        "{'descr': '<f4', 'fortran_order': False, 'shape': (" + dimensions + "), }";
    // Data start at a multiple of 64 (format version 1.0), the header ends with a line feed.
    const std::size_t unpadded = kMagic.size() + 4 + header.size() + 1;
    header.append((64 - unpadded % 64) % 64, ' ');
    header += '\n';
    std::string content{kMagic};
    content += std::string_view{"\x01\x00", 2};
    content += static_cast<char>(header.size() & 0xFFU);
    content += static_cast<char>(header.size() >> 8U);
    return content + header;
}

Status writeNpy(
    const std::filesystem::path& path,
    const std::vector<std::int64_t>& shape,
    std::span<const float> values)
{
    std::int64_t count = 1;
    for (const std::int64_t length : shape) {
        count *= length;
    }
    if (count < 0 || static_cast<std::size_t>(count) != values.size()) {
        return Error{
            ErrorCode::Internal,
            path.string() + ": shape and number of values of the array differ",
            {}};
    }
    std::string content = npyHeader(shape);
    content.append(reinterpret_cast<const char*>(values.data()), values.size_bytes());
    return writeFileAtomically(path, content);
}

} // namespace guidino
