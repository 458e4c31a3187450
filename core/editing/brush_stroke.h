// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/geometry.h"
#include "core/editing/label_edit.h"

#include <cstdint>
#include <optional>

namespace guidino::editing {

/// Largest brush, in image pixels.
inline constexpr double kMaxBrushRadiusPx = 250;

/// Smallest brush, half a pixel's diagonal: a smaller one could slip between pixel centres.
inline constexpr double kMinBrushRadiusPx = 0.7072;

/// Whether a round brush that moved from `a` to `b` covers the pixel (x, y): its centre lies within
/// `radiusPx` of the segment.
[[nodiscard]] bool coversPixel(PointF a, PointF b, double radiusPx, int x, int y);

/// A round brush moved over a label map: a disc at each point and capsules between them, so a
/// stroke has no gaps at any speed. Points are image coordinates with sub-pixel precision (the
/// centre of pixel (0, 0) is (0.5, 0.5)) and may lie outside the map. An eraser is a stroke of
/// class 0.
class BrushStroke
{
public:
    /// radiusPx in [kMinBrushRadiusPx, kMaxBrushRadiusPx], clamped.
    BrushStroke(LabelEdit& edit, std::uint8_t value, double radiusPx);

    /// The first call paints a dab; each further one the way from the last point.
    void moveTo(PointF point);

    /// Of what comes, for pens with pressure; clamped.
    void setRadiusPx(double radiusPx);

    [[nodiscard]] double radiusPx() const { return m_radiusPx; }

private:
    LabelEdit& m_edit;
    std::uint8_t m_value;
    double m_radiusPx;
    std::optional<PointF> m_last;
};

/// Copies from `source`, of the map's size, what lies under a round brush that moves from `a` to
/// `b`: a region of a proposal is accepted by brushing over it.
void copyUnderBrush(LabelEdit& edit, const LabelMap& source, PointF a, PointF b, double radiusPx);

} // namespace guidino::editing
