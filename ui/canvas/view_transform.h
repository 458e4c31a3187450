// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/geometry.h"

#include <QObject>
#include <QPointF>
#include <QSizeF>
#include <QTransform>

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
    [[nodiscard]] QTransform viewFromImageTransform(QSizeF view) const;

    /// Turned clockwise by so many quarters, 0..3, after it was mirrored left to right.
    [[nodiscard]] int quarterTurns() const { return m_quarterTurns; }

    [[nodiscard]] bool isMirrored() const { return m_isMirrored; }

    [[nodiscard]] bool isUpright() const { return m_quarterTurns == 0 && !m_isMirrored; }

    /// The pane as if the view were upright: its size, and the way from there to the view. Layers
    /// are drawn upright and turned when they are put on the screen.
    [[nodiscard]] QSizeF uprightSize(QSizeF view) const;
    [[nodiscard]] QTransform viewFromUpright(QSizeF view) const;

    /// Turns what is seen by quarters, clockwise for positive ones.
    void rotate(int quarters, QSizeF view);
    /// Mirrors what is seen, left to right or top to bottom.
    void mirror(Qt::Orientation orientation, QSizeF view);
    void setUpright(QSizeF view);
    /// Turned and mirrored as another one.
    void copyTurns(const ViewTransform& other);
    /// As fit(), without a margin.
    void fitExactly(QSizeF view);
    /// Moves so that an image point lies in the middle.
    void centreOn(PointF image);

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

    [[nodiscard]] QPointF turned(QPointF offset) const;
    [[nodiscard]] QPointF turnedBack(QPointF offset) const;
    void noteTurn(QSizeF view);

    double m_scale = 1;
    int m_quarterTurns = 0;
    bool m_isMirrored = false;
    PointF m_centre;
    Size m_imageSize;
    bool m_isFitting = true;
};

} // namespace guidino::ui
