// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/canvas/tools/tool_support.h"

#include <QPolygonF>

#include <algorithm>

namespace guidino::ui {

/// A rectangle that is being dragged, in image coordinates.
struct BoxDrag
{
    PointF from;
    PointF to;

    /// The pixels it touches, within the image.
    [[nodiscard]] Rect pixels(Size image) const
    {
        const int left = static_cast<int>(std::floor(std::min(from.x, to.x)));
        const int top = static_cast<int>(std::floor(std::min(from.y, to.y)));
        const int right = static_cast<int>(std::ceil(std::max(from.x, to.x)));
        const int bottom = static_cast<int>(std::ceil(std::max(from.y, to.y)));
        return Rect{left, top, right - left, bottom - top}.intersected(
            {0, 0, image.width, image.height});
    }

    void paint(const ToolContext& context, QPainter& painter) const
    {
        QPolygonF outline;
        outline << context.viewFromImage(from) << context.viewFromImage({to.x, from.y})
                << context.viewFromImage(to) << context.viewFromImage({from.x, to.y});
        strokeTwice(painter, [&] { painter.drawPolygon(outline); });
    }
};

} // namespace guidino::ui
