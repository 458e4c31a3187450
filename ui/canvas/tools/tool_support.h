// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/editing/select.h"
#include "ui/canvas/canvas_tool.h"
#include "ui/model/image_pyramid.h"

#include <QColor>
#include <QImage>
#include <QPainter>
#include <QPointF>

#include <cmath>
#include <memory>

/// What several tools share.
namespace guidino::ui {

/// The pixel at a position.
[[nodiscard]] inline Point pixelAt(PointF image)
{
    return {static_cast<int>(std::floor(image.x)), static_cast<int>(std::floor(image.y))};
}

/// The class that an input paints: background where it erases.
[[nodiscard]] inline std::uint8_t valueOf(const ToolContext& context, const ToolInput& input)
{
    return input.erases() ? std::uint8_t{0} : context.state.labelClass();
}

/// The colour of a class; of the background a light grey.
[[nodiscard]] QColor colorOf(const ToolContext& context, std::uint8_t value);

/// Draws lines dark and thick, then light and thin, so that they show on any picture.
template<typename Draw>
void strokeTwice(QPainter& painter, const Draw& draw)
{
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(QColor(0, 0, 0, 150), 3));
    draw();
    painter.setPen(QPen(QColor(255, 255, 255, 230), 1.2));
    draw();
}

/// A small round handle at a corner.
void paintHandle(QPainter& painter, QPointF at, bool isHot = false);

/// Text on a dark chip with its left middle at a point.
void paintChip(QPainter& painter, QPointF at, const QString& text);

/// A region as a picture to lay over the image: tinted, with an opaque rim.
class RegionPreview
{
public:
    RegionPreview() = default;

    void set(editing::Region region, const QColor& color);

    void clear() { *this = RegionPreview(); }

    [[nodiscard]] bool isEmpty() const { return m_picture.isNull(); }

    [[nodiscard]] const editing::Region& region() const { return m_region; }

    void paint(const ToolContext& context, QPainter& painter) const;

private:
    editing::Region m_region;
    QImage m_picture;
};

/// The part of the image inside a rectangle, at the resolution at which it is looked at; empty
/// while the document has no pixels.
[[nodiscard]] editing::ColourWindow windowOf(const ToolContext& context, const Rect& rect);

/// The colours around a place, kept until another place, image or zoom is asked for.
class WindowCache
{
public:
    /// `sidePx`: of the window in its own pixels.
    explicit WindowCache(int sidePx)
        : m_sidePx(sidePx)
    {}

    /// The window of the image around a point, reused while the point lies well inside it; null
    /// while the document has no pixels.
    [[nodiscard]] const editing::ColourWindow* around(const ToolContext& context, PointF point);

private:
    int m_sidePx;
    std::shared_ptr<const ImagePyramid> m_image;
    editing::ColourWindow m_window;
};

} // namespace guidino::ui
