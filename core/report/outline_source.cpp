// SPDX-License-Identifier: Apache-2.0
#include "core/report/outline_source.h"

#include "core/datasets/dataset.h"
#include "core/datasets/pairing.h"
#include "core/report/evaluation_inputs.h"

#include <algorithm>

namespace guidino::report {

namespace fs = std::filesystem;

namespace {

/// Outlines of larger masks are drawn from a smaller copy.
constexpr int kLongestOutlineSide = 640;

} // namespace

OutlineSource::OutlineSource(std::vector<fs::path> masks, std::string colour)
    : m_colour(std::move(colour))
{
    if (!masks.empty()) {
        if (auto reader = datasets::MaskReader::sniff(masks, {})) {
            m_reader = std::move(*reader);
        }
    }
}

void OutlineSource::addTo(PictureCell& cell, const fs::path& mask) const
{
    if (mask.empty()) {
        return;
    }
    auto labels = m_reader.read(mask);
    if (!labels || labels->isEmpty()) {
        return;
    }
    if (cell.size.isEmpty()) {
        const int longest = std::max(labels->width(), labels->height());
        const int side = std::min(longest, kLongestOutlineSide);
        const auto shrunk = [&](int length) {
            return std::max(
                1, static_cast<int>(static_cast<std::int64_t>(length) * side / longest));
        };
        cell.size = {shrunk(labels->width()), shrunk(labels->height())};
    }
    const Raster8 small = nearestResized(*labels, cell.size);
    for (int index = 1; index < std::max(2, m_reader.classCount()); ++index) {
        if (std::string path = outlinePath(small, index); !path.empty()) {
            cell.outlines.emplace_back(std::move(path), m_colour);
        }
    }
}

std::vector<fs::path> masksIn(const fs::path& predictFolder)
{
    if (predictFolder.empty()) {
        return {};
    }
    auto masks = datasets::listImages(subfolderOr(predictFolder, "masks"));
    return masks ? *masks : std::vector<fs::path>();
}

} // namespace guidino::report
