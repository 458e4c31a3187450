// SPDX-License-Identifier: Apache-2.0
#include "core/datasets/inspect.h"

#include "core/base/sha256.h"
#include "core/datasets/decode.h"
#include "core/datasets/layouts.h"
#include "core/datasets/mask_survey.h"
#include "core/datasets/parallel.h"
#include "core/imaging/image_content.h"
#include "core/imaging/image_reader.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

namespace guidino::datasets {

namespace {

/// A smaller frame of black is the picture's own dark edge.
constexpr double kBorderShare = 0.02;

/// What one sample's files say.
struct Finding
{
    bool isImageRead = false;
    imaging::ImageInfo info;
    std::string hash;
    bool hasBorder = false;
    bool hasText = false;
    bool isMaskRead = false;
    std::array<double, 256> shares{}; ///< of the mask's classes
    std::vector<Problem> problems;
};

std::string kindOf(const Error& error)
{
    for (const auto& [key, value] : error.context) {
        if (key == "kind") {
            return value;
        }
    }
    return "unreadable";
}

class Inspector
{
public:
    Inspector(const Dataset& dataset, const InspectOptions& options, const MaskReader& masks)
        : m_dataset(dataset)
        , m_options(options)
        , m_masks(masks)
    {}

    Finding look(std::size_t position, NearDuplicateFinder& finder) const
    {
        const Sample& sample = m_dataset.samples[position];
        Finding finding;
        lookAtImage(sample, position, finding, finder);
        if (!sample.mask.empty()) {
            lookAtMask(sample, finding);
        }
        return finding;
    }

private:
    void lookAtImage(
        const Sample& sample,
        std::size_t position,
        Finding& finding,
        NearDuplicateFinder& finder) const
    {
        const auto image = decodeImage(sample);
        const auto info = imaging::readImageInfo(sample.image);
        if (!image || !info) {
            const Error& error = image ? info.error() : image.error();
            finding.problems.push_back({sample.name, kindOf(error), error.message});
            return;
        }
        finding.isImageRead = true;
        finding.info = *info;
        for (const std::string& warning : info->warnings) {
            const bool isName = warning.find("named") != std::string::npos;
            finding.problems.push_back(
                {sample.name, isName ? "wrong_extension" : "warning", warning});
        }
        if (auto hash = sha256OfFile(sample.image)) {
            finding.hash = std::move(*hash);
        }
        const Rect content = imaging::contentRectangle(*image);
        const auto whole = static_cast<double>(image->size().area());
        const double border = 1 - static_cast<double>(content.width) * content.height / whole;
        if (border > kBorderShare) {
            finding.hasBorder = true;
            finding.problems.push_back(
                {sample.name,
                 "black_border",
                 "black borders take " + std::to_string(static_cast<int>(border * 100 + 0.5))
                     + " % of the image; preprocessing.crop_black_border leaves them out"});
        }
        if (m_options.findText) {
            const auto lines = imaging::findTextLines(*image);
            if (!lines.empty()) {
                finding.hasText = true;
                finding.problems.push_back(
                    {sample.name,
                     "burned_in_text",
                     "seems to have text in the picture, near (" + std::to_string(lines[0].x) + ", "
                         + std::to_string(lines[0].y) + "): look whether it names a person"});
            }
        }
        if (m_options.findNearDuplicates) {
            finder.add(position, *image);
        }
    }

    void lookAtMask(const Sample& sample, Finding& finding) const
    {
        const std::string name = layouts::nameBelow(m_dataset.root, sample.mask);
        const auto mask = m_masks.read(sample.mask);
        if (!mask) {
            finding.problems.push_back({name, kindOf(mask.error()), mask.error().message});
            return;
        }
        if (const auto info = imaging::readImageInfo(sample.mask)) {
            for (const std::string& warning : info->warnings) {
                if (warning.find("named") != std::string::npos) {
                    finding.problems.push_back({name, "wrong_extension", warning});
                }
            }
        }
        if (finding.isImageRead && mask->size() != finding.info.size) {
            finding.problems.push_back(
                {name,
                 "size_mismatch",
                 sizeMismatch(sample, finding.info.size, mask->size()).message});
            return;
        }
        finding.isMaskRead = true;
        std::array<std::size_t, 256> counts{};
        for (const std::uint8_t value : mask->pixels()) {
            ++counts[value];
        }
        const auto all = static_cast<double>(mask->pixels().size());
        for (std::size_t value = 0; value < counts.size(); ++value) {
            finding.shares[value] = static_cast<double>(counts[value]) / all;
        }
        if (finding.shares[0] + finding.shares[255] >= 1) {
            finding.problems.push_back({name, "empty_mask", "the mask marks nothing"});
        }
    }

