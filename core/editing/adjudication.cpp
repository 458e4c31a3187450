// SPDX-License-Identifier: Apache-2.0
#include "core/editing/adjudication.h"

#include "core/imaging/contours.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace guidino::editing {

namespace {

Error differentSizes()
{
    return Error{
        ErrorCode::BadInput,
        "label maps of different sizes cannot be compared with each other",
        {}};
}

} // namespace

int Disagreement::regionAt(Point point) const
{
    if (!Rect{0, 0, size.width, size.height}.contains(point)) {
        return -1;
    }
    return regionOf
               [static_cast<std::size_t>(point.y) * static_cast<std::size_t>(size.width)
                + static_cast<std::size_t>(point.x)]
           - 1;
}

Result<Disagreement> disagreementOf(const LabelMap& first, const LabelMap& second)
{
    if (!(first.size() == second.size())) {
        return differentSizes();
    }
    const Raster8 a = first.toRaster();
    const Raster8 b = second.toRaster();
    Raster8 differs(a.width(), a.height());
    for (std::size_t i = 0; i < a.pixels().size(); ++i) {
        const std::uint8_t one = a.pixels()[i];
        const std::uint8_t other = b.pixels()[i];
        differs.pixels()[i] = one != other && one != kIgnoreLabel && other != kIgnoreLabel ? 1 : 0;
    }
    imaging::Components components = imaging::connectedComponents(differs);
    const std::size_t count = components.parts.size();
    std::vector<std::size_t> order(count);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t x, std::size_t y) {
        return components.parts[x].area > components.parts[y].area;
    });
    std::vector<int> rank(count + 1, 0);
    Disagreement result;
    result.size = first.size();
    for (std::size_t i = 0; i < count; ++i) {
        rank[order[i] + 1] = static_cast<int>(i) + 1;
        result.regions.push_back(
            {components.parts[order[i]].bounds, components.parts[order[i]].area, 0});
    }
    result.regionOf = std::move(components.labels);
    std::vector<std::int64_t> onlyFirst(count, 0);
    for (std::size_t i = 0; i < result.regionOf.size(); ++i) {
        int& region = result.regionOf[i];
        region = rank[static_cast<std::size_t>(region)];
        if (region > 0 && a.pixels()[i] != 0) {
            onlyFirst[static_cast<std::size_t>(region - 1)] += b.pixels()[i] == 0 ? 1 : 0;
        }
    }
    for (std::size_t i = 0; i < count; ++i) {
        result.regions[i].firstShare =
            static_cast<double>(onlyFirst[i]) / static_cast<double>(result.regions[i].area);
    }
    return result;
}

LabelMap adjudicate(
    const LabelMap& first,
    const LabelMap& second,
    const Disagreement& disagreement,
    const std::vector<Pick>& picks)
{
    Raster8 merged = first.toRaster();
    const Raster8 other = second.toRaster();
    for (std::size_t i = 0; i < merged.pixels().size(); ++i) {
        const int region = disagreement.regionOf[i];
        if (region > 0 && static_cast<std::size_t>(region) <= picks.size()
            && picks[static_cast<std::size_t>(region - 1)] == Pick::Second) {
            merged.pixels()[i] = other.pixels()[i];
        }
    }
    return LabelMap::fromRaster(merged);
}

Result<LabelMap> majorityOf(const std::vector<LabelMap>& maps)
{
    if (maps.empty()) {
        return Error{ErrorCode::BadInput, "a majority needs at least one label map", {}};
    }
    std::vector<Raster8> rasters;
    for (const LabelMap& map : maps) {
        if (!(map.size() == maps.front().size())) {
            return differentSizes();
        }
        rasters.push_back(map.toRaster());
    }
    Raster8 result = rasters.front();
    std::array<int, 256> votes{};
    for (std::size_t i = 0; i < result.pixels().size(); ++i) {
        std::uint8_t best = rasters.front().pixels()[i];
        for (const Raster8& raster : rasters) {
            ++votes[raster.pixels()[i]];
        }
        for (const Raster8& raster : rasters) {
            const std::uint8_t value = raster.pixels()[i];
            if (votes[value] > votes[best] || (votes[value] == votes[best] && value < best)) {
                best = value;
            }
        }
        result.pixels()[i] = best;
        for (const Raster8& raster : rasters) {
            votes[raster.pixels()[i]] = 0;
        }
    }
    return LabelMap::fromRaster(result);
}

} // namespace guidino::editing
