// SPDX-License-Identifier: Apache-2.0
#include "core/nn/io/safetensors.h"

#include "core/base/file.h"

#include <torch/torch.h>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <set>
#include <span>
#include <utility>
#include <vector>

namespace guidino::nn {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

/// The format's own limit (safetensors 0.5): a header is text, and text of more than this is none.
constexpr std::uint64_t kMaxHeaderBytes = 100'000'000;
constexpr int kMaxDimensions = 64;

struct DtypeName
{
    const char* name;
    torch::ScalarType dtype;
};

constexpr DtypeName kDtypes[] = {
    {"F64", torch::kFloat64},
    {"F32", torch::kFloat32},
    {"F16", torch::kFloat16},
    {"BF16", torch::kBFloat16},
    {"I64", torch::kInt64},
    {"I32", torch::kInt32},
    {"I16", torch::kInt16},
    {"I8", torch::kInt8},
    {"U8", torch::kUInt8},
    {"BOOL", torch::kBool},
};

std::optional<torch::ScalarType> dtypeOf(const std::string& name)
{
    for (const DtypeName& entry : kDtypes) {
        if (name == entry.name) {
            return entry.dtype;
        }
    }
    return std::nullopt;
}

const char* nameOfDtype(torch::ScalarType dtype)
{
    for (const DtypeName& entry : kDtypes) {
        if (dtype == entry.dtype) {
            return entry.name;
        }
    }
    return nullptr;
}

struct Entry
{
    std::string name;
    torch::ScalarType dtype = torch::kFloat32;
    std::vector<std::int64_t> shape;
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
};

/// Reading of one file; every fault becomes an error that names it.
class Reader
{
public:
    explicit Reader(const fs::path& path)
        : m_path(path)
    {}

    Result<TensorFile> read()
    {
        auto mapped = MappedFile::open(m_path);
        if (!mapped) {
            return std::move(mapped).error();
        }
        m_file = std::move(mapped).value();
        const std::span<const std::byte> bytes = m_file->bytes();
        if (bytes.size() < 8) {
            return damaged(
                "it has " + std::to_string(bytes.size()) + " bytes, which is no safetensors file");
        }
        std::uint64_t header_bytes = 0;
        for (int i = 7; i >= 0; --i) {
            header_bytes =
                header_bytes << 8 | static_cast<std::uint64_t>(bytes[static_cast<std::size_t>(i)]);
        }
        if (header_bytes > bytes.size() - 8) {
            return damaged(
                "its header is said to have " + std::to_string(header_bytes)
                + " bytes, the file has " + std::to_string(bytes.size()));
        }
        if (header_bytes > kMaxHeaderBytes) {
            return damaged("its header has more than 100 MB");
        }
        m_data = bytes.subspan(8 + static_cast<std::size_t>(header_bytes));
        GD_TRY(parse(bytes.subspan(8, static_cast<std::size_t>(header_bytes))));
        GD_TRY(checkRanges());
        makeTensors();
        return std::move(m_result);
    }

private:
    [[nodiscard]] Error damaged(const std::string& what) const
    {
        std::string message = "'";
        message.append(m_path.string()).append("' is damaged or no safetensors file: ");
        return Error{ErrorCode::BadInput, message.append(what), {{"file", m_path.string()}}};
    }

    Status parse(std::span<const std::byte> header)
    {
        const auto* text = reinterpret_cast<const char*>(header.data());
        std::set<std::string> names;
        std::string twice;
        json root;
        try {
            root = json::parse(
                text, text + header.size(), [&](int depth, json::parse_event_t event, json& value) {
                    // Tensor entries are two levels deep; deeper nesting is kept out of memory.
                    if (event == json::parse_event_t::key && depth == 1
                        && !names.insert(value.get<std::string>()).second) {
                        twice = value.get<std::string>();
                    }
                    return depth <= 3;
                });
        } catch (const std::exception& exception) {
            return damaged(std::string("its header is not JSON (") + exception.what() + ")");
        }
        if (!twice.empty()) {
            return damaged("its header names '" + twice + "' twice");
        }
        if (!root.is_object()) {
            return damaged("its header is not a JSON object");
        }
        for (const auto& [name, value] : root.items()) {
            GD_TRY(name == "__metadata__" ? parseMetadata(value) : parseEntry(name, value));
        }
        return {};
    }

    Status parseMetadata(const json& value)
    {
        if (!value.is_object()) {
            return damaged("'__metadata__' is not a JSON object");
        }
        for (const auto& [key, text] : value.items()) {
            if (!text.is_string()) {
                return damaged("'__metadata__." + key + "' is not text");
            }
            m_result.metadata.emplace(key, text.get<std::string>());
        }
        return {};
    }

