// SPDX-License-Identifier: Apache-2.0
#include "ui/model/guide_edit.h"

#include "core/editing/brush_stroke.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace guidino::ui {

namespace {

constexpr int kCodeSide = 512;
constexpr std::size_t kMostUndo = 200; // a state is some kilobytes
/// Sample points along a token's side: coverage in steps of 1/64.
constexpr int kSamples = 8;

Raster8 unspecified(Size image)
{
    const double scale =
        std::min(1.0, static_cast<double>(kCodeSide) / std::max({image.width, image.height, 1}));
    Raster8 codes(
        std::max(1, static_cast<int>(std::lround(image.width * scale))),
        std::max(1, static_cast<int>(std::lround(image.height * scale))));
    std::fill(
        codes.pixels().begin(),
        codes.pixels().end(),
        static_cast<std::uint8_t>(GuideCode::Unspecified));
    return codes;
}

double distanceToSegment(PointF point, PointF a, PointF b)
{
    const double dx = b.x - a.x;
    const double dy = b.y - a.y;
    const double length = dx * dx + dy * dy;
    const double t =
        length > 0 ? std::clamp(((point.x - a.x) * dx + (point.y - a.y) * dy) / length, 0.0, 1.0)
                   : 0.0;
    return std::hypot(point.x - a.x - t * dx, point.y - a.y - t * dy);
}

/// Cells of a grid over the image that a brush on its way from a to b may touch.
Rect cellsNear(PointF a, PointF b, double radius, double cellWidth, double cellHeight, Size grid)
{
    const int left = static_cast<int>(std::floor((std::min(a.x, b.x) - radius) / cellWidth));
    const int top = static_cast<int>(std::floor((std::min(a.y, b.y) - radius) / cellHeight));
    const int right = static_cast<int>(std::ceil((std::max(a.x, b.x) + radius) / cellWidth));
    const int bottom = static_cast<int>(std::ceil((std::max(a.y, b.y) + radius) / cellHeight));
    return Rect{left, top, right - left, bottom - top}.intersected({0, 0, grid.width, grid.height});
}

} // namespace

GuideEdit::GuideEdit(RasterF own, Size image)
    : m_image(image)
    , m_own(std::move(own))
    , m_values(m_own)
    , m_codes(unspecified(image))
{}

void GuideEdit::beginStroke(bool raises, double strength, double radiusPx)
{
    if (isEmpty()) {
        return;
    }
    endStroke();
    Stroke stroke;
    stroke.raises = raises;
    stroke.strength = std::clamp(strength, 0.0, 1.0);
    stroke.radiusPx = std::max(radiusPx, editing::kMinBrushRadiusPx);
    stroke.coverage.assign(m_values.pixels().size(), 0.0F);
    stroke.before = {m_values, m_codes};
    m_stroke = std::move(stroke);
}

void GuideEdit::moveTo(PointF point)
{
    if (!m_stroke) {
        return;
    }
    const PointF from = m_stroke->last.value_or(point);
    coverTokens(from, point);
    coverCodes(from, point);
    m_stroke->last = point;
}

void GuideEdit::coverTokens(PointF a, PointF b)
{
    const double cellWidth = static_cast<double>(m_image.width) / m_values.width();
    const double cellHeight = static_cast<double>(m_image.height) / m_values.height();
    const Rect cells = cellsNear(a, b, m_stroke->radiusPx, cellWidth, cellHeight, m_values.size());
    const float target = m_stroke->raises ? 1.0F : 0.0F;
    for (int y = cells.y; y < cells.bottom(); ++y) {
        for (int x = cells.x; x < cells.right(); ++x) {
            int covered = 0;
            for (int sample = 0; sample < kSamples * kSamples; ++sample) {
                const PointF at{
                    (x + (sample % kSamples + 0.5) / kSamples) * cellWidth,
                    (y + (sample / kSamples + 0.5) / kSamples) * cellHeight};
                covered += distanceToSegment(at, a, b) <= m_stroke->radiusPx ? 1 : 0;
            }
            const auto index =
                static_cast<std::size_t>(y) * static_cast<std::size_t>(m_values.width())
                + static_cast<std::size_t>(x);
            float& coverage = m_stroke->coverage[index];
            coverage = std::max(coverage, static_cast<float>(covered) / (kSamples * kSamples));
            const float before = m_stroke->before.values.pixels()[index];
            m_values.pixels()[index] =
                std::lerp(before, target, coverage * static_cast<float>(m_stroke->strength));
        }
    }
}

