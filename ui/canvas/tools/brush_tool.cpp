// SPDX-License-Identifier: Apache-2.0
// Brush, eraser and ignore brush.
#include "core/editing/cleanup.h"
#include "ui/canvas/tools/tool_factory.h"
#include "ui/canvas/tools/tool_support.h"

#include <cmath>

namespace guidino::ui {

namespace {

/// The share of the size at the lightest touch of a pen.
constexpr double kLightest = 0.2;

class BrushTool : public CanvasTool
{
public:
    explicit BrushTool(ToolState::Tool kind)
        : m_kind(kind)
    {}

    void press(const ToolContext& context, const ToolInput& input) override
    {
        m_value = painted(context, input);
        m_last = input.image;
        context.document.beginStroke(
            m_value, radius(context, input), input.image, context.state.rules());
    }

    void drag(const ToolContext& context, const ToolInput& input) override
    {
        m_last = input.image;
        context.document.continueStroke({&input.image, 1}, radius(context, input));
    }

    void release(const ToolContext& context, const ToolInput& input) override
    {
        if (!context.document.isStroking()) {
            return;
        }
        // A pen that is lifted reports no pressure: its last place has been painted already.
        if (input.pressure > 0) {
            context.document.continueStroke({&input.image, 1}, radius(context, input));
        }
        const int diameter =
            static_cast<int>(std::lround(2 * context.state.radiusAt(context.transform.scale())));
        context.document.commitStroke(
            m_value == 0 ? UndoText::eraser(diameter)
                         : UndoText::brush(context.className(m_value), diameter));
    }

    bool key(const ToolContext& context, int key) override
    {
        if (key != Qt::Key_F || !context.document.isStroking()) {
            return false;
        }
        // The holes of what was just painted, as a part of the same stroke.
        context.document.paintOpen(
            [this](editing::LabelEdit& edit) { editing::fillHolesAt(edit, pixelAt(m_last)); });
        return true;
    }

    [[nodiscard]] bool wants(int key) const override { return key == Qt::Key_F; }

    void cancel(const ToolContext& context) override { context.document.cancelStroke(); }

    [[nodiscard]] double ringRadius(const ToolContext& context) const override
    {
        return context.state.radiusAt(context.transform.scale());
    }

    [[nodiscard]] bool repaintsOnMove() const override { return false; }

private:
    [[nodiscard]] std::uint8_t painted(const ToolContext& context, const ToolInput& input) const
    {
        const bool inverts = input.modifiers.testFlag(Qt::ControlModifier);
        const bool isEraser = m_kind == ToolState::Tool::Eraser;
        if (input.button == Qt::RightButton || input.isEraserEnd || inverts != isEraser) {
            return 0;
        }
        return m_kind == ToolState::Tool::Ignore ? kIgnoreLabel : context.state.labelClass();
    }

    [[nodiscard]] static double radius(const ToolContext& context, const ToolInput& input)
    {
        const double full = context.state.radiusAt(context.transform.scale());
        return context.state.usesPressure() ? full * std::lerp(kLightest, 1.0, input.pressure)
                                            : full;
    }

    ToolState::Tool m_kind;
    std::uint8_t m_value = 1;
    PointF m_last;
};

} // namespace

std::unique_ptr<CanvasTool> makeBrushTool(ToolState::Tool kind)
{
    return std::make_unique<BrushTool>(kind);
}

} // namespace guidino::ui
