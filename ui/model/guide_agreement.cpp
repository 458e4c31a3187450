// SPDX-License-Identifier: Apache-2.0
#include "ui/model/guide_agreement.h"

#include "core/imaging/contours.h"
#include "core/metrics/guide_metrics.h"
#include "core/metrics/surface_distance.h"
#include "ui/model/label_files.h"

#include <algorithm>
#include <cmath>

namespace guidino::ui {

namespace {

constexpr int kSampledSide = 1024;
/// Distances between outlines are measured on at most so many pixels; coarser by whole steps above.
constexpr std::int64_t kDistancePixels = std::int64_t{2} << 20;

Size sampledSize(Size size)
{
    const int longest = std::max(size.width, size.height);
    if (longest <= kSampledSide) {
        return size;
    }
    const double scale = static_cast<double>(kSampledSide) / longest;
    return {
        std::max(1, static_cast<int>(std::lround(size.width * scale))),
        std::max(1, static_cast<int>(std::lround(size.height * scale)))};
}

bool isForeground(std::uint8_t value)
{
    return value != 0 && value != kIgnoreLabel;
}

struct Counts
{
    std::int64_t both = 0;
    std::int64_t first = 0;
    std::int64_t second = 0;

    void add(bool inFirst, bool inSecond)
    {
        first += inFirst ? 1 : 0;
        second += inSecond ? 1 : 0;
        both += inFirst && inSecond ? 1 : 0;
    }

    [[nodiscard]] std::optional<double> iou() const
    {
        const std::int64_t either = first + second - both;
        return either > 0 ? std::optional(static_cast<double>(both) / static_cast<double>(either))
                          : std::nullopt;
    }

    [[nodiscard]] std::optional<double> dsc() const
    {
        const std::int64_t sum = first + second;
        return sum > 0 ? std::optional(2.0 * static_cast<double>(both) / static_cast<double>(sum))
                       : std::nullopt;
    }
};

/// Every `step`-th pixel of the part, 1 = foreground, with an empty margin.
Raster8 foregroundOf(const LabelMap& labels, const Rect& part, int step)
{
    Raster8 mask((part.width + step - 1) / step + 2, (part.height + step - 1) / step + 2);
    for (int y = 0; y < mask.height() - 2; ++y) {
        for (int x = 0; x < mask.width() - 2; ++x) {
            const int sourceX = std::min(part.x + x * step, part.right() - 1);
            const int sourceY = std::min(part.y + y * step, part.bottom() - 1);
            mask.at(x + 1, y + 1) = isForeground(labels.at(sourceX, sourceY)) ? 1 : 0;
        }
    }
    return mask;
}

/// Bounds of the foreground of either, by tiles.
Rect boundsOfEither(const LabelMap& a, const LabelMap& b)
{
    Rect bounds;
    for (const LabelMap* map : {&a, &b}) {
        for (std::size_t index = 0; index < map->tileCount(); ++index) {
            const LabelMap::Tile& tile = *map->tile(index);
            if (std::any_of(tile.begin(), tile.end(), isForeground)) {
                bounds = bounds.united(map->tileBounds(index));
            }
        }
    }
    return bounds;
}

} // namespace

GuideAgreement agreementOf(const Prediction& prediction, const LabelMap& labels, double threshold)
{
    GuideAgreement agreement;
    const Size size = prediction.labels.size();
    if (size.isEmpty() || labels.size() != size) {
        return agreement;
    }
    const bool isLabelled = hasLabels(labels);
    const Size grid = sampledSize(size);
    Counts guideAndPrediction;
    Counts predictionAndLabel;
    std::vector<float> scores;
    std::vector<std::uint8_t> isInside;
    for (int y = 0; y < grid.height; ++y) {
        const double v = (y + 0.5) / grid.height;
        const int imageY = static_cast<int>(v * size.height);
        for (int x = 0; x < grid.width; ++x) {
            const double u = (x + 0.5) / grid.width;
            const int imageX = static_cast<int>(u * size.width);
            const bool isPredicted = isForeground(prediction.labels.at(imageX, imageY));
            const std::uint8_t label = labels.at(imageX, imageY);
            const bool isCounted = isLabelled && label != kIgnoreLabel;
            if (isCounted) {
                predictionAndLabel.add(isPredicted, isForeground(label));
            }
            if (prediction.guide != nullptr) {
                const double value = prediction.guide->valueAt(u, v);
                guideAndPrediction.add(value >= threshold, isPredicted);
                if (isCounted) {
                    scores.push_back(static_cast<float>(value));
                    isInside.push_back(isForeground(label) ? 1 : 0);
                }
            }
        }
    }
    if (prediction.guide != nullptr) {
        agreement.guideIou = guideAndPrediction.iou();
        agreement.guideAuroc = metrics::auroc(scores, isInside);
    }
    if (isLabelled) {
        agreement.predictionDsc = predictionAndLabel.dsc();
    }
    return agreement;
}

TrialEffect effectOf(const LabelMap& before, const LabelMap& after, const LabelMap& labels)
{
    TrialEffect effect;
    if (before.size() != after.size() || before.isEmpty()) {
        return effect;
    }
    const bool isLabelled = labels.size() == before.size() && hasLabels(labels);
    const Raster8 first = before.toRaster();
    const Raster8 second = after.toRaster();
    const Raster8 reference = isLabelled ? labels.toRaster() : Raster8();
    Counts old;
    Counts fresh;
    effect.isSame = true;
    for (std::size_t i = 0; i < first.pixels().size(); ++i) {
        const bool inFirst = isForeground(first.pixels()[i]);
        const bool inSecond = isForeground(second.pixels()[i]);
        effect.pixelsBefore += inFirst ? 1 : 0;
        effect.pixelsAfter += inSecond ? 1 : 0;
        effect.isSame = effect.isSame && first.pixels()[i] == second.pixels()[i];
        if (isLabelled && reference.pixels()[i] != kIgnoreLabel) {
            old.add(inFirst, isForeground(reference.pixels()[i]));
            fresh.add(inSecond, isForeground(reference.pixels()[i]));
        }
    }
    if (effect.pixelsBefore > 0) {
        effect.areaChange = static_cast<double>(effect.pixelsAfter - effect.pixelsBefore)
                            / static_cast<double>(effect.pixelsBefore);
    }
    if (isLabelled) {
        effect.dscBefore = old.dsc();
        effect.dscAfter = fresh.dsc();
    }
    if (effect.pixelsBefore > 0 && effect.pixelsAfter > 0) {
        const Rect part = boundsOfEither(before, after);
        int step = 1;
        while (std::int64_t{part.width} * part.height / (std::int64_t{step} * step)
               > kDistancePixels) {
            ++step;
        }
        const auto shift = metrics::borderDistances(
                               foregroundOf(after, part, step), foregroundOf(before, part, step))
                               .pooledPercentile(95);
        if (shift) {
            effect.shiftPx = *shift * step;
        }
    }
    return effect;
}

std::vector<QPolygonF> outlinesOf(const LabelMap& labels)
{
    Raster8 mask = labels.toRaster();
    for (std::uint8_t& value : mask.pixels()) {
        value = isForeground(value) ? 1 : 0;
    }
    std::vector<QPolygonF> outlines;
    for (const imaging::Contour& contour : imaging::traceContours(mask)) {
        QPolygonF outline;
        for (const Point& point : contour.points) {
            outline << QPointF(point.x, point.y);
        }
        if (!outline.isEmpty()) {
            outline << outline.first();
            outlines.push_back(std::move(outline));
        }
    }
    return outlines;
}

} // namespace guidino::ui
