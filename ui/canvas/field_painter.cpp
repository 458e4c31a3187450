// SPDX-License-Identifier: Apache-2.0
// Layers of values, of differences, and adjustments of the image: pixel by pixel of the screen.
#include "ui/canvas/layer_painter.h"

#include <algorithm>
#include <cmath>

namespace guidino::ui {

namespace {

QRgb* rowOf(QImage& image, int y)
{
    return reinterpret_cast<QRgb*>(image.scanLine(y));
}

/// The part of `rect` whose pixels' centres lie in the image.
QRect coveredBy(Size imageSize, const QRect& rect, const DeviceView& view)
{
    const auto first = [](double edge) { return static_cast<int>(std::ceil(edge - 0.5)); };
    const double left = (0 - view.origin.x) * view.scale;
    const double top = (0 - view.origin.y) * view.scale;
    const double right = (imageSize.width - view.origin.x) * view.scale;
    const double bottom = (imageSize.height - view.origin.y) * view.scale;
    return QRect(
               QPoint(first(std::max(left, -1e6)), first(std::max(top, -1e6))),
               QPoint(first(std::min(right, 1e6)) - 1, first(std::min(bottom, 1e6)) - 1))
           & rect;
}

QRgb blended(QRgb lower, QRgb upper)
{
    const QRgb rest = 255 - static_cast<QRgb>(qAlpha(upper));
    QRgb result = 0;
    for (int shift = 0; shift < 32; shift += 8) {
        result |= (((upper >> shift) & 255) + ((lower >> shift) & 255) * rest / 255) << shift;
    }
    return result;
}

} // namespace

void paintField(
    QImage& target,
    const QRect& rect,
    Size imageSize,
    const DeviceView& view,
    const std::array<QRgb, 256>& colors,
    double opacity,
    const std::function<double(double, double)>& valueAt)
{
    const QRect part = coveredBy(imageSize, rect, view);
    const int alpha = static_cast<int>(std::lround(255 * std::clamp(opacity, 0.0, 1.0)));
    for (int y = part.top(); y <= part.bottom(); ++y) {
        QRgb* row = rowOf(target, y);
        for (int x = part.left(); x <= part.right(); ++x) {
            const double value = valueAt(view.imageX(x + 0.5), view.imageY(y + 0.5));
            const QRgb color =
                colors[static_cast<std::size_t>(std::lround(255 * std::clamp(value, 0.0, 1.0)))];
            row[x] = blended(
                row[x], qPremultiply(qRgba(qRed(color), qGreen(color), qBlue(color), alpha)));
        }
    }
}

void paintDifference(
    QImage& target,
    const QRect& rect,
    const LabelMap& label,
    const LabelMap& other,
    const DeviceView& view,
    QRgb labelColor,
    QRgb otherColor)
{
    if (label.size() != other.size()) {
        return;
    }
    constexpr int alpha = 190;
    const auto toned = [](QRgb color) {
        return qPremultiply(qRgba(qRed(color), qGreen(color), qBlue(color), alpha));
    };
    const QRgb both = toned(qRgb(
        (qRed(labelColor) + qRed(otherColor)) / 2,
        (qGreen(labelColor) + qGreen(otherColor)) / 2,
        (qBlue(labelColor) + qBlue(otherColor)) / 2));
    const QRgb one = toned(labelColor);
    const QRgb two = toned(otherColor);
    const QRect part = coveredBy(label.size(), rect, view);
    for (int y = part.top(); y <= part.bottom(); ++y) {
        QRgb* row = rowOf(target, y);
        const int imageY =
            std::clamp(static_cast<int>(view.imageY(y + 0.5)), 0, label.size().height - 1);
        for (int x = part.left(); x <= part.right(); ++x) {
            const int imageX =
                std::clamp(static_cast<int>(view.imageX(x + 0.5)), 0, label.size().width - 1);
            const std::uint8_t a = label.at(imageX, imageY);
            const std::uint8_t b = other.at(imageX, imageY);
            if (a == b || a == kIgnoreLabel || b == kIgnoreLabel) {
                continue;
            }
            const QRgb color = a != 0 && b != 0 ? both : (a != 0 ? one : two);
            row[x] = blended(row[x], color);
        }
    }
}

void adjustDisplay(
    QImage& target,
    const QRect& rect,
    Size imageSize,
    const DeviceView& view,
    const DisplayAdjustment& display)
{
    const auto table = display.table();
    const QRect part = coveredBy(imageSize, rect, view);
    const auto shown = [&table](int value) { return table[static_cast<std::size_t>(value)]; };
    for (int y = part.top(); y <= part.bottom(); ++y) {
        QRgb* row = rowOf(target, y);
        for (int x = part.left(); x <= part.right(); ++x) {
            const QRgb pixel = row[x];
            int grey = 0;
            switch (display.channel) {
            case DisplayAdjustment::Channel::Colour:
                row[x] = qRgb(shown(qRed(pixel)), shown(qGreen(pixel)), shown(qBlue(pixel)));
                continue;
            case DisplayAdjustment::Channel::Red:
                grey = shown(qRed(pixel));
                break;
            case DisplayAdjustment::Channel::Green:
                grey = shown(qGreen(pixel));
                break;
            case DisplayAdjustment::Channel::Blue:
                grey = shown(qBlue(pixel));
                break;
            case DisplayAdjustment::Channel::Luminance:
                grey = shown(
                    (299 * qRed(pixel) + 587 * qGreen(pixel) + 114 * qBlue(pixel) + 500) / 1000);
                break;
            }
            row[x] = qRgb(grey, grey, grey);
        }
    }
}

} // namespace guidino::ui