    const Dataset& m_dataset;
    const InspectOptions& m_options;
    const MaskReader& m_masks;
};

void countImages(InspectReport& report, const std::vector<Finding>& findings)
{
    for (const Finding& finding : findings) {
        if (!finding.isImageRead) {
            continue;
        }
        const imaging::ImageInfo& info = finding.info;
        ++report.sizes[std::to_string(info.size.width) + "x" + std::to_string(info.size.height)];
        ++report.formats
              [info.format + " " + std::to_string(info.bitDepth) + " bit "
               + (info.isPalette ? "palette"
                                 : std::to_string(info.channels)
                                       + (info.channels == 1 ? " channel" : " channels"))];
        report.blackBorders += finding.hasBorder ? 1U : 0U;
        report.burnedInText += finding.hasText ? 1U : 0U;
    }
}

void countClasses(
    InspectReport& report, const std::vector<Finding>& findings, const MaskScheme& scheme)
{
    double foreground = 0;
    std::size_t readable = 0;
    for (const Finding& finding : findings) {
        if (finding.isMaskRead) {
            ++readable;
            foreground += 1 - finding.shares[0] - finding.shares[255];
        }
    }
    report.foregroundShare = readable > 0 ? foreground / static_cast<double>(readable) : 0;
    for (const ClassInfo& entry : scheme.classes) {
        if (entry.index == 0) {
            continue;
        }
        InspectReport::ClassShare share{entry, 0, 0};
        for (const Finding& finding : findings) {
            const double part = finding.shares[static_cast<std::size_t>(entry.index)];
            if (finding.isMaskRead && part > 0) {
                ++share.images;
                share.meanShare += part;
            }
        }
        if (share.images > 0) {
            share.meanShare /= static_cast<double>(share.images);
        }
        report.classes.push_back(share);
    }
}

/// "train and test", where two parts share a picture.
std::string leak(const Sample& a, const Sample& b)
{
    return a.split == b.split || a.split.empty() || b.split.empty()
               ? std::string()
               : "; one is in " + a.split + ", the other in " + b.split;
}

void findDuplicates(
    InspectReport& report, const Dataset& dataset, const std::vector<Finding>& findings)
{
    std::map<std::string, std::vector<std::size_t>> byHash;
    for (std::size_t i = 0; i < findings.size(); ++i) {
        if (!findings[i].hash.empty()) {
            byHash[findings[i].hash].push_back(i);
        }
    }
    for (const auto& [hash, members] : byHash) {
        if (members.size() < 2) {
            continue;
        }
        std::vector<std::string> names;
        for (const std::size_t member : members) {
            names.push_back(dataset.samples[member].name);
            if (member != members.front()) {
                report.problems.push_back(
                    {names.back(),
                     "duplicate",
                     "the same file as " + names.front()
                         + leak(dataset.samples[members.front()], dataset.samples[member])});
            }
        }
        report.duplicates.push_back(std::move(names));
    }
    std::sort(report.duplicates.begin(), report.duplicates.end());
}

void reportNearDuplicates(
    InspectReport& report, const Dataset& dataset, const std::vector<Finding>& findings)
{
    std::map<std::size_t, NearDuplicate> bestOf;
    for (const NearDuplicate& pair : report.nearDuplicates) {
        if (findings[pair.a].hash == findings[pair.b].hash) {
            continue;
        }
        const auto [entry, isNew] = bestOf.emplace(pair.b, pair);
        if (!isNew && entry->second.score < pair.score) {
            entry->second = pair;
        }
    }
    for (const auto& [position, pair] : bestOf) {
        const Sample& a = dataset.samples[pair.a];
        const Sample& b = dataset.samples[pair.b];
        report.problems.push_back(
            {b.name, "near_duplicate", "shows the same as " + a.name + leak(a, b)});
    }
    std::erase_if(report.nearDuplicates, [&](const NearDuplicate& pair) {
        return findings[pair.a].hash == findings[pair.b].hash;
    });
}

void sortProblems(std::vector<Problem>& problems)
{
    std::stable_sort(problems.begin(), problems.end(), [](const Problem& a, const Problem& b) {
        if (a.isError() != b.isError()) {
            return a.isError();
        }
        return a.kind != b.kind ? a.kind < b.kind : naturalLess(a.file, b.file);
    });
}

} // namespace

bool InspectReport::hasErrors() const
{
    return std::any_of(
        problems.begin(), problems.end(), [](const Problem& problem) { return problem.isError(); });
}

Result<InspectReport> inspect(
    const Dataset& dataset,
    const InspectOptions& options,
    const CancelToken& cancel,
    const Progress& progress)
{
    InspectReport report;
    report.layout = dataset.layout;
    report.root = dataset.root.string();
    report.pairs = dataset.pairCount();
    report.images = dataset.imageCount;
    report.masks = dataset.maskCount;
    report.problems = dataset.problems;
    for (const Sample& sample : dataset.samples) {
        report.names.push_back(sample.name);
        if (!sample.mask.empty() && !sample.split.empty()) {
            ++report.splits[sample.split];
        }
    }
    MaskReader masks(options.masks.threshold);
    if (report.pairs > 0) {
        auto sniffed = MaskReader::sniff(dataset, options.masks, cancel);
        if (sniffed) {
            masks = std::move(*sniffed);
            report.convention = masks.scheme().describe();
        } else if (sniffed.error().code == ErrorCode::Cancelled) {
            return std::move(sniffed).error();
        } else {
            report.problems.push_back({"", "unreadable", sniffed.error().message});
        }
    }
    const Inspector inspector(dataset, options, masks);
    NearDuplicateFinder finder(dataset.samples.size(), {0.5, options.threads});
    std::vector<Finding> findings(dataset.samples.size());
    const bool isWhole =
        forEachParallel(findings.size(), options.threads, cancel, progress, [&](std::size_t i) {
            findings[i] = inspector.look(i, finder);
        });
    if (!isWhole) {
        return Error{ErrorCode::Cancelled, "cancelled", {}};
    }
    for (Finding& finding : findings) {
        std::move(
            finding.problems.begin(), finding.problems.end(), std::back_inserter(report.problems));
    }
    countImages(report, findings);
    if (report.pairs > 0) {
        countClasses(report, findings, masks.scheme());
    }
    findDuplicates(report, dataset, findings);
    if (options.findNearDuplicates) {
        auto pairs = finder.find(cancel);
        if (!pairs) {
            return std::move(pairs).error();
        }
        report.nearDuplicates = std::move(*pairs);
        reportNearDuplicates(report, dataset, findings);
    }
    sortProblems(report.problems);
    return report;
}

} // namespace guidino::datasets
