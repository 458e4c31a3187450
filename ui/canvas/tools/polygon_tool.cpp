// SPDX-License-Identifier: Apache-2.0
// Corners one by one, each movable until Return; also the outlines of a region that was taken up
// for editing.
#include "core/editing/fill.h"
#include "ui/canvas/tools/tool_factory.h"
#include "ui/canvas/tools/tool_support.h"

#include <QPolygonF>

#include <cmath>
#include <utility>

namespace guidino::ui {

namespace {

/// A corner or an edge is grabbed this near, in logical pixels.
constexpr double kGrabDistance = 8;

struct Corner
{
    std::size_t loop = 0;
    std::size_t index = 0;
};

class PolygonTool : public CanvasTool
{
public:
    void press(const ToolContext& context, const ToolInput& input) override
    {
        m_held = cornerAt(context, input.view);
        const bool hasLoop = !m_loops.empty() && !m_loops.front().empty();
        if (input.button == Qt::RightButton) {
            removeCorner();
            return;
        }
        if (m_held) {
            m_isFirstClicked = !m_isClosed && m_held->index == 0 && m_loops.front().size() >= 3;
            return;
        }
        if (m_isClosed) {
            m_held = insertCorner(context, input);
            return;
        }
        if (!hasLoop) {
            m_loops.assign(1, {});
            m_value = valueOf(context, input);
        }
        m_loops.front().push_back(input.image);
        m_held = Corner{0, m_loops.front().size() - 1};
    }

    void drag(const ToolContext& /*context*/, const ToolInput& input) override
    {
        if (m_held) {
            m_loops[m_held->loop][m_held->index] = input.image;
        }
        m_isFirstClicked = false;
    }

    void release(const ToolContext& context, const ToolInput& /*input*/) override
    {
        m_held.reset();
        if (std::exchange(m_isFirstClicked, false)) {
            close(context);
        }
    }

    void hover(const ToolContext& context, const ToolInput& input) override
    {
        m_hot = cornerAt(context, input.view);
    }

    void doubleClick(const ToolContext& context, const ToolInput& input) override
    {
        if (isOpen() && !m_isClosed) {
            close(context);
        } else {
            press(context, input);
        }
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
            m_held = m_hot;
            removeCorner();
            return true;
        default:
            return false;
        }
    }

    [[nodiscard]] bool isOpen() const override { return !m_loops.empty(); }

    [[nodiscard]] bool wants(int key) const override
    {
        return key == Qt::Key_Backspace || key == Qt::Key_Delete;
    }

    void cancel(const ToolContext& /*context*/) override { reset(); }

    bool edit(std::vector<editing::Polygon> outlines, const editing::Region& old) override
    {
        reset();
        m_loops = std::move(outlines);
        m_isClosed = !m_loops.empty();
        m_old = old;
        return m_isClosed;
    }

    void paint(const ToolContext& context, QPainter& painter, std::optional<QPointF> pointer)
        const override
    {
        for (std::size_t i = 0; i < m_loops.size(); ++i) {
            paintLoop(context, painter, m_loops[i], pointer);
        }
        for (std::size_t i = 0; i < m_loops.size(); ++i) {
            for (std::size_t k = 0; k < m_loops[i].size(); ++k) {
                const bool isHot = m_hot && m_hot->loop == i && m_hot->index == k;
                paintHandle(painter, context.viewFromImage(m_loops[i][k]), isHot);
            }
        }
    }

private:
    void paintLoop(
        const ToolContext& context,
        QPainter& painter,
        const editing::Polygon& loop,
        std::optional<QPointF> pointer) const
    {
        const editing::Polygon points =
            context.state.isPolygonSmooth() ? editing::interpolated(loop) : loop;
        QPolygonF outline;
        for (const PointF& corner : points) {
            outline << context.viewFromImage(corner);
        }
        if (outline.isEmpty()) {
            return;
        }
        QColor fill = colorOf(context, m_value == 0 ? std::uint8_t{0} : context.state.labelClass());
        fill.setAlpha(50);
        if (m_isClosed || context.state.isPolygonSmooth()) {
            outline << outline.first();
        }
        painter.setPen(Qt::NoPen);
        painter.setBrush(fill);
        painter.drawPolygon(outline);
        const bool isTrailing = pointer && !m_isClosed && !m_held && !m_hot;
        strokeTwice(painter, [&] {
            painter.drawPolyline(outline);
            if (isTrailing) {
                painter.drawLine(context.viewFromImage(loop.back()), *pointer);
            }
        });
    }

