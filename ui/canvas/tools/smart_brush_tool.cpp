// SPDX-License-Identifier: Apache-2.0
// A brush that stays on colours like those where the stroke began; where nothing parts the colours
// under it, it paints its inner half.
#include "ui/canvas/tools/tool_factory.h"
#include "ui/canvas/tools/tool_support.h"

#include <algorithm>
#include <cmath>

namespace guidino::ui {

namespace {

class SmartBrushTool : public CanvasTool
{
public:
    void press(const ToolContext& context, const ToolInput& input) override
    {
        const editing::ColourWindow* window = m_colours.around(context, input.image);
        if (window == nullptr) {
            return;
        }
        m_value = valueOf(context, input);
        const double radius = radiusOf(context);
        m_reference = editing::meanColour(*window, input.image, std::max(radius / 4, 1.5));
        m_last = input.image;
        context.document.beginEdit(context.state.rules());
        dab(context, input.image, radius);
    }

    void drag(const ToolContext& context, const ToolInput& input) override
    {
        if (!context.document.isStroking()) {
            return;
        }
        const double radius = radiusOf(context);
        const double length = std::hypot(input.image.x - m_last.x, input.image.y - m_last.y);
        const double spacing = std::max(radius / 3, 1.0);
        if (length < spacing) {
            return;
        }
        const int steps = static_cast<int>(length / spacing);
        const PointF from = m_last;
        for (int i = 1; i <= steps; ++i) {
            const double share = std::min(i * spacing / length, 1.0);
            m_last = {
                from.x + share * (input.image.x - from.x),
                from.y + share * (input.image.y - from.y)};
            dab(context, m_last, radius);
        }
    }

    void release(const ToolContext& context, const ToolInput& input) override
    {
        drag(context, input);
        context.document.commitStroke(
            UndoText::of(UndoText::Step::SmartBrush, context.className(m_value)));
    }

    void cancel(const ToolContext& context) override { context.document.cancelStroke(); }

    [[nodiscard]] double ringRadius(const ToolContext& context) const override
    {
        return radiusOf(context);
    }

    void paint(const ToolContext& context, QPainter& painter, std::optional<QPointF> pointer)
        const override
    {
        if (!pointer) {
            return;
        }
        // So far it paints where no edge stops it.
        const double inner = radiusOf(context) / 2 * context.transform.scale();
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(QColor(255, 255, 255, 170), 1, Qt::DotLine));
        painter.drawEllipse(*pointer, inner, inner);
    }

    [[nodiscard]] bool repaintsOnMove() const override { return true; }

private:
    /// Larger ones would leave the window of colours.
    [[nodiscard]] static double radiusOf(const ToolContext& context)
    {
        const double most = kSide / 4.0 / std::min(context.transform.scale(), 1.0);
        return std::min(context.state.radiusAt(context.transform.scale()), most);
    }

    void dab(const ToolContext& context, PointF at, double radius)
    {
        const editing::ColourWindow* window = m_colours.around(context, at);
        if (window == nullptr) {
            return;
        }
        const editing::Region region = editing::smartDab(*window, at, radius, m_reference.values);
        context.document.paintOpen(
            [&](editing::LabelEdit& edit) { editing::paintRegion(edit, region, m_value); });
    }

    static constexpr int kSide = 768;
    WindowCache m_colours{kSide};
    editing::LabColour m_reference;
    PointF m_last;
    std::uint8_t m_value = 1;
};

} // namespace

std::unique_ptr<CanvasTool> makeSmartBrushTool()
{
    return std::make_unique<SmartBrushTool>();
}

} // namespace guidino::ui
