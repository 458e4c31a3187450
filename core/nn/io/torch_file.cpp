// SPDX-License-Identifier: Apache-2.0
#include "core/nn/io/torch_file.h"

#include "core/nn/io/zip_reader.h"

#include <torch/torch.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <functional>
#include <limits>
#include <optional>
#include <set>
#include <span>
#include <sstream>

namespace guidino::nn {

namespace fs = std::filesystem;
using Bytes = std::span<const std::byte>;
using Kind = PickleNode::Kind;

namespace {

/// Entries of a pickled dict that hold a state dict, in the order in which they are tried.
/// `teacher` before `student`: it is the one that MedDINOv3 and DINO publish.
constexpr const char* kRoots[] = {
    "state_dict",
    "teacher",
    "network_weights",
    "model_state_dict",
    "model",
    "module",
    "net",
    "network",
    "student"};
constexpr int kMaxDepth = 8;
constexpr std::size_t kMaxInfo = 500;

Error bad(const fs::path& path, const std::string& what)
{
    std::string message = "'";
    message.append(path.string()).append("' cannot be read: ").append(what);
    return Error{ErrorCode::BadInput, std::move(message), {{"file", path.string()}}};
}

std::optional<torch::ScalarType> scalarTypeOf(const std::string& name)
{
    static const std::map<std::string, torch::ScalarType> types = {
        {"float64", torch::kFloat64},
        {"float32", torch::kFloat32},
        {"float16", torch::kFloat16},
        {"bfloat16", torch::kBFloat16},
        {"int64", torch::kInt64},
        {"int32", torch::kInt32},
        {"int16", torch::kInt16},
        {"int8", torch::kInt8},
        {"uint8", torch::kUInt8},
        {"bool", torch::kBool},
        {"complex64", torch::kComplexFloat},
        {"complex128", torch::kComplexDouble}};
    const auto found = types.find(name);
    return found == types.end() ? std::nullopt : std::optional(found->second);
}

std::optional<torch::ScalarType> scalarTypeOfNumpy(std::string code)
{
    static const std::map<std::string, torch::ScalarType> types = {
        {"f8", torch::kFloat64},
        {"f4", torch::kFloat32},
        {"f2", torch::kFloat16},
        {"i8", torch::kInt64},
        {"i4", torch::kInt32},
        {"i2", torch::kInt16},
        {"i1", torch::kInt8},
        {"u1", torch::kUInt8},
        {"b1", torch::kBool}};
    if (!code.empty() && std::strchr("<|=", code[0]) != nullptr) {
        code.erase(0, 1);
    }
    const auto found = types.find(code);
    return found == types.end() ? std::nullopt : std::optional(found->second);
}

/// Turns a tree and the data of its storages into a Checkpoint.
class Builder
{
public:
    Builder(std::shared_ptr<const MappedFile> file, fs::path path, const CheckpointOptions& options)
        : m_file(std::move(file))
        , m_path(std::move(path))
        , m_options(options)
    {}

    /// `data` gives a storage's bytes by its key.
    Result<Checkpoint> build(
        const PickleTree& tree, const std::function<std::optional<Bytes>(const std::string&)>& data)
    {
        for (const auto& [key, storage] : tree.storages) {
            const auto type = scalarTypeOf(storage.dtype);
            const auto bytes = data(key);
            if (!bytes) {
                return bad(m_path, "the data of its storage '" + key + "' is missing");
            }
            const std::size_t width = torch::elementSize(*type);
            if (bytes->size() % width != 0
                || bytes->size() / width != static_cast<std::uint64_t>(storage.elements)) {
                return bad(
                    m_path,
                    "its storage '" + key + "' has " + std::to_string(bytes->size())
                        + " bytes instead of " + std::to_string(storage.elements) + " elements of "
                        + storage.dtype);
            }
            m_data[key] = *bytes;
        }
        const PickleNode* chosen = choose(*tree.root);
        if (chosen == nullptr) {
            return bad(
                m_path,
                m_options.root.empty() ? "it holds no tensors"
                                       : "it has no entry '" + m_options.root + "' with tensors");
        }
        try {
            collect(*chosen, "", 0);
        } catch (const Error& error) {
            return error;
        }
        m_visited.clear();
        describe(*tree.root, chosen, "", 0);
        return std::move(m_result);
    }

private:
    /// Tensors directly in a container, and in those below it.
    std::size_t countTensors(const PickleNode& node, int depth)
    {
        if (node.kind == Kind::Tensor) {
            return 1;
        }
        if (depth > kMaxDepth || !m_visited.insert(&node).second) {
            return 0;
        }
        std::size_t count = 0;
        if (node.kind == Kind::Dict) {
            for (std::size_t i = 1; i < node.items.size(); i += 2) {
                count += countTensors(*node.items[i], depth + 1);
            }
        }
        return count;
    }