    Status parseEntry(const std::string& name, const json& value)
    {
        Entry entry;
        entry.name = name;
        if (!value.is_object() || !value.contains("dtype") || !value["dtype"].is_string()
            || !value.contains("shape") || !value["shape"].is_array()
            || !value.contains("data_offsets") || !value["data_offsets"].is_array()
            || value["data_offsets"].size() != 2) {
            return damaged("the entry of '" + name + "' lacks dtype, shape or data_offsets");
        }
        const auto dtype = dtypeOf(value["dtype"].get<std::string>());
        if (!dtype) {
            return damaged(
                "the dtype '" + value["dtype"].get<std::string>() + "' of '" + name
                + "' is not supported");
        }
        entry.dtype = *dtype;
        if (value["shape"].size() > kMaxDimensions) {
            return damaged("the tensor '" + name + "' has more than 64 dimensions");
        }
        std::uint64_t bytes = torch::elementSize(entry.dtype);
        bool is_too_large = false;
        for (const json& side : value["shape"]) {
            if (!side.is_number_unsigned()) {
                return damaged("the shape of '" + name + "' has a side that is no whole number");
            }
            const auto length = side.get<std::uint64_t>();
            constexpr auto limit =
                static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
            is_too_large = is_too_large || length > limit || (length > 0 && bytes > limit / length);
            bytes = is_too_large ? 0 : bytes * length;
            entry.shape.push_back(static_cast<std::int64_t>(length));
        }
        for (const json& offset : value["data_offsets"]) {
            if (!offset.is_number_unsigned()) {
                return damaged("a data offset of '" + name + "' is no whole number");
            }
        }
        entry.begin = value["data_offsets"][0].get<std::uint64_t>();
        entry.end = value["data_offsets"][1].get<std::uint64_t>();
        if (entry.begin > entry.end || entry.end > m_data.size()) {
            return damaged(
                "the data of '" + name + "' ends at byte " + std::to_string(entry.end)
                + ", the file's data has " + std::to_string(m_data.size())
                + "; it is probably truncated");
        }
        if (is_too_large || bytes != entry.end - entry.begin) {
            return damaged(
                "the tensor '" + name + "' has not as many bytes as its shape and dtype need");
        }
        m_entries.push_back(std::move(entry));
        return {};
    }

    Status checkRanges()
    {
        std::sort(m_entries.begin(), m_entries.end(), [](const Entry& a, const Entry& b) {
            return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
        });
        std::uint64_t reached = 0;
        for (const Entry& entry : m_entries) {
            if (entry.begin != reached) {
                return damaged(
                    "the data of '" + entry.name
                    + (entry.begin < reached ? "' overlaps that of another tensor"
                                             : "' leaves a hole before it"));
            }
            reached = entry.end;
        }
        if (reached != m_data.size()) {
            return damaged(
                std::to_string(m_data.size() - reached) + " bytes at its end belong to no tensor");
        }
        return {};
    }

    void makeTensors()
    {
        for (const Entry& entry : m_entries) {
            const auto options = torch::TensorOptions().dtype(entry.dtype);
            // from_blob takes a mutable pointer; the header tells callers not to write.
            auto* data = const_cast<std::byte*>(m_data.data() + entry.begin);
            torch::Tensor tensor;
            if (entry.begin == entry.end) {
                tensor = torch::empty(entry.shape, options);
            } else if (
                reinterpret_cast<std::uintptr_t>(data) % torch::elementSize(entry.dtype) != 0) {
                tensor = torch::empty(entry.shape, options);
                std::memcpy(tensor.data_ptr(), data, entry.end - entry.begin);
            } else {
                tensor = torch::from_blob(
                    data, entry.shape, [file = m_file](void*) {}, options);
            }
            m_result.tensors.emplace(entry.name, std::move(tensor));
        }
    }

    fs::path m_path;
    std::shared_ptr<const MappedFile> m_file;
    std::span<const std::byte> m_data;
    std::vector<Entry> m_entries;
    TensorFile m_result;
};

} // namespace

Result<TensorFile> readSafetensors(const fs::path& path)
{
    try {
        return Reader(path).read();
    } catch (const std::bad_alloc&) {
        return Error{ErrorCode::OutOfMemory, "no memory to read '" + path.string() + "'", {}};
    } catch (const std::exception& exception) {
        return Error{
            ErrorCode::BadInput,
            "'" + path.string() + "' cannot be read: " + exception.what(),
            {{"file", path.string()}}};
    }
}

Status writeSafetensors(
    const fs::path& path,
    const std::map<std::string, torch::Tensor>& tensors,
    const std::map<std::string, std::string>& metadata)
{
    // Sorted by falling element size, then by name, as the reference writer does: so that every
    // tensor is aligned to its type without padding, which the format does not allow.
    std::vector<std::pair<std::string, torch::Tensor>> order(tensors.begin(), tensors.end());
    std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
        return a.second.element_size() > b.second.element_size();
    });
    json header = json::object();
    if (!metadata.empty()) {
        header["__metadata__"] = metadata;
    }
    std::uint64_t end = 0;
    for (const auto& [name, tensor] : order) {
        const char* dtype = nameOfDtype(tensor.scalar_type());
        if (dtype == nullptr) {
            return Error{
                ErrorCode::Internal,
                "safetensors cannot store '" + name + "' of type "
                    + std::string(c10::toString(tensor.scalar_type())),
                {}};
        }
        const std::uint64_t begin = end;
        end += tensor.nbytes();
        header[name] = {
            {"dtype", dtype}, {"shape", tensor.sizes().vec()}, {"data_offsets", {begin, end}}};
    }
    std::string text = header.dump();
    text.append((8 - text.size() % 8) % 8, ' ');
    std::string length(8, '\0');
    for (std::size_t i = 0; i < 8; ++i) {
        length[i] = static_cast<char>(text.size() >> (8 * i) & 0xff);
    }
    auto file = AtomicFile::create(path);
    if (!file) {
        return std::move(file).error();
    }
    GD_TRY(file->write(length));
    GD_TRY(file->write(text));
    for (const auto& [name, tensor] : order) {
        const torch::Tensor bytes = tensor.detach().to(torch::kCPU).contiguous();
        GD_TRY(file->write(bytes.data_ptr(), bytes.nbytes()));
    }
    return file->commit();
}

} // namespace guidino::nn
