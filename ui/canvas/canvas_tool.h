// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/geometry.h"
#include "core/editing/contour.h"
#include "core/editing/region.h"
#include "ui/canvas/view_transform.h"
#include "ui/model/annotation_document.h"
#include "ui/model/label_class.h"
#include "ui/model/tool_state.h"

#include <QPointF>
#include <QSizeF>
#include <QString>
#include <QtGlobal>

#include <memory>
#include <optional>
#include <vector>

class QPainter;

namespace guidino::ui {

/// What a tool works on and with, for the length of one call.
struct ToolContext
{
    AnnotationDocument& document;
    ToolState& state;
    const LabelClasses& classes;
    const ViewTransform& transform;
    QSizeF viewSize;

    [[nodiscard]] QPointF viewFromImage(PointF image) const
    {
        return transform.viewFromImage(image, viewSize);
    }

    [[nodiscard]] QString className(std::uint8_t value) const
    {
        return classNameOf(classes, value);
    }
};

/// One position of a mouse or a pen.
struct ToolInput
{
    PointF image;
    QPointF view;                          ///< logical pixels of the pane
    Qt::MouseButton button = Qt::NoButton; ///< that began what goes on
    Qt::KeyboardModifiers modifiers;
    double pressure = 1; ///< of a pen, [0, 1]
    bool isEraserEnd = false;

    /// The right button, Ctrl and a pen's other end take away instead of adding.
    [[nodiscard]] bool erases() const
    {
        return button == Qt::RightButton || isEraserEnd || modifiers.testFlag(Qt::ControlModifier);
    }
};

/// A painting tool in a pane. The pane forwards what the pointer does and the keys that the tool
/// wants while isOpen(); the tool changes the labels through the document and draws what it
/// prepares. One tool is in hand at a time; it is dropped when another is chosen. GUI thread only.
class CanvasTool
{
public:
    CanvasTool() = default;
    CanvasTool(const CanvasTool&) = delete;
    CanvasTool& operator=(const CanvasTool&) = delete;
    virtual ~CanvasTool() = default;

    virtual void press(const ToolContext& context, const ToolInput& input) = 0;

    /// Moved with the button held.
    virtual void drag(const ToolContext& /*context*/, const ToolInput& /*input*/) {}

    virtual void release(const ToolContext& /*context*/, const ToolInput& /*input*/) {}

    /// Moved without a button.
    virtual void hover(const ToolContext& /*context*/, const ToolInput& /*input*/) {}

    virtual void doubleClick(const ToolContext& context, const ToolInput& input)
    {
        press(context, input);
    }

    /// A key while isOpen(); true where the tool used it.
    virtual bool key(const ToolContext& /*context*/, int /*key*/) { return false; }

    /// Something is begun: Return ends it, Escape drops it, and the window's shortcuts of the keys
    /// that the tool wants wait.
    [[nodiscard]] virtual bool isOpen() const { return false; }

    /// Keys besides Return and Escape that key() takes while isOpen().
    [[nodiscard]] virtual bool wants(int /*key*/) const { return false; }

    /// Drops what is begun; the labels are as before.
    virtual void cancel(const ToolContext& /*context*/) {}

    /// Draws over the pane, in its logical pixels.
    virtual void paint(
        const ToolContext& /*context*/,
        QPainter& /*painter*/,
        std::optional<QPointF> /*pointer*/) const
    {}

    /// Radius in image pixels of the ring at the pointer; 0: no ring.
    [[nodiscard]] virtual double ringRadius(const ToolContext& /*context*/) const { return 0; }

    /// Moving the pointer changes what paint() draws anywhere in the pane.
    [[nodiscard]] virtual bool repaintsOnMove() const { return isOpen(); }

    /// Takes outlines over for editing; false where the tool does not edit outlines.
    virtual bool edit(std::vector<editing::Polygon> /*outlines*/, const editing::Region& /*old*/)
    {
        return false;
    }
};

/// The tool; null for those that the pane does itself (moving the image).
[[nodiscard]] std::unique_ptr<CanvasTool> makeTool(ToolState::Tool tool);

} // namespace guidino::ui