    std::size_t tensorsIn(const PickleNode& node)
    {
        m_visited.clear();
        return countTensors(node, 0);
    }

    const PickleNode* choose(const PickleNode& root)
    {
        if (!m_options.root.empty()) {
            const PickleNode* named = root.find(m_options.root);
            m_result.root = m_options.root;
            return named != nullptr && tensorsIn(*named) > 0 ? named : nullptr;
        }
        if (root.kind == Kind::List || root.kind == Kind::Tuple || root.kind == Kind::Tensor) {
            return &root;
        }
        const PickleNode* chosen = &root;
        for (int depth = 0; depth < 3; ++depth) {
            const PickleNode* next = nullptr;
            for (const char* name : kRoots) {
                const PickleNode* entry = chosen->find(name);
                if (entry != nullptr && entry->kind == Kind::Dict && tensorsIn(*entry) > 0) {
                    m_result.root += (m_result.root.empty() ? "" : ".") + std::string(name);
                    next = entry;
                    break;
                }
            }
            if (next == nullptr) {
                break;
            }
            chosen = next;
        }
        if (chosen != &root) {
            return chosen;
        }
        return hasOwnTensors(root) ? &root : largestEntry(root);
    }

    static bool hasOwnTensors(const PickleNode& node)
    {
        for (std::size_t i = 1; i < node.items.size(); i += 2) {
            if (node.items[i]->kind == Kind::Tensor) {
                return true;
            }
        }
        return false;
    }

    const PickleNode* largestEntry(const PickleNode& root)
    {
        const PickleNode* best = nullptr;
        std::size_t most = 0;
        for (std::size_t i = 0; root.kind == Kind::Dict && i + 1 < root.items.size(); i += 2) {
            const std::size_t count = tensorsIn(*root.items[i + 1]);
            if (count > most) {
                most = count;
                best = root.items[i + 1];
                m_result.root = nameOf(*root.items[i]);
            }
        }
        return best;
    }

    static std::string nameOf(const PickleNode& key)
    {
        return key.kind == Kind::Int ? std::to_string(key.integer) : key.text;
    }

    void collect(const PickleNode& node, const std::string& name, int depth)
    {
        if (node.kind == Kind::Tensor) {
            m_result.tensors[name.empty() ? "tensor" : name] = tensor(node, name);
            return;
        }
        if (node.kind == Kind::Array) {
            if (auto array = arrayOf(node)) {
                m_result.tensors[name] = *array;
            }
            return;
        }
        const bool is_dict = node.kind == Kind::Dict;
        if (depth > kMaxDepth
            || (!is_dict && node.kind != Kind::List && node.kind != Kind::Tuple)) {
            return;
        }
        const std::string prefix = name.empty() ? "" : name + ".";
        for (std::size_t i = is_dict ? 1 : 0; i < node.items.size(); i += is_dict ? 2 : 1) {
            const std::string key = is_dict ? nameOf(*node.items[i - 1]) : std::to_string(i);
            // A container that holds itself would go round until the depth's limit.
            if (++m_steps > 1'000'000) {
                throw bad(m_path, "it nests more entries than is sensible");
            }
            collect(*node.items[i], prefix + key, depth + 1);
        }
    }

