// SPDX-License-Identifier: Apache-2.0
#include "ui/canvas/view_transform.h"

#include <algorithm>

namespace guidino::ui {

namespace {

constexpr double kFitMargin = 0.97;
/// An image may become this small, in logical pixels of its longer side.
constexpr double kSmallestSide = 24;

} // namespace

QPointF ViewTransform::viewFromImage(PointF image, QSizeF view) const
{
    return {
        (image.x - m_centre.x) * m_scale + view.width() / 2,
        (image.y - m_centre.y) * m_scale + view.height() / 2};
}

PointF ViewTransform::imageFromView(QPointF point, QSizeF view) const
{
    return {
        (point.x() - view.width() / 2) / m_scale + m_centre.x,
        (point.y() - view.height() / 2) / m_scale + m_centre.y};
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
    m_scale = std::min(
        {kFitMargin * view.width() / m_imageSize.width,
         kFitMargin * view.height() / m_imageSize.height,
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
    m_centre = {
        fixed.x - (anchor.x() - view.width() / 2) / m_scale,
        fixed.y - (anchor.y() - view.height() / 2) / m_scale};
    clampCentre();
    Q_EMIT changed();
}

void ViewTransform::panBy(QPointF delta)
{
    m_isFitting = false;
    m_centre.x -= delta.x() / m_scale;
    m_centre.y -= delta.y() / m_scale;
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
