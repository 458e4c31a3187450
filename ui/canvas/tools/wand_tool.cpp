// SPDX-License-Identifier: Apache-2.0
// Connected pixels of like colour; dragging sets how alike, with a live preview.
#include "ui/canvas/tools/tool_factory.h"
#include "ui/canvas/tools/tool_support.h"

#include <QCoreApplication>

#include <cmath>

namespace guidino::ui {

namespace {

/// Dragging this far doubles the tolerance, in logical pixels.
constexpr double kDoublingDistance = 80;

class WandTool : public CanvasTool
{
    Q_DECLARE_TR_FUNCTIONS(guidino::ui::WandTool)

public:
    void press(const ToolContext& context, const ToolInput& input) override
    {
        m_seed = input.image;
        m_from = input.view;
        m_before = context.state.tolerance();
        m_value = valueOf(context, input);
        m_isOpen = true;
        select(context);
    }

    void drag(const ToolContext& context, const ToolInput& input) override
    {
        if (!m_isOpen) {
            return;
        }
        // To the right and up is more.
        const QPointF shift = input.view - m_from;
        const double more = shift.x() - shift.y();
        if (std::abs(more) > 3) { // a click is no drag
            context.state.setTolerance(m_before * std::exp2(more / kDoublingDistance));
            select(context);
        }
    }

    void release(const ToolContext& context, const ToolInput& /*input*/) override
    {
        if (!m_isOpen) {
            return;
        }
        context.document.change(
            context.state.rules(),
            UndoText::of(UndoText::Step::Wand, context.className(m_value)),
            [&](editing::LabelEdit& edit) {
                editing::paintRegion(edit, m_preview.region(), m_value);
            });
        cancel(context);
    }

    [[nodiscard]] bool isOpen() const override { return m_isOpen; }

    void cancel(const ToolContext& /*context*/) override
    {
        m_isOpen = false;
        m_preview.clear();
    }

    void paint(const ToolContext& context, QPainter& painter, std::optional<QPointF> pointer)
        const override
    {
        if (!m_isOpen) {
            return;
        }
        m_preview.paint(context, painter);
        if (pointer) {
            paintChip(
                painter,
                *pointer + QPointF(16, 0),
                tr("tolerance %1").arg(std::lround(context.state.tolerance())));
        }
    }

private:
    void select(const ToolContext& context)
    {
        if (const editing::ColourWindow* window = m_colours.around(context, m_seed)) {
            m_preview.set(
                editing::magicWand(*window, pixelAt(m_seed), context.state.tolerance()),
                colorOf(context, m_value));
        }
    }

    WindowCache m_colours{1536};
    RegionPreview m_preview;
    PointF m_seed;
    QPointF m_from;
    double m_before = 0;
    std::uint8_t m_value = 1;
    bool m_isOpen = false;
};

} // namespace

std::unique_ptr<CanvasTool> makeWandTool()
{
    return std::make_unique<WandTool>();
}

} // namespace guidino::ui