    [[nodiscard]] std::optional<Corner> cornerAt(const ToolContext& context, QPointF view) const
    {
        std::optional<Corner> best;
        double nearest = kGrabDistance;
        for (std::size_t i = 0; i < m_loops.size(); ++i) {
            for (std::size_t k = 0; k < m_loops[i].size(); ++k) {
                const QPointF offset = context.viewFromImage(m_loops[i][k]) - view;
                const double distance = std::hypot(offset.x(), offset.y());
                if (distance <= nearest) {
                    nearest = distance;
                    best = Corner{i, k};
                }
            }
        }
        return best;
    }

    /// A new corner on the edge under the pointer.
    std::optional<Corner> insertCorner(const ToolContext& context, const ToolInput& input)
    {
        for (std::size_t i = 0; i < m_loops.size(); ++i) {
            editing::Polygon& loop = m_loops[i];
            for (std::size_t k = 0; k < loop.size(); ++k) {
                const QPointF a = context.viewFromImage(loop[k]);
                const QPointF b = context.viewFromImage(loop[(k + 1) % loop.size()]);
                const QPointF along = b - a;
                const double length2 = QPointF::dotProduct(along, along);
                const double share =
                    length2 > 0 ? QPointF::dotProduct(input.view - a, along) / length2 : -1.0;
                const QPointF off = input.view - (a + share * along);
                if (share > 0 && share < 1 && std::hypot(off.x(), off.y()) <= kGrabDistance) {
                    loop.insert(loop.begin() + static_cast<std::ptrdiff_t>(k) + 1, input.image);
                    return Corner{i, k + 1};
                }
            }
        }
        return std::nullopt;
    }

    /// The corner in hand, else the last one.
    void removeCorner()
    {
        if (m_loops.empty()) {
            return;
        }
        const Corner corner = m_held.value_or(Corner{0, m_loops.front().size() - 1});
        if (!m_held && m_isClosed) {
            return;
        }
        editing::Polygon& loop = m_loops[corner.loop];
        if (!m_isClosed || loop.size() > 3) {
            loop.erase(loop.begin() + static_cast<std::ptrdiff_t>(corner.index));
        }
        m_held.reset();
        m_hot.reset();
        if (m_loops.front().empty()) {
            reset();
        }
    }

    void close(const ToolContext& context)
    {
        const std::vector<editing::Polygon> loops = std::exchange(m_loops, {});
        const bool isContour = std::exchange(m_isClosed, false);
        const editing::Region old = std::exchange(m_old, {});
        const std::uint8_t value = m_value == 0 ? std::uint8_t{0} : context.state.labelClass();
        reset();
        if (loops.front().size() < 3) {
            return;
        }
        const bool isSmooth = context.state.isPolygonSmooth();
        context.document.change(
            context.state.rules(),
            UndoText::of(
                isContour ? UndoText::Step::Contour : UndoText::Step::Polygon,
                context.className(value)),
            [&](editing::LabelEdit& edit) {
                editing::paintRegion(edit, old, 0);
                editing::Polygon all;
                for (const editing::Polygon& loop : loops) {
                    const editing::Polygon points = isSmooth ? editing::interpolated(loop) : loop;
                    if (loops.size() == 1) {
                        all = points;
                        break;
                    }
                    // Loops in one, joined by ways there and back that the even-odd rule cancels.
                    all.insert(all.end(), points.begin(), points.end());
                    all.push_back(points.front());
                    if (all.size() > points.size() + 1) {
                        all.push_back(all.front());
                    }
                }
                editing::fillPolygon(edit, all, value);
            });
    }

    void reset()
    {
        m_loops.clear();
        m_isClosed = false;
        m_old = {};
        m_held.reset();
        m_hot.reset();
        m_value = 1;
    }

    std::vector<editing::Polygon> m_loops; // the first is what is being drawn
    bool m_isClosed = false;               // outlines of a region
    editing::Region m_old;                 // what they replace
    std::uint8_t m_value = 1;              // 0: takes away
    std::optional<Corner> m_held;
    std::optional<Corner> m_hot;
    bool m_isFirstClicked = false;
};

} // namespace

std::unique_ptr<CanvasTool> makePolygonTool()
{
    return std::make_unique<PolygonTool>();
}

} // namespace guidino::ui
