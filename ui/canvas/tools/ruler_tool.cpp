// SPDX-License-Identifier: Apache-2.0
// Measures: a line gives a length, a click the area of the object under it.
#include "ui/canvas/tools/tool_factory.h"
#include "ui/canvas/tools/tool_support.h"
#include "ui/model/read_out.h"

#include <cmath>
#include <optional>

namespace guidino::ui {

namespace {

constexpr double kClickDistance = 4; // logical pixels

class RulerTool : public CanvasTool
{
public:
    void press(const ToolContext& /*context*/, const ToolInput& input) override
    {
        m_from = m_to = input.image;
        m_pressed = input.view;
        m_area.clear();
    }

    void drag(const ToolContext& /*context*/, const ToolInput& input) override
    {
        m_to = input.image;
    }

    void release(const ToolContext& context, const ToolInput& input) override
    {
        const QPointF moved = input.view - m_pressed;
        if (std::hypot(moved.x(), moved.y()) >= kClickDistance || !m_from) {
            return;
        }
        const Point pixel = pixelAt(*m_from);
        const LabelMap& labels = context.document.labels();
        m_from.reset();
        if (labels.bounds().contains(pixel) && labels.at(pixel.x, pixel.y) != 0) {
            m_at = input.image;
            m_area.set(
                editing::regionAt(labels, pixel), colorOf(context, labels.at(pixel.x, pixel.y)));
        }
    }

    [[nodiscard]] bool isOpen() const override { return m_from.has_value() || !m_area.isEmpty(); }

    void cancel(const ToolContext& /*context*/) override
    {
        m_from.reset();
        m_area.clear();
    }

    void paint(const ToolContext& context, QPainter& painter, std::optional<QPointF> /*pointer*/)
        const override
    {
        const auto& image = context.document.image();
        const std::optional<SpacingMm> spacing =
            image != nullptr ? image->spacingMm() : std::nullopt;
        if (m_from) {
            const QPointF a = context.viewFromImage(*m_from);
            const QPointF b = context.viewFromImage(m_to);
            strokeTwice(painter, [&] { painter.drawLine(a, b); });
            paintHandle(painter, a);
            paintHandle(painter, b);
            paintChip(
                painter,
                (a + b) / 2 + QPointF(12, -16),
                lengthText(m_to.x - m_from->x, m_to.y - m_from->y, spacing));
        }
        if (!m_area.isEmpty()) {
            m_area.paint(context, painter);
            paintChip(
                painter,
                context.viewFromImage(m_at) + QPointF(12, 0),
                areaText(m_area.region().area(), spacing));
        }
    }

    [[nodiscard]] bool repaintsOnMove() const override { return m_from.has_value(); }

private:
    std::optional<PointF> m_from;
    PointF m_to;
    PointF m_at;
    QPointF m_pressed;
    RegionPreview m_area;
};

} // namespace

std::unique_ptr<CanvasTool> makeRulerTool()
{
    return std::make_unique<RulerTool>();
}

} // namespace guidino::ui