void GuideEdit::coverCodes(PointF a, PointF b)
{
    const double cellWidth = static_cast<double>(m_image.width) / m_codes.width();
    const double cellHeight = static_cast<double>(m_image.height) / m_codes.height();
    const Rect cells = cellsNear(a, b, m_stroke->radiusPx, cellWidth, cellHeight, m_codes.size());
    const auto code =
        static_cast<std::uint8_t>(m_stroke->raises ? GuideCode::Attend : GuideCode::Ignore);
    for (int y = cells.y; y < cells.bottom(); ++y) {
        for (int x = cells.x; x < cells.right(); ++x) {
            const PointF at{(x + 0.5) * cellWidth, (y + 0.5) * cellHeight};
            if (distanceToSegment(at, a, b) <= m_stroke->radiusPx) {
                m_codes.at(x, y) = code;
            }
        }
    }
}

bool GuideEdit::endStroke()
{
    if (!m_stroke) {
        return false;
    }
    State before = std::move(m_stroke->before);
    m_stroke.reset();
    if (before.values == m_values && before.codes == m_codes) {
        return false;
    }
    remember(std::move(before));
    return true;
}

void GuideEdit::cancelStroke()
{
    if (m_stroke) {
        m_values = std::move(m_stroke->before.values);
        m_codes = std::move(m_stroke->before.codes);
        m_stroke.reset();
    }
}

void GuideEdit::apply(GuidePreset preset, const LabelMap& labels)
{
    if (isEmpty() || (preset == GuidePreset::Label && labels.size() != m_image)) {
        return;
    }
    cancelStroke();
    State before{m_values, m_codes};
    m_codes = unspecified(m_image);
    const auto pixels = m_own.pixels();
    if (preset == GuidePreset::Flat) {
        const double sum = std::accumulate(pixels.begin(), pixels.end(), 0.0);
        const auto mean = static_cast<float>(sum / static_cast<double>(pixels.size()));
        std::fill(m_values.pixels().begin(), m_values.pixels().end(), mean);
    } else if (preset == GuidePreset::Inverted) {
        std::transform(pixels.begin(), pixels.end(), m_values.pixels().begin(), [](float value) {
            return 1 - value;
        });
    } else {
        std::vector<std::int64_t> inside(pixels.size());
        std::vector<std::int64_t> counted(pixels.size());
        const Raster8 raster = labels.toRaster();
        for (int y = 0; y < raster.height(); ++y) {
            const auto row = static_cast<std::size_t>(
                static_cast<std::int64_t>(y) * m_values.height() / raster.height());
            for (int x = 0; x < raster.width(); ++x) {
                const auto column = static_cast<std::size_t>(
                    static_cast<std::int64_t>(x) * m_values.width() / raster.width());
                const std::size_t token = row * static_cast<std::size_t>(m_values.width()) + column;
                const std::uint8_t value = raster.at(x, y);
                counted[token] += value != kIgnoreLabel ? 1 : 0;
                inside[token] += value != kIgnoreLabel && value != 0 ? 1 : 0;
            }
        }
        for (std::size_t i = 0; i < inside.size(); ++i) {
            m_values.pixels()[i] =
                counted[i] > 0 ? static_cast<float>(inside[i]) / static_cast<float>(counted[i])
                               : pixels[i]; // nothing is known there: as it was
        }
        for (int y = 0; y < m_codes.height(); ++y) {
            for (int x = 0; x < m_codes.width(); ++x) {
                const std::uint8_t value = raster.at(
                    static_cast<int>((x + 0.5) * raster.width() / m_codes.width()),
                    static_cast<int>((y + 0.5) * raster.height() / m_codes.height()));
                m_codes.at(x, y) = static_cast<std::uint8_t>(
                    value == kIgnoreLabel ? GuideCode::Unspecified
                    : value != 0          ? GuideCode::Attend
                                          : GuideCode::Ignore);
            }
        }
    }
    remember(std::move(before));
}

void GuideEdit::clear()
{
    cancelStroke();
    State before{m_values, m_codes};
    m_values = m_own;
    m_codes = unspecified(m_image);
    if (!(before.values == m_values && before.codes == m_codes)) {
        remember(std::move(before));
    }
}

void GuideEdit::remember(State before)
{
    m_undo.push_back(std::move(before));
    if (m_undo.size() > kMostUndo) {
        m_undo.erase(m_undo.begin());
    }
}

void GuideEdit::undo()
{
    cancelStroke();
    if (!m_undo.empty()) {
        m_values = std::move(m_undo.back().values);
        m_codes = std::move(m_undo.back().codes);
        m_undo.pop_back();
    }
}

std::optional<LabelMap> GuideEdit::correction() const
{
    const auto codes = m_codes.pixels();
    const bool saysSomething = std::any_of(codes.begin(), codes.end(), [](std::uint8_t code) {
        return code != static_cast<std::uint8_t>(GuideCode::Unspecified);
    });
    return saysSomething ? std::optional(LabelMap::fromRaster(m_codes)) : std::nullopt;
}

} // namespace guidino::ui
