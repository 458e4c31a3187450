// SPDX-License-Identifier: Apache-2.0
#include "core/datasets/splits.h"

#include "core/base/file.h"
#include "core/base/sha256.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>
#include <random>
#include <set>
#include <unordered_map>

namespace guidino::datasets {

namespace {

using Json = nlohmann::ordered_json;
constexpr int kVersion = 1;

/// Fisher-Yates with the raw generator: std::shuffle differs between standard libraries.
template<typename T>
void shuffle(std::vector<T>& values, std::mt19937_64& random)
{
    for (std::size_t i = values.size(); i > 1; --i) {
        std::swap(values[i - 1], values[random() % i]);
    }
}

/// Groups of the given samples in the order of their first names, however the samples are listed.
std::vector<std::vector<std::size_t>>
groupsOf(const Dataset& dataset, std::vector<std::size_t> indices)
{
    std::sort(indices.begin(), indices.end(), [&](std::size_t a, std::size_t b) {
        return naturalLess(dataset.samples[a].name, dataset.samples[b].name);
    });
    std::vector<std::vector<std::size_t>> groups;
    std::map<std::string, std::size_t> positions;
    for (const std::size_t index : indices) {
        const std::string& group = dataset.samples[index].group;
        if (group.empty()) {
            groups.push_back({index});
            continue;
        }
        const auto [entry, isNew] = positions.emplace(group, groups.size());
        if (isNew) {
            groups.emplace_back();
        }
        groups[entry->second].push_back(index);
    }
    return groups;
}

/// Deals whole groups to lists so that each comes as near to its share as the groups allow.
std::vector<std::vector<std::size_t>> deal(
    std::vector<std::vector<std::size_t>> groups,
    const std::vector<double>& shares,
    std::int64_t seed)
{
    std::mt19937_64 random(static_cast<std::uint64_t>(seed));
    shuffle(groups, random);
    // Large groups first, or the last one may burst a small list.
    std::stable_sort(groups.begin(), groups.end(), [](const auto& a, const auto& b) {
        return a.size() > b.size();
    });
    std::size_t count = 0;
    for (const auto& group : groups) {
        count += group.size();
    }
    const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
    std::vector<std::vector<std::size_t>> lists(shares.size());
    std::vector<double> room(shares.size());
    for (std::size_t i = 0; i < shares.size(); ++i) {
        room[i] = static_cast<double>(count) * shares[i] / sum;
    }
    for (std::size_t g = 0; g < groups.size(); ++g) {
        std::size_t best = 0;
        const std::size_t left = groups.size() - g;
        const auto isStarving = [&](std::size_t i) { return shares[i] > 0 && lists[i].empty(); };
        std::size_t starving = 0;
        for (std::size_t i = 0; i < lists.size(); ++i) {
            starving += isStarving(i) ? 1U : 0U;
        }
        const bool isLastChance = starving >= left;
        double bestRoom = -1e300;
        for (std::size_t i = 0; i < lists.size(); ++i) {
            if (shares[i] > 0 && (!isLastChance || isStarving(i)) && room[i] > bestRoom) {
                best = i;
                bestRoom = room[i];
            }
        }
        room[best] -= static_cast<double>(groups[g].size());
        lists[best].insert(lists[best].end(), groups[g].begin(), groups[g].end());
    }
    for (auto& list : lists) {
        std::sort(list.begin(), list.end());
    }
    return lists;
}

Status checkFractions(const SplitFractions& fractions)
{
    for (const double share : {fractions.train, fractions.val, fractions.test}) {
        if (!(share >= 0) || !std::isfinite(share)) {
            return Error{ErrorCode::Usage, "shares of a split must be numbers of 0 or more", {}};
        }
    }
    if (fractions.train + fractions.val + fractions.test <= 0) {
        return Error{ErrorCode::Usage, "at least one share of a split must be above 0", {}};
    }
    return {};
}

std::string shortened(const std::vector<std::string>& names)
{
    std::string text;
    constexpr std::size_t kShown = 5;
    for (std::size_t i = 0; i < std::min(names.size(), kShown); ++i) {
        text += (i == 0 ? "" : ", ") + names[i];
    }
    if (names.size() > kShown) {
        text += " and " + std::to_string(names.size() - kShown) + " more";
    }
    return text;
}

/// The parts that must not share an image. Other lists may overlap, such as a test list and a part
/// of it.
bool isPart(std::string_view list)
{
    return list == "train" || list == "val" || list == "test";
}

/// Finds entries in a data set. Hashes are computed when first needed: reading all images costs
/// seconds.
class Finder
{
public:
    explicit Finder(const Dataset& dataset)
        : m_dataset(dataset)
    {
        for (std::size_t i = 0; i < dataset.samples.size(); ++i) {
            m_byName.emplace(dataset.samples[i].name, i);
            m_byStem.emplace(dataset.samples[i].stem, i);
        }
    }

