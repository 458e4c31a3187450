// SPDX-License-Identifier: Apache-2.0
#include "core/nn/data/pack.h"

#include "core/nn/io/safetensors.h"

#include <torch/torch.h>

#include <nlohmann/json.hpp>

#include <array>
#include <fstream>
#include <set>

namespace guidino::nn {

namespace {

using Json = nlohmann::ordered_json;

Error broken(const std::filesystem::path& path, const std::string& what)
{
    return {
        ErrorCode::BadInput,
        path.string() + ": not a usable data pack: " + what
            + ". Make it anew with `guidino data pack`.",
        {{"file", path.string()}}};
}

/// The metadata entry as JSON; null where there is none. Throws nlohmann's parse error.
Json entry(const TensorFile& file, const char* key)
{
    const auto found = file.metadata.find(key);
    return found == file.metadata.end() ? Json() : Json::parse(found->second);
}

void readMetadata(const TensorFile& file, Pack& pack)
{
    entry(file, "names").get_to(pack.names);
    if (const Json groups = entry(file, "groups"); groups.is_array()) {
        groups.get_to(pack.groups);
    }
    if (const Json hashes = entry(file, "hashes"); hashes.is_array()) {
        hashes.get_to(pack.hashes);
    }
    if (const Json splits = entry(file, "splits"); splits.is_object()) {
        for (const auto& [name, list] : splits.items()) {
            list.get_to(pack.splits[name]);
        }
    }
    if (const Json classes = entry(file, "classes"); classes.is_array()) {
        for (const Json& item : classes) {
            const int index = item.at("index").get<int>();
            if (index > 0) {
                pack.classes.emplace_back(index, item.at("name").get<std::string>());
            }
        }
    }
    if (const auto resize = file.metadata.find("resize"); resize != file.metadata.end()) {
        pack.resize = resize->second;
    }
    if (const auto crop = file.metadata.find("crop_black_border"); crop != file.metadata.end()) {
        pack.cropBlackBorder = crop->second == "true";
    }
    if (const Json sizes = entry(file, "native_sizes"); sizes.is_array()) {
        for (const Json& size : sizes) {
            pack.nativeSizes.push_back({size.at(0).get<int>(), size.at(1).get<int>()});
        }
    }
}

std::string problemOf(const Pack& pack)
{
    const torch::Tensor& images = pack.images;
    const torch::Tensor& masks = pack.masks;
    if (!images.defined() || images.dim() != 4 || images.size(3) != 3
        || images.scalar_type() != torch::kUInt8) {
        return "tensor 'images' must be bytes [N, S, S, 3]";
    }
    if (!masks.defined() || masks.dim() != 3 || masks.scalar_type() != torch::kUInt8
        || masks.size(0) != images.size(0) || masks.size(1) != images.size(1)
        || masks.size(2) != images.size(2)) {
        return "tensor 'masks' must be bytes [N, S, S] that fit the images";
    }
    const auto count = static_cast<std::size_t>(images.size(0));
    const auto fits = [count](std::size_t n) { return n == 0 || n == count; };
    if (pack.names.size() != count || !fits(pack.groups.size()) || !fits(pack.hashes.size())
        || !fits(pack.nativeSizes.size())) {
        return "the lists of names, groups, hashes or sizes do not have one entry per image";
    }
    const std::set<std::string> names(pack.names.begin(), pack.names.end());
    if (names.size() != count) {
        return "a name stands there twice";
    }
    for (const auto& [split, list] : pack.splits) {
        for (const std::string& name : list) {
            if (!names.contains(name)) {
                return "split '" + split + "' names '" + name + "', which is not in the pack";
            }
        }
    }
    return {};
}

} // namespace

bool isPack(const std::filesystem::path& path)
{
    std::ifstream file(path, std::ios::binary);
    std::array<char, 8192> start{};
    file.read(start.data(), start.size());
    const std::string_view text(start.data(), static_cast<std::size_t>(file.gcount()));
    return text.size() > 9 && text[8] == '{'
           && (path.extension() == ".safetensors"
               || text.find("guidino_pack") != std::string_view::npos);
}

Result<Pack> readPack(const std::filesystem::path& path)
{
    auto file = readSafetensors(path);
    if (!file) {
        return std::move(file).error();
    }
    const auto version = file->metadata.find("guidino_pack");
    if (version == file->metadata.end()) {
        return broken(path, "it lacks the mark 'guidino_pack'");
    }
    if (version->second != "1") {
        return broken(path, "version " + version->second + " is not known to this program");
    }
    Pack pack;
    pack.images = file->tensors["images"];
    pack.masks = file->tensors["masks"];
    try {
        readMetadata(*file, pack);
    } catch (const nlohmann::json::exception& exception) {
        return broken(path, std::string("damaged metadata (") + exception.what() + ")");
    }
    if (const std::string problem = problemOf(pack); !problem.empty()) {
        return broken(path, problem);
    }
    return pack;
}

Status writePack(const std::filesystem::path& path, const Pack& pack)
{
    if (const std::string problem = problemOf(pack); !problem.empty()) {
        return Error{ErrorCode::Internal, "cannot write a pack: " + problem, {}};
    }
    Json sizes = Json::array();
    for (const Size& size : pack.nativeSizes) {
        sizes.push_back({size.width, size.height});
    }
    Json classes = Json::array();
    for (const auto& [index, name] : pack.classes) {
        classes.push_back({{"index", index}, {"name", name}});
    }
    const std::map<std::string, std::string> metadata{
        {"guidino_pack", "1"},
        {"names", Json(pack.names).dump()},
        {"groups", Json(pack.groups).dump()},
        {"hashes", Json(pack.hashes).dump()},
        {"splits", Json(pack.splits).dump()},
        {"classes", classes.dump()},
        {"resize", pack.resize},
        {"crop_black_border", pack.cropBlackBorder ? "true" : "false"},
        {"native_sizes", sizes.dump()}};
    return writeSafetensors(path, {{"images", pack.images}, {"masks", pack.masks}}, metadata);
}

} // namespace guidino::nn