    torch::Tensor tensor(const PickleNode& node, const std::string& name)
    {
        const auto type = scalarTypeOf(node.dtype);
        if (!type) {
            throw bad(m_path, "the dtype '" + node.dtype + "' of '" + name + "' is not supported");
        }
        const Bytes bytes = m_data.at(node.text);
        const std::uint64_t elements = bytes.size() / torch::elementSize(*type);
        std::uint64_t last = static_cast<std::uint64_t>(node.integer);
        std::uint64_t count = 1;
        bool is_bad = false;
        const auto grow = [&is_bad](std::uint64_t& value, std::uint64_t a, std::uint64_t b) {
            std::uint64_t product = 0;
            is_bad = is_bad || __builtin_mul_overflow(a, b, &product)
                     || __builtin_add_overflow(value, product, &value);
        };
        for (std::size_t i = 0; i < node.sizes.size(); ++i) {
            const auto size = static_cast<std::uint64_t>(node.sizes[i]);
            is_bad = is_bad || __builtin_mul_overflow(count, size, &count);
            if (size > 0) {
                grow(last, size - 1, static_cast<std::uint64_t>(node.strides[i]));
            }
        }
        // A tensor that repeats its storage (stride 0) may be larger, but not out of all measure.
        constexpr std::uint64_t kRepeated = 1 << 20;
        if (is_bad || (count > 0 && last >= elements)
            || count > std::max<std::uint64_t>(elements, kRepeated)) {
            throw bad(m_path, "the tensor '" + name + "' reaches beyond its storage");
        }
        const auto options = torch::TensorOptions().dtype(*type);
        if (count == 0) {
            return torch::empty(node.sizes, options);
        }
        return storage(node.text, *type, bytes).as_strided(node.sizes, node.strides, node.integer);
    }

    torch::Tensor storage(const std::string& key, torch::ScalarType type, Bytes bytes)
    {
        torch::Tensor& known = m_storages[{key, type}];
        if (known.defined()) {
            return known;
        }
        const auto options = torch::TensorOptions().dtype(type);
        const std::size_t width = torch::elementSize(type);
        const auto elements = static_cast<std::int64_t>(bytes.size() / width);
        auto* data = const_cast<std::byte*>(bytes.data()); // callers are told not to write
        if (reinterpret_cast<std::uintptr_t>(data) % width == 0) {
            known = torch::from_blob(
                data, {elements}, [file = m_file](void*) {}, options);
        } else {
            known = torch::empty({elements}, options);
            std::memcpy(known.data_ptr(), data, static_cast<std::size_t>(elements) * width);
        }
        return known;
    }

    static std::optional<torch::Tensor> arrayOf(const PickleNode& node)
    {
        const auto type = scalarTypeOfNumpy(node.dtype);
        if (!type || node.fortran_order) {
            return std::nullopt;
        }
        std::uint64_t bytes = torch::elementSize(*type);
        for (const std::int64_t size : node.sizes) {
            if (__builtin_mul_overflow(bytes, static_cast<std::uint64_t>(size), &bytes)) {
                return std::nullopt;
            }
        }
        if (bytes != node.text.size()) {
            return std::nullopt;
        }
        torch::Tensor array = torch::empty(node.sizes, torch::TensorOptions().dtype(*type));
        std::memcpy(array.data_ptr(), node.text.data(), node.text.size());
        return array;
    }

    static std::string summary(const PickleNode& node)
    {
        std::ostringstream text;
        switch (node.kind) {
        case Kind::None:
            return "none";
        case Kind::Bool:
            return node.integer != 0 ? "true" : "false";
        case Kind::Int:
            return std::to_string(node.integer);
        case Kind::Float:
            text << node.real;
            return text.str();
        case Kind::Text:
            return node.text.substr(0, 300);
        case Kind::Bytes:
            return std::to_string(node.text.size()) + " bytes";
        case Kind::List:
            return "list of " + std::to_string(node.items.size());
        case Kind::Tuple:
            return "tuple of " + std::to_string(node.items.size());
        case Kind::Set:
            return "set of " + std::to_string(node.items.size());
        case Kind::Dict:
            return "dict of " + std::to_string(node.items.size() / 2);
        case Kind::Array:
            text << "array " << node.dtype << " " << c10::IntArrayRef(node.sizes);
            return text.str();
        case Kind::Tensor:
            text << "tensor " << node.dtype << " " << c10::IntArrayRef(node.sizes);
            return text.str();
        case Kind::Dropped:
            return "left out";
        case Kind::Dtype:
            return node.dtype;
        case Kind::Global:
        case Kind::Storage:
            return node.text;
        }
        return {};
    }

