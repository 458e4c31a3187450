// SPDX-License-Identifier: Apache-2.0
#include "ui/canvas/tools/tool_support.h"

#include <QFontMetricsF>

#include <algorithm>
#include <utility>

namespace guidino::ui {

QColor colorOf(const ToolContext& context, std::uint8_t value)
{
    if (value == 0) {
        return {235, 235, 235};
    }
    for (const LabelClass& labelClass : context.classes) {
        if (labelClass.index == value) {
            return labelClass.color;
        }
    }
    return value == kIgnoreLabel ? QColor(160, 160, 160) : defaultClassColor(value);
}

void paintHandle(QPainter& painter, QPointF at, bool isHot)
{
    const double radius = isHot ? 5 : 3.5;
    painter.setPen(QPen(QColor(0, 0, 0, 190), 1.5));
    painter.setBrush(QColor(255, 255, 255, 240));
    painter.drawEllipse(at, radius, radius);
}

void paintChip(QPainter& painter, QPointF at, const QString& text)
{
    QFont font = painter.font();
    font.setPixelSize(12);
    painter.setFont(font);
    const double width = QFontMetricsF(font).horizontalAdvance(text) + 16;
    const QRectF chip(at.x(), at.y() - 11, width, 22);
    painter.setPen(Qt::NoPen);
    painter.setBrush(QColor(0, 0, 0, 170));
    painter.drawRoundedRect(chip, 4, 4);
    painter.setPen(QColor(255, 255, 255, 240));
    painter.drawText(chip, Qt::AlignCenter, text);
}

void RegionPreview::set(editing::Region region, const QColor& color)
{
    m_region = std::move(region);
    const int width = m_region.mask.width();
    const int height = m_region.mask.height();
    if (width == 0 || height == 0) {
        m_picture = {};
        return;
    }
    m_picture = QImage(width, height, QImage::Format_ARGB32_Premultiplied);
    const QRgb inner = qPremultiply(qRgba(color.red(), color.green(), color.blue(), 110));
    const QRgb rim = color.rgb() | 0xff000000;
    for (int y = 0; y < height; ++y) {
        auto* row = reinterpret_cast<QRgb*>(m_picture.scanLine(y));
        for (int x = 0; x < width; ++x) {
            if (m_region.mask.at(x, y) == 0) {
                row[x] = 0;
                continue;
            }
            const bool isRim = x == 0 || y == 0 || x == width - 1 || y == height - 1
                               || m_region.mask.at(x - 1, y) == 0 || m_region.mask.at(x + 1, y) == 0
                               || m_region.mask.at(x, y - 1) == 0
                               || m_region.mask.at(x, y + 1) == 0;
            row[x] = isRim ? rim : inner;
        }
    }
}

void RegionPreview::paint(const ToolContext& context, QPainter& painter) const
{
    if (m_picture.isNull()) {
        return;
    }
    painter.save();
    painter.setTransform(context.transform.viewFromImageTransform(context.viewSize), true);
    painter.setRenderHint(QPainter::SmoothPixmapTransform, context.transform.scale() < 3);
    painter.drawImage(QPointF(m_region.origin.x, m_region.origin.y), m_picture);
    painter.restore();
}

namespace {

/// The level of the image that is on the screen, and its step.
int levelOf(const ToolContext& context)
{
    return context.document.shownImage()->levelFor(std::min(context.transform.scale(), 1.0));
}

} // namespace

editing::ColourWindow windowOf(const ToolContext& context, const Rect& rect)
{
    const auto& image = context.document.shownImage();
    if (image == nullptr) {
        return {};
    }
    const int level = levelOf(context);
    return editing::colourWindow(image->level(level), image->size(), 1 << level, rect);
}

const editing::ColourWindow* WindowCache::around(const ToolContext& context, PointF point)
{
    const auto& image = context.document.shownImage();
    if (image == nullptr) {
        return nullptr;
    }
    const int step = 1 << levelOf(context);
    const Rect all{0, 0, image->size().width, image->size().height};
    const Point middle = pixelAt(point);
    const Rect known = m_window.bounds();
    const int side = m_sidePx * step;
    const int margin = side / 4;
    const Rect needed =
        Rect{middle.x - margin, middle.y - margin, 2 * margin, 2 * margin}.intersected(all);
    const bool isInside = !known.isEmpty() && known.intersected(needed) == needed;
    if (image != m_image || !isInside || m_window.step != step) {
        m_image = image;
        m_window = windowOf(context, {middle.x - side / 2, middle.y - side / 2, side, side});
    }
    return &m_window;
}

} // namespace guidino::ui
