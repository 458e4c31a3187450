// SPDX-License-Identifier: Apache-2.0
#include "core/datasets/pack.h"

#include "core/base/file.h"
#include "core/base/sha256.h"
#include "core/datasets/parallel.h"
#include "core/imaging/image_content.h"
#include "core/imaging/image_reader.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <span>
#include <utility>

namespace guidino::datasets {

namespace {

using Json = nlohmann::ordered_json;

std::vector<std::size_t> membersOf(const Dataset& dataset, const SplitIndices& splits)
{
    std::set<std::size_t> members;
    for (const auto& [name, indices] : splits.lists) {
        members.insert(indices.begin(), indices.end());
    }
    if (splits.lists.empty()) {
        const auto pairs = dataset.pairs();
        members.insert(pairs.begin(), pairs.end());
    }
    return {members.begin(), members.end()};
}

Json splitNames(const Dataset& dataset, const SplitIndices& splits)
{
    Json json = Json::object();
    for (const auto& [name, indices] : splits.lists) {
        Json names = Json::array();
        for (const std::size_t index : indices) {
            names.push_back(dataset.samples[index].name);
        }
        json[name] = std::move(names);
    }
    return json;
}

Json classTable(const MaskReader& masks)
{
    Json json = Json::array();
    for (const ClassInfo& entry : masks.scheme().classes) {
        if (entry.index > 0) {
            json.push_back({{"index", entry.index}, {"name", entry.name}, {"color", entry.color}});
        }
    }
    return json;
}

/// What the header says of each file; known before the pixels are.
struct Facts
{
    std::vector<std::string> hashes;
    std::vector<Size> sizes;
};

std::string dumped(const Json& json)
{
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// Length, then JSON, padded so that the tensors begin at a multiple of 64.
std::string headerOf(
    const Dataset& dataset,
    const std::vector<std::size_t>& members,
    const SplitIndices& splits,
    const MaskReader& masks,
    const DecodeOptions& options,
    const Facts& facts)
{
    Json names = Json::array();
    Json groups = Json::array();
    Json sizes = Json::array();
    for (std::size_t i = 0; i < members.size(); ++i) {
        names.push_back(dataset.samples[members[i]].name);
        groups.push_back(dataset.samples[members[i]].group);
        sizes.push_back({facts.sizes[i].width, facts.sizes[i].height});
    }
    const std::size_t count = members.size();
    const auto side = static_cast<std::size_t>(options.size);
    const std::size_t imageBytes = count * side * side * 3;
    const std::size_t maskBytes = count * side * side;
    const Json header = {
        {"__metadata__",
         {{"guidino_pack", "1"},
          {"names", dumped(names)},
          {"groups", dumped(groups)},
          {"hashes", dumped(Json(facts.hashes))},
          {"splits", dumped(splitNames(dataset, splits))},
          {"classes", dumped(classTable(masks))},
          {"resize", nameOf(options.resize)},
          {"crop_black_border", options.cropBlackBorder ? "true" : "false"},
          {"native_sizes", dumped(sizes)}}},
        {"images",
         {{"dtype", "U8"}, {"shape", {count, side, side, 3}}, {"data_offsets", {0, imageBytes}}}},
        {"masks",
         {{"dtype", "U8"},
          {"shape", {count, side, side}},
          {"data_offsets", {imageBytes, imageBytes + maskBytes}}}}};
    std::string text = dumped(header);
    text.append((64 - (8 + text.size()) % 64) % 64, ' ');
    std::string length(8, '\0');
    for (std::size_t i = 0; i < 8; ++i) {
        length[i] = static_cast<char>((text.size() >> (8 * i)) & 0xFF);
    }
    return length + text;
}

Error unusable(const std::vector<std::string>& messages)
{
    constexpr std::size_t kShown = 20;
    std::string text =
        std::to_string(messages.size()) + " of the files cannot be used, so nothing was written:";
    for (std::size_t i = 0; i < std::min(messages.size(), kShown); ++i) {
        text += "\n  " + messages[i];
    }
    if (messages.size() > kShown) {
        text += "\n  and " + std::to_string(messages.size() - kShown) + " more";
    }
    return Error{ErrorCode::BadInput, text, {}};
}

Error cancelledError()
{
    return Error{ErrorCode::Cancelled, "cancelled", {}};
}

/// Masks until the images are through, as runs of equal values: both tensors are written in one
/// pass over the files, and masks are mostly long runs.
class Runs
{
public:
    void add(std::span<const std::uint8_t> values)
    {
        for (const std::uint8_t value : values) {
            if (!m_runs.empty() && m_runs.back().first == value && m_runs.back().second < kMax) {
                ++m_runs.back().second;
            } else {
                m_runs.emplace_back(value, 1);
            }
        }
    }

    Status writeTo(AtomicFile& file) const
    {
        constexpr std::size_t kBlockBytes = 1 << 20;
        std::string block;
        for (const auto& [value, count] : m_runs) {
            block.append(count, static_cast<char>(value));
            if (block.size() >= kBlockBytes) {
                GD_TRY(file.write(block));
                block.clear();
            }
        }
        return file.write(block);
    }

private:
    static constexpr std::uint32_t kMax = 1 << 20;
    std::vector<std::pair<std::uint8_t, std::uint32_t>> m_runs;
};

class Writer
{
public:
    Writer(
        const Dataset& dataset,
        const std::vector<std::size_t>& members,
        const MaskReader& masks,
        const DecodeOptions& options)
        : m_dataset(dataset)
        , m_members(members)
        , m_masks(masks)
        , m_options(options)
    {}

    /// Hashes and sizes, and the names of files whose header is damaged.
    Result<Facts> survey(const CancelToken& cancel) const
    {
        Facts facts;
        facts.hashes.resize(m_members.size());
        facts.sizes.resize(m_members.size());
        std::vector<std::string> problems(m_members.size());
        const bool isWhole = forEachParallel(m_members.size(), 2, cancel, {}, [&](std::size_t i) {
            const Sample& sample = m_dataset.samples[m_members[i]];
            auto hash = sha256OfFile(sample.image);
            const auto info = imaging::readImageInfo(sample.image);
            if (!hash || !info) {
                problems[i] = hash ? info.error().message : hash.error().message;
            } else if (sample.mask.empty()) {
                problems[i] = sample.image.string() + ": has no mask";
            } else {
                facts.hashes[i] = std::move(*hash);
                facts.sizes[i] = info->size;
            }
        });
        if (!isWhole) {
            return cancelledError();
        }
        std::erase(problems, std::string());
        if (!problems.empty()) {
            return unusable(problems);
        }
        return facts;
    }

    /// Returns the warnings of the images.
    Result<std::vector<std::string>>
    writePixels(AtomicFile& file, const CancelToken& cancel, const Progress& progress) const
    {
        constexpr std::size_t kBlock = 16;
        Runs masks;
        std::vector<std::string> warnings;
        std::vector<std::string> problems;
        for (std::size_t begin = 0; begin < m_members.size(); begin += kBlock) {
            const std::size_t count = std::min(kBlock, m_members.size() - begin);
            std::vector<std::optional<Result<DecodedSample>>> block(count);
            const bool isWhole = forEachParallel(count, 2, cancel, {}, [&](std::size_t i) {
                block[i] =
                    decodeSample(m_dataset.samples[m_members[begin + i]], m_masks, m_options);
            });
            if (!isWhole) {
                return cancelledError();
            }
            for (const auto& decoded : block) {
                if (!*decoded) {
                    problems.push_back(decoded->error().message);
                } else if (problems.empty()) {
                    const auto pixels = (*decoded)->image.pixels();
                    GD_TRY(file.write(pixels.data(), pixels.size()));
                    masks.add((*decoded)->mask.pixels());
                    const auto& more = (*decoded)->warnings;
                    warnings.insert(warnings.end(), more.begin(), more.end());
                }
            }
            if (progress) {
                progress(begin + count, m_members.size());
            }
        }
        if (!problems.empty()) {
            return unusable(problems);
        }
        GD_TRY(masks.writeTo(file));
        return warnings;
    }

private:
    const Dataset& m_dataset;
    const std::vector<std::size_t>& m_members;
    const MaskReader& m_masks;
    const DecodeOptions& m_options;
};

} // namespace

Result<std::vector<std::string>> writePack(
    const std::filesystem::path& path,
    const Dataset& dataset,
    const SplitIndices& splits,
    const MaskReader& masks,
    const DecodeOptions& options,
    const CancelToken& cancel,
    const Progress& progress)
{
    constexpr int kLargestSide = 8192;
    if (options.size < 1 || options.size > kLargestSide) {
        return Error{
            ErrorCode::Usage, "the size of a pack is 1 to " + std::to_string(kLargestSide), {}};
    }
    const std::vector<std::size_t> members = membersOf(dataset, splits);
    if (members.empty()) {
        return Error{
            ErrorCode::BadInput, dataset.root.string() + ": no image has a mask to pack", {}};
    }
    const Writer writer(dataset, members, masks, options);
    auto facts = writer.survey(cancel);
    if (!facts) {
        return std::move(facts).error();
    }
    auto file = AtomicFile::create(path);
    if (!file) {
        return std::move(file).error();
    }
    GD_TRY(file->write(headerOf(dataset, members, splits, masks, options, *facts)));
    auto warnings = writer.writePixels(*file, cancel, progress);
    GD_TRY(warnings);
    GD_TRY(file->commit());
    return warnings;
}

} // namespace guidino::datasets
