// SPDX-License-Identifier: Apache-2.0
// Intelligent scissors: clicks on an edge, the way between them follows it.
#include "core/editing/fill.h"
#include "core/editing/livewire.h"
#include "ui/canvas/tools/tool_factory.h"
#include "ui/canvas/tools/tool_support.h"

#include <QPolygonF>

#include <cmath>
#include <utility>

namespace guidino::ui {

namespace {

constexpr double kCloseDistance = 8; // logical pixels
/// Clicks move to the strongest edge this near, in logical pixels.
constexpr double kSnapDistance = 5;

class LivewireTool : public CanvasTool
{
public:
    void press(const ToolContext& context, const ToolInput& input) override
    {
        if (input.button == Qt::RightButton && isOpen()) {
            stepBack(context);
            return;
        }
        if (context.document.image() == nullptr) {
            return;
        }
        if (!isOpen()) {
            m_value = valueOf(context, input);
        } else if (isAtStart(context, input.view)) {
            close(context);
            return;
        }
        extendTo(context, input.image);
        const Point anchor = m_ways.empty() ? snapped(context, input.image) : m_ways.back().back();
        if (m_ways.empty()) {
            m_ways.push_back({anchor});
        }
        begin(context, anchor);
    }

    void hover(const ToolContext& context, const ToolInput& input) override
    {
        if (m_wire) {
            m_live = m_wire->pathTo(target(context, input));
        }
    }

    void drag(const ToolContext& context, const ToolInput& input) override
    {
        hover(context, input);
    }

    void doubleClick(const ToolContext& context, const ToolInput& /*input*/) override
    {
        close(context);
    }

    bool key(const ToolContext& context, int key) override
    {
        switch (key) {
        case Qt::Key_Return:
        case Qt::Key_Enter:
            close(context);
            return true;
        case Qt::Key_Backspace:
        case Qt::Key_Delete:
            stepBack(context);
            return true;
        default:
            return false;
        }
    }

    [[nodiscard]] bool isOpen() const override { return !m_ways.empty(); }

    [[nodiscard]] bool wants(int key) const override
    {
        return key == Qt::Key_Backspace || key == Qt::Key_Delete;
    }

    void cancel(const ToolContext& /*context*/) override { reset(); }

    void paint(const ToolContext& context, QPainter& painter, std::optional<QPointF> pointer)
        const override
    {
        if (m_ways.empty()) {
            return;
        }
        QPolygonF done;
        for (const auto& way : m_ways) {
            for (const Point& point : way) {
                done << context.viewFromImage({point.x + 0.5, point.y + 0.5});
            }
        }
        QPolygonF live;
        for (const Point& point : m_live) {
            live << context.viewFromImage({point.x + 0.5, point.y + 0.5});
        }
        QColor fill = colorOf(context, m_value);
        fill.setAlpha(50);
        painter.setPen(Qt::NoPen);
        painter.setBrush(fill);
        painter.drawPolygon(done + live);
        strokeTwice(painter, [&] {
            painter.drawPolyline(done);
            if (pointer) {
                painter.drawPolyline(live);
            }
        });
        for (const auto& way : m_ways) {
            paintHandle(painter, context.viewFromImage({way.back().x + 0.5, way.back().y + 0.5}));
        }
    }

private:
    void begin(const ToolContext& context, Point anchor)
    {
        // A window of its own around each anchor, so that no way is cut off at a border.
        WindowCache fresh(kSide);
        const editing::ColourWindow* window =
            fresh.around(context, {anchor.x + 0.5, anchor.y + 0.5});
        if (window != nullptr) {
            m_wire.emplace(*window);
            m_wire->setSeed(anchor);
        }
        m_live.clear();
    }

    [[nodiscard]] static int snapReach(const ToolContext& context)
    {
        return std::max(
            1, static_cast<int>(std::lround(kSnapDistance / context.transform.scale())));
    }

    /// The strongest edge near a place.
    [[nodiscard]] static Point snapped(const ToolContext& context, PointF at)
    {
        const Point pixel = pixelAt(at);
        const int reach = snapReach(context);
        const int side = 8 * reach;
        const editing::ColourWindow near =
            windowOf(context, {pixel.x - side / 2, pixel.y - side / 2, side, side});
        return editing::Livewire(near).snapped(pixel, reach);
    }

    [[nodiscard]] Point target(const ToolContext& context, const ToolInput& input) const
    {
        if (isAtStart(context, input.view)) {
            return m_ways.front().front();
        }
        return m_wire->snapped(pixelAt(input.image), snapReach(context));
    }

    void extendTo(const ToolContext& context, PointF to)
    {
        if (!m_wire || m_ways.empty()) {
            return;
        }
        m_ways.push_back(m_wire->pathTo(m_wire->snapped(pixelAt(to), snapReach(context))));
    }

    [[nodiscard]] bool isAtStart(const ToolContext& context, QPointF view) const
    {
        if (m_ways.size() < 3) {
            return false;
        }
        const Point first = m_ways.front().front();
        const QPointF offset = context.viewFromImage({first.x + 0.5, first.y + 0.5}) - view;
        return std::hypot(offset.x(), offset.y()) <= kCloseDistance;
    }

    void stepBack(const ToolContext& context)
    {
        m_ways.pop_back();
        if (m_ways.empty()) {
            reset();
        } else {
            begin(context, m_ways.back().back());
        }
    }

    void close(const ToolContext& context)
    {
        if (m_ways.size() >= 2 && m_wire) {
            m_ways.push_back(m_wire->pathTo(m_ways.front().front()));
        }
        editing::Polygon outline;
        for (const auto& way : m_ways) {
            for (const Point& point : way) {
                outline.push_back({point.x + 0.5, point.y + 0.5});
            }
        }
        const std::uint8_t value = m_value;
        reset();
        if (outline.size() < 3) {
            return;
        }
        context.document.change(
            context.state.rules(),
            UndoText::of(UndoText::Step::Livewire, context.className(value)),
            [&](editing::LabelEdit& edit) { editing::fillPolygon(edit, outline, value); });
    }

    void reset()
    {
        m_ways.clear();
        m_live.clear();
        m_wire.reset();
    }

    static constexpr int kSide = 768;
    std::optional<editing::Livewire> m_wire;
    std::vector<std::vector<Point>> m_ways; // each ends at an anchor; the first is the start alone
    std::vector<Point> m_live;
    std::uint8_t m_value = 1;
};

} // namespace

std::unique_ptr<CanvasTool> makeLivewireTool()
{
    return std::make_unique<LivewireTool>();
}

} // namespace guidino::ui