    struct Found
    {
        std::optional<std::size_t> index;
        bool hasChanged = false;
        bool isAmbiguous = false;
    };

    Result<Found> find(const SplitEntry& entry)
    {
        const auto named = m_byName.find(entry.name);
        // Images of a pack have no files of their own: their names are what there is.
        if (named != m_byName.end() && m_dataset.samples[named->second].image.empty()) {
            return Found{named->second, false, false};
        }
        if (!entry.sha256.empty()) {
            // The file of that name first: it mostly is the one, and copies share their hash.
            if (named != m_byName.end()) {
                auto hash = sha256OfFile(m_dataset.samples[named->second].image);
                if (!hash) {
                    return std::move(hash).error();
                }
                if (*hash == entry.sha256) {
                    return Found{named->second, false, false};
                }
            }
            GD_TRY(hashAll());
            const auto [begin, end] = m_byHash.equal_range(entry.sha256);
            if (begin != end) {
                return Found{begin->second, false, false};
            }
        }
        const bool hasHash = !entry.sha256.empty();
        if (named != m_byName.end()) {
            return Found{named->second, hasHash, false};
        }
        const auto stem = std::filesystem::path(entry.name).stem().string();
        const auto count = m_byStem.count(stem);
        if (count == 1) {
            return Found{m_byStem.find(stem)->second, hasHash, false};
        }
        return Found{std::nullopt, false, count > 1};
    }

private:
    Status hashAll()
    {
        if (m_isHashed) {
            return {};
        }
        m_isHashed = true;
        for (std::size_t i = 0; i < m_dataset.samples.size(); ++i) {
            // An unreadable file is found by name or not at all.
            if (auto hash = sha256OfFile(m_dataset.samples[i].image)) {
                m_byHash.emplace(std::move(*hash), i);
            }
        }
        return {};
    }

