// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/canvas/canvas_view.h"
#include "ui/canvas/view_transform.h"

#include <QPointer>
#include <QWidget>

#include <array>
#include <optional>

namespace guidino::ui {

/// The four panes image | guide | prediction | label, linked: one transform, one crosshair. Shows
/// all or the one that ViewSettings names. GUI thread only.
class PaneGrid : public QWidget
{
    Q_OBJECT

public:
    PaneGrid(ViewSettings& settings, ToolState& tools, QWidget* parent = nullptr);

    [[nodiscard]] ViewTransform& transform() { return m_transform; }

    [[nodiscard]] CanvasView& pane(PaneRole role)
    {
        return *m_panes[static_cast<std::size_t>(role)];
    }

    void setDocument(AnnotationDocument* document);
    void setClasses(const LabelClasses& classes);
    /// The action that fills the panes of guide and prediction.
    void setPredictAction(QAction* action);

    void fit();
    /// One image pixel on one pixel of the screen.
    void showFullSize();
    void zoomIn();
    void zoomOut();

    /// Turns what is seen in all panes.
    void rotate(int quarters);
    void mirror(Qt::Orientation orientation);
    void setUpright();

    /// The image position under the pointer, in whichever pane; where it is in none, the middle of
    /// the view, so that keys alone do, too. Empty without an image.
    [[nodiscard]] std::optional<PointF> pointedAt();
    /// Of the object at pointedAt().
    void editContour();
    void copyRegion();
    /// The copied object, where it was or with its middle at pointedAt().
    void paste(bool isAtPointer);

Q_SIGNALS:
    /// Where the pointer is in the image; empty when it is over no pane.
    void pointed(std::optional<guidino::PointF> image);
    void scaleChanged(double scale);

private:
    [[nodiscard]] CanvasView& shownPane();
    void arrange();

    [[nodiscard]] CanvasView& editedPane();

    ViewSettings& m_settings;
    ToolState& m_tools;
    QPointer<AnnotationDocument> m_document;
    ViewTransform m_transform;
    std::array<CanvasView*, kPaneCount> m_panes{};
};

} // namespace guidino::ui
