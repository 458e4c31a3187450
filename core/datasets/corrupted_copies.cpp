// SPDX-License-Identifier: Apache-2.0
#include "core/datasets/corrupted_copies.h"

#include "core/base/file.h"
#include "core/datasets/decode.h"
#include "core/datasets/masks.h"
#include "core/imaging/corruptions.h"
#include "core/imaging/image_writer.h"
#include "core/imaging/resize.h"

#include <nlohmann/json.hpp>

#include <set>

namespace guidino::datasets {

namespace fs = std::filesystem;

namespace {

/// Masks of one class as every program reads them, others with their indices and colours.
Status writeMask(const fs::path& file, Raster8 mask, const MaskScheme& scheme)
{
    if (scheme.classes.size() <= 2 && !scheme.usesIgnore) {
        for (std::uint8_t& value : mask.pixels()) {
            value = value != 0 ? 255 : 0;
        }
        return imaging::writePng(file, mask);
    }
    std::vector<imaging::Colour> palette = imaging::defaultPalette(256);
    for (const ClassInfo& item : scheme.classes) {
        palette[static_cast<std::size_t>(item.index)] = item.color;
    }
    return imaging::writeIndexedPng(file, mask, palette);
}

Status writeCopy(
    const Sample& sample,
    const MaskReader& masks,
    imaging::Corruption kind,
    int severity,
    std::uint64_t seed,
    const fs::path& out)
{
    const auto image = decodeImage(sample);
    GD_TRY(image);
    const auto copy = imaging::corrupt(*image, kind, severity, seed);
    GD_TRY(copy);
    const std::string name = sample.stem + ".png";
    GD_TRY(imaging::writePng(out / "images" / name, *copy));
    if (sample.mask.empty()) {
        return {};
    }
    auto mask = masks.read(sample);
    GD_TRY(mask);
    if (kind == imaging::Corruption::Crop) {
        *mask = imaging::crop(*mask, imaging::keptOf(image->size(), severity, seed));
    }
    return writeMask(out / "masks" / name, std::move(*mask), masks.scheme());
}

} // namespace

const std::vector<std::string>& corruptionKinds()
{
    return imaging::corruptionNames();
}

Result<CorruptionChoice> parseCorruption(const std::string& text)
{
    const std::size_t dash = text.rfind('-');
    CorruptionChoice choice;
    choice.kind = text.substr(0, dash);
    GD_TRY(imaging::corruptionNamed(choice.kind));
    const std::string severity = dash == std::string::npos ? "" : text.substr(dash + 1);
    if (severity.size() != 1 || severity[0] < '1' || severity[0] > '5') {
        return Error{
            ErrorCode::Usage,
            "'" + text + "' is not of the form KIND-SEVERITY, such as blur-3 (1 to 5)",
            {}};
    }
    choice.severity = severity[0] - '0';
    return choice;
}

Result<std::size_t> writeCorruptedCopies(
    const Dataset& dataset,
    std::span<const std::size_t> indices,
    const CorruptionChoice& choice,
    const fs::path& out,
    const CancelToken& cancel,
    const Progress& progress)
{
    const auto kind = imaging::corruptionNamed(choice.kind);
    GD_TRY(kind);
    if (indices.empty()) {
        return Error{
            ErrorCode::BadInput, dataset.root.string() + ": there is no image to corrupt", {}};
    }
    std::set<std::string> stems;
    for (const std::size_t index : indices) {
        if (const auto& stem = dataset.samples[index].stem; !stems.insert(stem).second) {
            return Error{
                ErrorCode::BadInput,
                dataset.root.string() + ": two of the images are named '" + stem
                    + "'; choose one list of them",
                {}};
        }
    }
    MaskReader masks;
    if (dataset.pairCount() > 0) {
        auto sniffed = MaskReader::sniff(dataset, {}, cancel);
        GD_TRY(sniffed);
        masks = std::move(*sniffed);
    }
    GD_TRY(makeFolder(out / "images"));
    GD_TRY(makeFolder(out / "masks"));
    for (std::size_t i = 0; i < indices.size(); ++i) {
        if (cancel.isCancelled()) {
            return Error{ErrorCode::Cancelled, "Stopped; the copies so far are kept.", {}};
        }
        if (progress) {
            progress(i, indices.size());
        }
        GD_TRY(writeCopy(
            dataset.samples[indices[i]], masks, *kind, choice.severity, choice.seed + i, out));
    }
    const nlohmann::ordered_json record{
        {"source", fs::absolute(dataset.root).string()},
        {"kind", choice.kind},
        {"severity", choice.severity},
        {"seed", choice.seed},
        {"images", indices.size()}};
    GD_TRY(writeFileAtomically(out / kCorruptionRecord, record.dump(2) + "\n"));
    return indices.size();
}

} // namespace guidino::datasets