    const Dataset& m_dataset;
    std::unordered_map<std::string, std::size_t> m_byName;
    std::unordered_multimap<std::string, std::size_t> m_byStem;
    std::multimap<std::string, std::size_t> m_byHash;
    bool m_isHashed = false;
};

Error notALists(const std::filesystem::path& path, const std::string& what)
{
    return Error{
        ErrorCode::Configuration,
        path.string() + ": " + what
            + R"(; expected {"version": 1, "seed": 42, "lists": {"train": [{"name": ..., "sha256": ...}]}})",
        {}};
}

/// Other tools and people say "validation", "valid" or "training" for what is `val` and `train`
/// here. A name that stands beside its own canonical one is kept.
std::string canonicalName(const std::string& name, const Json& lists)
{
    const std::string canonical = name == "validation" || name == "valid" ? "val"
                                  : name == "training"                    ? "train"
                                                                          : name;
    return lists.contains(canonical) ? name : canonical;
}

} // namespace

const std::vector<SplitEntry>* SplitLists::find(std::string_view name) const
{
    for (const auto& [key, entries] : lists) {
        if (key == name) {
            return &entries;
        }
    }
    return nullptr;
}

const std::vector<std::size_t>& SplitIndices::operator[](std::string_view name) const
{
    static const std::vector<std::size_t> kNone;
    for (const auto& [key, indices] : lists) {
        if (key == name) {
            return indices;
        }
    }
    return kNone;
}

Result<SplitIndices>
randomSplit(const Dataset& dataset, const SplitFractions& fractions, std::int64_t seed)
{
    GD_TRY(checkFractions(fractions));
    const std::vector<std::size_t> pairs = dataset.pairs();
    if (pairs.empty()) {
        return Error{
            ErrorCode::BadInput,
            dataset.root.string() + ": no image has a mask, so there is nothing to split",
            {}};
    }
    auto lists =
        deal(groupsOf(dataset, pairs), {fractions.train, fractions.val, fractions.test}, seed);
    SplitIndices indices;
    const std::vector<std::string> names = {"train", "val", "test"};
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (!lists[i].empty()) {
            indices.lists.emplace_back(names[i], std::move(lists[i]));
        }
    }
    return indices;
}

Result<SplitIndices>
splitOf(const Dataset& dataset, const SplitFractions& fractions, std::int64_t seed)
{
    std::map<std::string, std::vector<std::size_t>> given;
    for (const std::size_t index : dataset.pairs()) {
        given[dataset.samples[index].split].push_back(index);
    }
    if (given["train"].empty()) {
        if (given["val"].empty() && given["test"].empty()) {
            return randomSplit(dataset, fractions, seed);
        }
        // Images outside the named parts are what is left to train on.
        given["train"].swap(given[""]);
    }
    if (given["train"].empty()) {
        return Error{
            ErrorCode::BadInput,
            dataset.root.string() + ": there are no pairs to train on beside the given parts",
            {}};
    }
    GD_TRY(checkFractions(fractions));
    if (given["val"].empty() && fractions.val > 0) {
        const double all = fractions.train + fractions.val;
        auto lists = deal(
            groupsOf(dataset, given["train"]), {fractions.train / all, fractions.val / all}, seed);
        given["train"] = std::move(lists[0]);
        given["val"] = std::move(lists[1]);
    }
    SplitIndices indices;
    for (const char* name : {"train", "val", "test"}) {
        if (!given[name].empty()) {
            indices.lists.emplace_back(name, std::move(given[name]));
        }
    }
    return indices;
}

Result<SplitLists> listsOf(const Dataset& dataset, const SplitIndices& indices, std::int64_t seed)
{
    SplitLists lists;
    lists.seed = seed;
    for (const auto& [name, members] : indices.lists) {
        std::vector<SplitEntry> entries;
        entries.reserve(members.size());
        for (const std::size_t index : members) {
            auto hash = sha256OfFile(dataset.samples[index].image);
            if (!hash) {
                return std::move(hash).error();
            }
            entries.push_back({dataset.samples[index].name, std::move(*hash)});
        }
        lists.lists.emplace_back(name, std::move(entries));
    }
    return lists;
}

