// SPDX-License-Identifier: Apache-2.0
#include "core/nn/io/checkpoint.h"

#include "core/base/file.h"
#include "core/nn/io/safetensors.h"
#include "core/nn/io/torch_file.h"

#include <torch/torch.h>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <exception>
#include <set>
#include <span>

namespace guidino::nn {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

Error bad(const fs::path& path, const std::string& what)
{
    std::string message = "'";
    message.append(path.string()).append("' ").append(what);
    return Error{ErrorCode::BadInput, std::move(message), {{"file", path.string()}}};
}

Result<Checkpoint> fromSafetensors(const fs::path& path)
{
    auto file = readSafetensors(path);
    if (!file) {
        return std::move(file).error();
    }
    Checkpoint checkpoint;
    checkpoint.format = "safetensors";
    checkpoint.tensors = std::move(file->tensors);
    checkpoint.info = std::move(file->metadata);
    return checkpoint;
}

/// The shards that model.safetensors.index.json names, each beside it.
Result<Checkpoint> fromShards(const fs::path& folder, const fs::path& index_path)
{
    const auto text = readFile(index_path, std::uint64_t{64} << 20);
    if (!text) {
        return text.error();
    }
    const json index = json::parse(*text, nullptr, false);
    if (!index.is_object() || !index.contains("weight_map") || !index["weight_map"].is_object()) {
        return bad(index_path, "is no index of shards: it has no \"weight_map\"");
    }
    std::map<std::string, std::set<std::string>> shards;
    for (const auto& [key, value] : index["weight_map"].items()) {
        const std::string name = value.is_string() ? value.get<std::string>() : "";
        if (name.empty() || fs::path(name).filename() != fs::path(name)) {
            return bad(index_path, "names a shard for '" + key + "' that is no plain file name");
        }
        shards[name].insert(key);
    }
    Checkpoint checkpoint;
    for (const auto& [name, keys] : shards) {
        auto shard = readSafetensors(folder / name);
        if (!shard) {
            return std::move(shard).error();
        }
        for (const std::string& key : keys) {
            const auto found = shard->tensors.find(key);
            if (found == shard->tensors.end()) {
                return bad(folder / name, "lacks '" + key + "', which the index places there");
            }
            checkpoint.tensors.insert(*found);
        }
    }
    return checkpoint;
}

Result<Checkpoint> fromFile(const fs::path& path, const CheckpointOptions& options)
{
    auto mapped = MappedFile::open(path);
    if (!mapped) {
        return std::move(mapped).error();
    }
    const std::span<const std::byte> bytes = (*mapped)->bytes();
    const auto byteAt = [&](std::size_t i) {
        return i < bytes.size() ? static_cast<unsigned>(bytes[i]) : 0U;
    };
    if (byteAt(0) == 'P' && byteAt(1) == 'K') {
        return readTorchZip(*mapped, path, options);
    }
    if (byteAt(0) == 0x80 && byteAt(1) <= 5 && byteAt(8) != '{') {
        return readTorchLegacy(*mapped, path, options);
    }
    if (byteAt(8) == '{' || path.extension() == ".safetensors") {
        return fromSafetensors(path);
    }
    return bad(
        path,
        "is neither a safetensors file nor a checkpoint of torch.save; files older than PyTorch "
        "0.4 are to be saved again with a newer one");
}

Result<Checkpoint> fromFolder(const fs::path& folder, const CheckpointOptions& options)
{
    const bool is_peft = fs::exists(folder / "adapter_config.json");
    const fs::path config = folder / (is_peft ? "adapter_config.json" : "config.json");
    const std::string stem = is_peft ? "adapter_model" : "model";
    const std::string pickled = is_peft ? "adapter_model.bin" : "pytorch_model.bin";
    auto text = readFile(config, std::uint64_t{16} << 20);
    if (!text) {
        if (text.error().code == ErrorCode::NotFound) {
            return bad(
                folder,
                "is no checkpoint folder: it has neither config.json (Hugging Face) nor "
                "adapter_config.json (PEFT)");
        }
        return std::move(text).error();
    }
    auto checkpoint = [&]() -> Result<Checkpoint> {
        if (fs::exists(folder / (stem + ".safetensors"))) {
            return fromSafetensors(folder / (stem + ".safetensors"));
        }
        if (fs::exists(folder / (stem + ".safetensors.index.json"))) {
            return fromShards(folder, folder / (stem + ".safetensors.index.json"));
        }
        if (fs::exists(folder / pickled)) {
            return fromFile(folder / pickled, options);
        }
        return bad(
            folder, "has no " + stem + ".safetensors beside its " + config.filename().string());
    }();
    if (checkpoint) {
        checkpoint->format = is_peft ? "peft" : "huggingface";
        checkpoint->config_json = std::move(text).value();
    }
    return checkpoint;
}

} // namespace

Result<Checkpoint> readCheckpoint(const fs::path& path, const CheckpointOptions& options)
{
    try {
        std::error_code ignored;
        return fs::is_directory(path, ignored) ? fromFolder(path, options)
                                               : fromFile(path, options);
    } catch (const std::bad_alloc&) {
        return Error{ErrorCode::OutOfMemory, "no memory to read '" + path.string() + "'", {}};
    } catch (const std::exception& exception) {
        return bad(path, std::string("cannot be read: ") + exception.what());
    }
}

} // namespace guidino::nn
