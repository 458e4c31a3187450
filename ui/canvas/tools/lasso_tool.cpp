// SPDX-License-Identifier: Apache-2.0
// Freehand: what the pointer encircles is filled.
#include "core/editing/fill.h"
#include "ui/canvas/tools/tool_factory.h"
#include "ui/canvas/tools/tool_support.h"

#include <QPolygonF>

#include <utility>

namespace guidino::ui {

namespace {

class LassoTool : public CanvasTool
{
public:
    void press(const ToolContext& context, const ToolInput& input) override
    {
        m_points.assign(1, input.image);
        m_value = valueOf(context, input);
    }

    void drag(const ToolContext& /*context*/, const ToolInput& input) override
    {
        if (!m_points.empty()) {
            m_points.push_back(input.image);
        }
    }

    void release(const ToolContext& context, const ToolInput& /*input*/) override
    {
        const editing::Polygon points = std::exchange(m_points, {});
        if (points.size() < 3) {
            return;
        }
        context.document.change(
            context.state.rules(),
            UndoText::of(UndoText::Step::Lasso, context.className(m_value)),
            [&](editing::LabelEdit& edit) { editing::fillPolygon(edit, points, m_value); });
    }

    [[nodiscard]] bool isOpen() const override { return !m_points.empty(); }

    void cancel(const ToolContext& /*context*/) override { m_points.clear(); }

    void paint(const ToolContext& context, QPainter& painter, std::optional<QPointF> /*pointer*/)
        const override
    {
        if (m_points.empty()) {
            return;
        }
        QPolygonF line;
        for (const PointF& point : m_points) {
            line << context.viewFromImage(point);
        }
        QColor fill = colorOf(context, m_value);
        fill.setAlpha(70);
        painter.setPen(Qt::NoPen);
        painter.setBrush(fill);
        painter.drawPolygon(line);
        strokeTwice(painter, [&] { painter.drawPolyline(line); });
    }

private:
    editing::Polygon m_points;
    std::uint8_t m_value = 1;
};

} // namespace

std::unique_ptr<CanvasTool> makeLassoTool()
{
    return std::make_unique<LassoTool>();
}

} // namespace guidino::ui