Result<SplitIndices> resolve(const Dataset& dataset, const SplitLists& lists)
{
    Finder finder(dataset);
    SplitIndices indices;
    std::map<std::size_t, std::string> listOf;
    std::vector<std::string> missing;
    std::vector<std::string> ambiguous;
    std::vector<std::string> twice;
    for (const auto& [name, entries] : lists.lists) {
        std::vector<std::size_t> members;
        for (const SplitEntry& entry : entries) {
            auto found = finder.find(entry);
            if (!found) {
                return std::move(found).error();
            }
            if (!found->index) {
                (found->isAmbiguous ? ambiguous : missing).push_back(entry.name);
                continue;
            }
            if (found->hasChanged) {
                indices.warnings.push_back(
                    entry.name + ": found by name; its content differs from the listed hash");
            }
            const auto [other, isNew] = listOf.emplace(*found->index, name);
            if (isNew || other->second != name) {
                members.push_back(*found->index);
            }
            if (isNew) {
                continue;
            }
            if (isPart(other->second) && isPart(name) && other->second != name) {
                twice.push_back(entry.name);
            }
        }
        std::sort(members.begin(), members.end());
        indices.lists.emplace_back(name, std::move(members));
    }
    const std::string root = dataset.root.string();
    if (!missing.empty()) {
        return Error{
            ErrorCode::BadInput,
            root + ": " + std::to_string(missing.size())
                + " images of the split are not there: " + shortened(missing),
            {}};
    }
    if (!ambiguous.empty()) {
        return Error{
            ErrorCode::BadInput,
            root + ": names of the split fit several images: " + shortened(ambiguous),
            {}};
    }
    if (!twice.empty()) {
        return Error{
            ErrorCode::BadInput,
            root + ": images of the split stand in two lists: " + shortened(twice),
            {}};
    }
    return indices;
}

Result<SplitLists> readSplits(const std::filesystem::path& path)
{
    auto text = readFile(path, 256 << 20);
    if (!text) {
        return std::move(text).error();
    }
    const Json json = Json::parse(*text, nullptr, false);
    if (!json.is_object()) {
        return notALists(path, "not a JSON object");
    }
    if (!json.contains("version") || !json["version"].is_number_integer()) {
        return notALists(path, "'version' is missing");
    }
    if (json["version"].get<std::int64_t>() > kVersion) {
        return notALists(path, "version " + json["version"].dump() + " is of a later program");
    }
    if (!json.contains("lists") || !json["lists"].is_object()) {
        return notALists(path, "'lists' is missing");
    }
    SplitLists lists;
    if (json.contains("seed") && json["seed"].is_number_integer()) {
        lists.seed = json["seed"].get<std::int64_t>();
    }
    for (const auto& [name, entries] : json["lists"].items()) {
        if (!entries.is_array()) {
            return notALists(path, "the list '" + name + "' is no array");
        }
        std::vector<SplitEntry> list;
        for (const Json& entry : entries) {
            // A bare name is what people write by hand.
            if (entry.is_string()) {
                list.push_back({entry.get<std::string>(), {}});
                continue;
            }
            if (!entry.is_object() || !entry.contains("name") || !entry["name"].is_string()
                || (entry.contains("sha256") && !entry["sha256"].is_string())) {
                return notALists(
                    path, "an entry of '" + name + "' is " + entry.dump().substr(0, 60));
            }
            list.push_back(
                {entry["name"].get<std::string>(), entry.value("sha256", std::string())});
        }
        lists.lists.emplace_back(canonicalName(name, json["lists"]), std::move(list));
    }
    return lists;
}

Status writeSplits(const std::filesystem::path& path, const SplitLists& lists)
{
    // One image a line: lists stay readable in a diff.
    std::string text = "{\n  \"version\": " + std::to_string(kVersion)
                       + ",\n  \"seed\": " + std::to_string(lists.seed) + ",\n  \"lists\": {";
    bool isFirstList = true;
    for (const auto& [name, entries] : lists.lists) {
        text += (isFirstList ? "\n    " : ",\n    ") + Json(name).dump() + ": [";
        isFirstList = false;
        bool isFirst = true;
        for (const SplitEntry& entry : entries) {
            Json line = {{"name", entry.name}};
            if (!entry.sha256.empty()) {
                line["sha256"] = entry.sha256;
            }
            text += (isFirst ? "\n      " : ",\n      ")
                    + line.dump(-1, ' ', false, Json::error_handler_t::replace);
            isFirst = false;
        }
        text += isFirst ? "]" : "\n    ]";
    }
    text += isFirstList ? "}\n}\n" : "\n  }\n}\n";
    return writeFileAtomically(path, text);
}

} // namespace guidino::datasets
