// SPDX-License-Identifier: Apache-2.0
#include "core/datasets/nnunet_pack_index.h"

#include "core/base/file.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <fstream>
#include <string_view>

namespace guidino::datasets {

namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

constexpr std::string_view kMark = "guidino_nnunet_pack";
constexpr int kVersion = 1;
constexpr std::uint64_t kLargestFile = std::uint64_t{256} << 20;

fs::path fileOf(const fs::path& folder)
{
    return folder / "pack.json";
}

Error bad(const fs::path& file, const std::string& what)
{
    return Error{ErrorCode::BadInput, file.string() + ": " + what, {{"file", file.string()}}};
}

/// Keys that an older version did not write stay as they are.
NnunetPackIndex indexOf(const Json& json, const fs::path& folder)
{
    NnunetPackIndex index;
    json.at("plan").get_to(index.plan);
    json.at("ignore").get_to(index.hasIgnore);
    for (const Json& one : json.at("classes")) {
        index.classes.emplace_back(one.at("index").get<int>(), one.at("name").get<std::string>());
    }
    index.ignoreLabel = json.value("ignore_label", -1);
    index.foreground = json.value("foreground", index.foreground);
    if (const auto found = json.find("references"); found != json.end()) {
        index.references = (folder / found->get<std::string>()).lexically_normal();
    }
    for (const Json& one : json.at("cases")) {
        NnunetPackIndex::Case item;
        one.at("name").get_to(item.name);
        one.at("key").get_to(item.key);
        for (const std::string& image : one.value("images", std::vector<std::string>{})) {
            item.images.emplace_back(image);
        }
        index.cases.push_back(std::move(item));
    }
    std::sort(index.cases.begin(), index.cases.end(), [](const auto& a, const auto& b) {
        return a.name < b.name;
    });
    return index;
}

} // namespace

const NnunetPackIndex::Case* NnunetPackIndex::find(const std::string& name) const
{
    const auto found = std::lower_bound(
        cases.begin(), cases.end(), name, [](const Case& one, const std::string& wanted) {
            return one.name < wanted;
        });
    return found != cases.end() && found->name == name ? &*found : nullptr;
}

bool isNnunetPack(const fs::path& folder)
{
    // The mark is the first key: other folders may hold a pack.json of their own.
    std::ifstream stream(fileOf(folder), std::ios::binary);
    std::array<char, 256> begin{};
    stream.read(begin.data(), begin.size());
    const std::string_view text(begin.data(), static_cast<std::size_t>(stream.gcount()));
    return text.find(kMark) != std::string_view::npos;
}

Result<NnunetPackIndex> readNnunetPackIndex(const fs::path& folder)
{
    const fs::path file = fileOf(folder);
    const Result<std::string> text = readFile(file, kLargestFile);
    GD_TRY(text);
    try {
        const Json json = Json::parse(*text);
        if (json.at(std::string(kMark)).get<int>() != kVersion) {
            return bad(file, "is of another version; make it anew with `guidino nnunet train`.");
        }
        return indexOf(json, folder);
    } catch (const nlohmann::json::exception& exception) {
        return bad(
            file,
            std::string("is damaged; make it anew with `guidino nnunet train`: ")
                + exception.what());
    }
}

Status writeNnunetPackIndex(const fs::path& folder, const NnunetPackIndex& index)
{
    Json json{
        {std::string(kMark), kVersion},
        {"plan", index.plan},
        {"ignore", index.hasIgnore},
        {"classes", Json::array()},
        {"ignore_label", index.ignoreLabel},
        {"foreground", index.foreground},
        {"cases", Json::array()}};
    if (!index.references.empty()) {
        const fs::path relative = fs::absolute(index.references)
                                      .lexically_normal()
                                      .lexically_relative(fs::absolute(folder).lexically_normal());
        json["references"] = (relative.empty() ? index.references : relative).string();
    }
    for (const auto& [number, name] : index.classes) {
        json["classes"].push_back({{"index", number}, {"name", name}});
    }
    for (const NnunetPackIndex::Case& one : index.cases) {
        Json images = Json::array();
        for (const fs::path& image : one.images) {
            images.push_back(fs::absolute(image).lexically_normal().string());
        }
        json["cases"].push_back(
            {{"name", one.name}, {"key", one.key}, {"images", std::move(images)}});
    }
    return writeFileAtomically(fileOf(folder), json.dump(1) + "\n");
}

Result<std::vector<NnunetCaseFiles>> casesOfPack(
    const fs::path& folder, const NnunetPackIndex& index, const std::vector<std::string>& names)
{
    std::vector<NnunetCaseFiles> cases;
    std::string missing;
    for (const std::string& name : names) {
        const NnunetPackIndex::Case* one = index.find(name);
        if (one == nullptr) {
            missing += (missing.empty() ? "" : ", ") + name;
            continue;
        }
        cases.push_back({name, one->images, index.references / (name + ".png")});
    }
    if (!missing.empty()) {
        return bad(fileOf(folder), "holds no case " + missing + ", which the split names.");
    }
    return cases;
}

} // namespace guidino::datasets
