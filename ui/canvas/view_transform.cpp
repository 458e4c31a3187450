// SPDX-License-Identifier: Apache-2.0
#include "ui/canvas/view_transform.h"

#include <algorithm>

namespace guidino::ui {

namespace {

constexpr double kFitMargin = 0.97;
/// An image may become this small, in logical pixels of its longer side.
constexpr double kSmallestSide = 24;

} // namespace

QPointF ViewTransform::turned(QPointF offset) const
{
    if (m_isMirrored) {
        offset.setX(-offset.x());
    }
    for (int i = 0; i < m_quarterTurns; ++i) {
        offset = {-offset.y(), offset.x()};
    }
    return offset;
}

QPointF ViewTransform::turnedBack(QPointF offset) const
{
    for (int i = 0; i < m_quarterTurns; ++i) {
        offset = {offset.y(), -offset.x()};
    }
    if (m_isMirrored) {
        offset.setX(-offset.x());
    }
    return offset;
}

QPointF ViewTransform::viewFromImage(PointF image, QSizeF view) const
{
    const QPointF offset =
        turned({(image.x - m_centre.x) * m_scale, (image.y - m_centre.y) * m_scale});
    return {offset.x() + view.width() / 2, offset.y() + view.height() / 2};
}

PointF ViewTransform::imageFromView(QPointF point, QSizeF view) const
{
    const QPointF offset =
        turnedBack({point.x() - view.width() / 2, point.y() - view.height() / 2});
    return {offset.x() / m_scale + m_centre.x, offset.y() / m_scale + m_centre.y};
}

QTransform ViewTransform::viewFromImageTransform(QSizeF view) const
{
    const QPointF zero = viewFromImage({0, 0}, view);
    const QPointF x = turned({m_scale, 0});
    const QPointF y = turned({0, m_scale});
    return {x.x(), x.y(), y.x(), y.y(), zero.x(), zero.y()};
}

QSizeF ViewTransform::uprightSize(QSizeF view) const
{
    return m_quarterTurns % 2 != 0 ? view.transposed() : view;
}

QTransform ViewTransform::viewFromUpright(QSizeF view) const
{
    const QSizeF upright = uprightSize(view);
    const QPointF x = turned({1, 0});
    const QPointF y = turned({0, 1});
    const QPointF zero = turned({-upright.width() / 2, -upright.height() / 2});
    return {x.x(), x.y(), y.x(), y.y(), zero.x() + view.width() / 2, zero.y() + view.height() / 2};
}

void ViewTransform::rotate(int quarters, QSizeF view)
{
    m_quarterTurns = ((m_quarterTurns + quarters) % 4 + 4) % 4;
    noteTurn(view);
}

void ViewTransform::mirror(Qt::Orientation orientation, QSizeF view)
{
    // What is seen is mirrored, so the turns before it go the other way round.
    m_quarterTurns = (4 - m_quarterTurns) % 4;
    m_isMirrored = !m_isMirrored;
    if (orientation == Qt::Vertical) {
        m_quarterTurns = (m_quarterTurns + 2) % 4;
    }
    noteTurn(view);
}

void ViewTransform::setUpright(QSizeF view)
{
    m_quarterTurns = 0;
    m_isMirrored = false;
    noteTurn(view);
}

void ViewTransform::noteTurn(QSizeF view)
{
    if (m_isFitting) {
        fit(view);
    } else {
        Q_EMIT changed();
    }
}

void ViewTransform::copyTurns(const ViewTransform& other)
{
    m_quarterTurns = other.m_quarterTurns;
    m_isMirrored = other.m_isMirrored;
}

void ViewTransform::fitExactly(QSizeF view)
{
    fit(view);
    m_scale /= kFitMargin;
}

void ViewTransform::centreOn(PointF image)
{
    m_isFitting = false;
    m_centre = image;
    clampCentre();
    Q_EMIT changed();
}

void ViewTransform::setImageSize(Size size, QSizeF view)
{
    const bool isAlike = size == m_imageSize;
    m_imageSize = size;
    if (m_isFitting || !isAlike) {
        fit(view);
    } else {
        Q_EMIT changed();
    }
}

void ViewTransform::fit(QSizeF view)
{
    m_isFitting = true;
    if (m_imageSize.isEmpty() || view.isEmpty()) {
        return;
    }
    const QSizeF upright = uprightSize(view);
    m_scale = std::min(
        {kFitMargin * upright.width() / m_imageSize.width,
         kFitMargin * upright.height() / m_imageSize.height,
         kMaxScale});
    m_centre = {m_imageSize.width / 2.0, m_imageSize.height / 2.0};
    Q_EMIT changed();
}

void ViewTransform::zoomTo(double scale, QPointF anchor, QSizeF view)
{
    const double smallest = kSmallestSide / std::max({m_imageSize.width, m_imageSize.height, 1});
    const double wanted = std::clamp(scale, std::min(smallest, 1.0), kMaxScale);
    const PointF fixed = imageFromView(anchor, view);
    m_isFitting = false;
    m_scale = wanted;
    const QPointF offset =
        turnedBack({anchor.x() - view.width() / 2, anchor.y() - view.height() / 2});
    m_centre = {fixed.x - offset.x() / m_scale, fixed.y - offset.y() / m_scale};
    clampCentre();
    Q_EMIT changed();
}

void ViewTransform::panBy(QPointF delta)
{
    m_isFitting = false;
    const QPointF offset = turnedBack(delta);
    m_centre.x -= offset.x() / m_scale;
    m_centre.y -= offset.y() / m_scale;
    clampCentre();
    Q_EMIT changed();
}

void ViewTransform::noteViewSize(QSizeF view)
{
    if (m_isFitting) {
        fit(view);
    }
}

void ViewTransform::clampCentre()
{
    // Some of the image always stays in sight.
    m_centre.x = std::clamp(m_centre.x, 0.0, static_cast<double>(m_imageSize.width));
    m_centre.y = std::clamp(m_centre.y, 0.0, static_cast<double>(m_imageSize.height));
}

} // namespace guidino::ui