    /// What lies beside the chosen entry, two levels deep.
    void
    describe(const PickleNode& node, const PickleNode* chosen, const std::string& prefix, int depth)
    {
        if (node.kind != Kind::Dict || !m_visited.insert(&node).second) {
            return;
        }
        for (std::size_t i = 0; i + 1 < node.items.size(); i += 2) {
            const PickleNode& value = *node.items[i + 1];
            const bool is_taken =
                &value == chosen
                || (&node == chosen && (value.kind == Kind::Tensor || value.kind == Kind::Dict));
            if (is_taken || m_result.info.size() >= kMaxInfo) {
                continue;
            }
            const std::string name = prefix + nameOf(*node.items[i]).substr(0, 200);
            m_result.info[name] = summary(value);
            if (depth < 2) {
                describe(value, chosen, name + ".", depth + 1);
            }
        }
    }

    std::shared_ptr<const MappedFile> m_file;
    fs::path m_path;
    CheckpointOptions m_options;
    std::map<std::string, Bytes> m_data;
    std::map<std::pair<std::string, torch::ScalarType>, torch::Tensor> m_storages;
    std::set<const PickleNode*> m_visited;
    std::size_t m_steps = 0;
    Checkpoint m_result;
};

using Entries = std::map<std::string, Bytes>;

/// A zip's entries and the pickle among them.
struct TorchZip
{
    Entries entries;
    std::string folder; ///< the archive's own name, which begins every entry
    PickleTree tree;
};

Result<TorchZip> openZip(Bytes bytes, const fs::path& path, const CheckpointOptions& options)
{
    auto entries = storedEntries(bytes, path.string());
    if (!entries) {
        return std::move(entries).error();
    }
    TorchZip zip;
    zip.entries = std::move(entries).value();
    const std::string pickle = "data.pkl";
    const auto found = std::find_if(zip.entries.begin(), zip.entries.end(), [&](const auto& entry) {
        return entry.first == pickle || entry.first.ends_with("/" + pickle);
    });
    if (found == zip.entries.end()) {
        return bad(path, "it is a zip file, but no checkpoint of torch.save (no data.pkl)");
    }
    zip.folder = found->first.substr(0, found->first.size() - pickle.size());
    if (zip.entries.contains(zip.folder + "constants.pkl")) {
        return bad(
            path, "it is a TorchScript program, not a checkpoint; save its state_dict() instead");
    }
    if (const auto order = zip.entries.find(zip.folder + "byteorder"); order != zip.entries.end()) {
        const std::string text(
            reinterpret_cast<const char*>(order->second.data()), order->second.size());
        if (text != "little") {
            return bad(path, "its byte order is '" + text.substr(0, 20) + "', not little");
        }
    }
    PickleOptions limits;
    limits.drop_globals = options.drop_globals;
    auto tree = unpickle(found->second, path.string(), limits);
    if (!tree) {
        return std::move(tree).error();
    }
    zip.tree = std::move(tree).value();
    return zip;
}

/// The legacy format's pickles, read, and where its storages begin.
struct TorchLegacy
{
    PickleTree tree;
    std::vector<std::string> keys;
    Bytes rest;
};

Result<TorchLegacy> openLegacy(Bytes bytes, const fs::path& path, const CheckpointOptions& options)
{
    // torch/serialization.py: MAGIC_NUMBER 0x1950a86a20f9469cfc6c, PROTOCOL_VERSION 1001.
    static const std::string magic("\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19", 10);
    PickleOptions limits;
    limits.drop_globals = options.drop_globals;
    const auto next = [&]() -> Result<PickleTree> {
        auto tree = unpickle(bytes, path.string(), limits);
        if (tree) {
            bytes = bytes.subspan(tree->bytes_read);
        }
        return tree;
    };
    auto first = next();
    if (!first) {
        return std::move(first).error();
    }
    if (first->root->text != magic) {
        return bad(path, "it is a pickle, but not one of torch.save");
    }
    auto version = next();
    if (!version) {
        return std::move(version).error();
    }
    if (version->root->integer != 1001) {
        return bad(path, "its format version is not 1001");
    }
    auto system = next();
    if (!system) {
        return std::move(system).error();
    }
    const PickleNode* order = system->root->find("little_endian");
    if (order != nullptr && order->integer == 0) {
        return bad(path, "its byte order is not little");
    }
    auto tree = next();
    if (!tree) {
        return std::move(tree).error();
    }
    auto keys = next();
    if (!keys) {
        return std::move(keys).error();
    }
    TorchLegacy legacy;
    legacy.tree = std::move(tree).value();
    for (const PickleNode* key : keys->root->items) {
        legacy.keys.push_back(key->text);
    }
    legacy.rest = bytes;
    return legacy;
}

/// Each storage: its number of elements as int64, then the elements.
Result<Entries> legacyStorages(const TorchLegacy& legacy, const fs::path& path)
{
    Entries data;
    Bytes rest = legacy.rest;
    for (const std::string& key : legacy.keys) {
        const auto storage = legacy.tree.storages.find(key);
        if (storage == legacy.tree.storages.end()) {
            return bad(path, "its list of storages names '" + key + "', which no tensor uses");
        }
        std::int64_t elements = 0;
        if (rest.size() < sizeof elements) {
            return bad(path, "it ends before the storage '" + key + "'; it is probably truncated");
        }
        std::memcpy(&elements, rest.data(), sizeof elements);
        rest = rest.subspan(sizeof elements);
        const std::size_t width = torch::elementSize(*scalarTypeOf(storage->second.dtype));
        if (elements != storage->second.elements
            || static_cast<std::uint64_t>(elements) > rest.size() / width) {
            return bad(path, "it ends within the storage '" + key + "'; it is probably truncated");
        }
        const std::size_t count = static_cast<std::size_t>(elements) * width;
        data[key] = rest.first(count);
        rest = rest.subspan(count);
    }
    return data;
}

} // namespace

Result<Checkpoint> readTorchZip(
    std::shared_ptr<const MappedFile> file, const fs::path& path, const CheckpointOptions& options)
{
    auto zip = openZip(file->bytes(), path, options);
    if (!zip) {
        return std::move(zip).error();
    }
    Builder builder(std::move(file), path, options);
    auto checkpoint = builder.build(zip->tree, [&](const std::string& key) -> std::optional<Bytes> {
        const auto found = zip->entries.find(zip->folder + "data/" + key);
        return found == zip->entries.end() ? std::nullopt : std::optional(found->second);
    });
    if (checkpoint) {
        checkpoint->format = "torch-zip";
    }
    return checkpoint;
}

Result<Checkpoint> readTorchLegacy(
    std::shared_ptr<const MappedFile> file, const fs::path& path, const CheckpointOptions& options)
{
    auto legacy = openLegacy(file->bytes(), path, options);
    if (!legacy) {
        return std::move(legacy).error();
    }
    const auto data = legacyStorages(*legacy, path);
    if (!data) {
        return data.error();
    }
    Builder builder(std::move(file), path, options);
    auto checkpoint =
        builder.build(legacy->tree, [&](const std::string& key) -> std::optional<Bytes> {
            const auto found = data->find(key);
            return found == data->end() ? std::nullopt : std::optional(found->second);
        });
    if (checkpoint) {
        checkpoint->format = "torch-legacy";
    }
    return checkpoint;
}

Result<PickleTree> readPickleTree(const fs::path& path, const CheckpointOptions& options)
{
    auto mapped = MappedFile::open(path);
    if (!mapped) {
        return std::move(mapped).error();
    }
    const Bytes bytes = (*mapped)->bytes();
    if (bytes.size() > 1 && bytes[0] == std::byte{'P'} && bytes[1] == std::byte{'K'}) {
        auto zip = openZip(bytes, path, options);
        if (!zip) {
            return std::move(zip).error();
        }
        return std::move(zip->tree);
    }
    auto legacy = openLegacy(bytes, path, options);
    if (!legacy) {
        return std::move(legacy).error();
    }
    return std::move(legacy->tree);
}

} // namespace guidino::nn
