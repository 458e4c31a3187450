// SPDX-License-Identifier: Apache-2.0
// A click parts an object at its waist, a line cuts it there.
#include "core/editing/brush_stroke.h"
#include "core/editing/cleanup.h"
#include "ui/canvas/tools/tool_factory.h"
#include "ui/canvas/tools/tool_support.h"

#include <cmath>
#include <optional>
#include <utility>

namespace guidino::ui {

namespace {

constexpr double kClickDistance = 6; // logical pixels

class SplitTool : public CanvasTool
{
public:
    void press(const ToolContext& /*context*/, const ToolInput& input) override
    {
        m_from = input;
        m_to = input.image;
    }

    void drag(const ToolContext& /*context*/, const ToolInput& input) override
    {
        m_to = input.image;
    }

    void release(const ToolContext& context, const ToolInput& input) override
    {
        if (!m_from) {
            return;
        }
        const ToolInput from = *std::exchange(m_from, std::nullopt);
        const QPointF moved = input.view - from.view;
        const bool isLine = std::hypot(moved.x(), moved.y()) >= kClickDistance;
        context.document.change(
            context.state.rules(),
            UndoText::of(UndoText::Step::Split),
            [&](editing::LabelEdit& edit) {
                if (isLine) {
                    // Wide enough that the parts do not touch by corners either.
                    editing::BrushStroke cut(edit, 0, 1.0);
                    cut.moveTo(from.image);
                    cut.moveTo(input.image);
                } else {
                    editing::split(edit, pixelAt(from.image));
                }
            });
    }

    [[nodiscard]] bool isOpen() const override { return m_from.has_value(); }

    void cancel(const ToolContext& /*context*/) override { m_from.reset(); }

    void paint(const ToolContext& context, QPainter& painter, std::optional<QPointF> /*pointer*/)
        const override
    {
        if (m_from) {
            strokeTwice(painter, [&] {
                painter.drawLine(context.viewFromImage(m_from->image), context.viewFromImage(m_to));
            });
        }
    }

private:
    std::optional<ToolInput> m_from;
    PointF m_to;
};

} // namespace

std::unique_ptr<CanvasTool> makeSplitTool()
{
    return std::make_unique<SplitTool>();
}

} // namespace guidino::ui
