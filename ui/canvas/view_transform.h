// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/geometry.h"

#include <QObject>
#include <QPointF>
#include <QSizeF>

namespace guidino::ui {

/// Which part of the image the panes show and how large: one for all linked panes. A view is
/// described by its size in logical pixels; the image point `centre()` lies in its middle. GUI
/// thread only.
class ViewTransform : public QObject
{
    Q_OBJECT

public:
    static constexpr double kMaxScale = 64;

    using QObject::QObject;

    /// Logical pixels of the view for one image pixel.
    [[nodiscard]] double scale() const { return m_scale; }

    [[nodiscard]] PointF centre() const { return m_centre; }

    [[nodiscard]] Size imageSize() const { return m_imageSize; }

    /// The view keeps fitting when its size changes, until the user zooms or pans.
    [[nodiscard]] bool isFitting() const { return m_isFitting; }

    [[nodiscard]] QPointF viewFromImage(PointF image, QSizeF view) const;
    [[nodiscard]] PointF imageFromView(QPointF point, QSizeF view) const;

    /// Another image: fits it, unless it has the size of the last one and the user had zoomed.
    void setImageSize(Size size, QSizeF view);

    /// The whole image with a small margin.
    void fit(QSizeF view);

    /// To a scale; the image point under `anchor` stays there.
    void zoomTo(double scale, QPointF anchor, QSizeF view);

    /// Moves the image by logical pixels of the view.
    void panBy(QPointF delta);

    /// The views have a new size.
    void noteViewSize(QSizeF view);

Q_SIGNALS:
    void changed();

private:
    void clampCentre();

    double m_scale = 1;
    PointF m_centre;
    Size m_imageSize;
    bool m_isFitting = true;
};

} // namespace guidino::ui
