// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/label_map.h"
#include "ui/canvas/layer_painter.h"
#include "ui/canvas/view_transform.h"
#include "ui/model/image_pyramid.h"
#include "ui/model/label_class.h"

#include <QImage>
#include <QString>
#include <QWidget>

#include <memory>
#include <optional>
#include <vector>

namespace guidino::ui {

/// One large picture to look at and to point at: the image with outlines of label maps, pins of
/// notes and redacted regions. Wheel zooms about the pointer, dragging moves. Nothing is painted
/// into the label maps here.
class ReviewView : public QWidget
{
    Q_OBJECT

public:
    /// A label map over the image.
    struct Layer
    {
        LabelMap labels;
        MaskStyle style;
    };

    /// A note's place in image coordinates.
    struct Pin
    {
        PointF place;
        QString text;
        bool isResolved = false;
    };

    /// What a press does besides moving the image.
    enum class Pointing {
        None,
        Place, ///< a click tells its place
        Rect,  ///< dragging draws a rectangle
    };

    explicit ReviewView(QWidget* parent = nullptr);

    void setImage(std::shared_ptr<const ImagePyramid> image);
    void setLayers(std::vector<Layer> layers);
    void setPins(std::vector<Pin> pins);
    /// Black regions as shares of the image's sides.
    void setRegions(std::vector<QRectF> regions);
    void setPointing(Pointing pointing);
    /// What stands in the middle while there is no image.
    void setPlaceholder(const QString& text);

    [[nodiscard]] ViewTransform& transform() { return m_transform; }

    /// Where an image position is in this widget.
    [[nodiscard]] QPointF viewOf(PointF image) const;
    /// Where the pointer is in the image; the middle of what is seen where it is elsewhere.
    [[nodiscard]] PointF pointedPlace() const;

    void fit();
    /// While true, only the image is seen.
    void setBlinking(bool isBlinking);

    /// Outlines of the classes' colours, or of a prediction's.
    [[nodiscard]] static MaskStyle
    styleFor(const LabelClasses& classes, bool isPrediction, double ratio, double fillOpacity = 0);

Q_SIGNALS:
    void placeClicked(guidino::PointF image);
    /// Shares of the image's sides.
    void rectDrawn(const QRectF& region);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    void drawPixels();
    void paintPins(QPainter& painter);
    void paintRegions(QPainter& painter);
    [[nodiscard]] PointF imageOf(QPointF view) const;
    void stale();

    std::shared_ptr<const ImagePyramid> m_image;
    std::vector<Layer> m_layers;
    std::vector<Pin> m_pins;
    std::vector<QRectF> m_regions;
    ViewTransform m_transform;
    QImage m_pixels; // device pixels
    bool m_isStale = true;
    bool m_isBlinking = false;
    Pointing m_pointing = Pointing::None;
    QString m_placeholder;
    std::optional<QPointF> m_pressed;
    std::optional<QPointF> m_pointer;
    QPointF m_last;
    bool m_hasMoved = false;
};

} // namespace guidino::ui
