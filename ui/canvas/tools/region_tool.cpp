// SPDX-License-Identifier: Apache-2.0
// Chooses an object of the label: dragging moves it (Ctrl: a copy), Delete removes it, and it can
// be copied to other places and images.
#include "ui/canvas/tools/tool_factory.h"
#include "ui/canvas/tools/tool_support.h"

#include <cmath>
#include <optional>

namespace guidino::ui {

namespace {

class RegionTool : public CanvasTool
{
public:
    void press(const ToolContext& context, const ToolInput& input) override
    {
        const Point pixel = pixelAt(input.image);
        const LabelMap& labels = context.document.labels();
        m_chosen.clear();
        m_from.reset();
        if (!labels.bounds().contains(pixel) || labels.at(pixel.x, pixel.y) == 0) {
            return;
        }
        m_value = labels.at(pixel.x, pixel.y);
        m_chosen.set(editing::regionAt(labels, pixel), colorOf(context, m_value));
        m_version = context.document.labelsVersion();
        m_document = &context.document;
        m_from = input.image;
        m_isCopying = input.modifiers.testFlag(Qt::ControlModifier);
        context.state.setClipboard({m_chosen.region(), m_value});
    }

    void drag(const ToolContext& /*context*/, const ToolInput& input) override
    {
        if (m_from) {
            m_shift = {
                static_cast<int>(std::lround(input.image.x - m_from->x)),
                static_cast<int>(std::lround(input.image.y - m_from->y))};
        }
    }

    void release(const ToolContext& context, const ToolInput& input) override
    {
        drag(context, input);
        const Point shift = m_shift;
        m_shift = {};
        m_from.reset();
        if (shift == Point{} || m_chosen.isEmpty()) {
            return;
        }
        editing::Region moved = m_chosen.region();
        context.document.change(
            context.state.rules(),
            UndoText::of(
                m_isCopying ? UndoText::Step::CopyRegion : UndoText::Step::MoveRegion,
                context.className(m_value)),
            [&](editing::LabelEdit& edit) {
                if (m_isCopying) {
                    moved.origin = {moved.origin.x + shift.x, moved.origin.y + shift.y};
                    editing::paintRegion(edit, moved, m_value);
                } else {
                    editing::moveRegion(edit, moved, m_value, shift);
                    moved.origin = {moved.origin.x + shift.x, moved.origin.y + shift.y};
                }
            });
        m_chosen.set(moved, colorOf(context, m_value));
        m_version = context.document.labelsVersion();
        context.state.setClipboard({m_chosen.region(), m_value});
    }

    bool key(const ToolContext& context, int key) override
    {
        if (key != Qt::Key_Delete && key != Qt::Key_Backspace) {
            return false;
        }
        if (isCurrent(context)) {
            context.document.change(
                context.state.rules(),
                UndoText::of(UndoText::Step::DeleteRegion, context.className(m_value)),
                [&](editing::LabelEdit& edit) {
                    editing::replaceInRegion(edit, m_chosen.region(), m_value, 0);
                });
        }
        m_chosen.clear();
        return true;
    }

    [[nodiscard]] bool isOpen() const override { return !m_chosen.isEmpty(); }

    [[nodiscard]] bool wants(int key) const override
    {
        return key == Qt::Key_Delete || key == Qt::Key_Backspace;
    }

    void cancel(const ToolContext& /*context*/) override
    {
        m_chosen.clear();
        m_from.reset();
        m_shift = {};
    }

    void paint(const ToolContext& context, QPainter& painter, std::optional<QPointF> /*pointer*/)
        const override
    {
        if (m_chosen.isEmpty() || !isCurrent(context)) {
            return;
        }
        painter.save();
        const QPointF zero = context.viewFromImage({0, 0});
        const QPointF shifted =
            context.viewFromImage({static_cast<double>(m_shift.x), static_cast<double>(m_shift.y)});
        painter.translate(shifted - zero);
        m_chosen.paint(context, painter);
        painter.restore();
    }

    [[nodiscard]] bool repaintsOnMove() const override { return m_from.has_value(); }

private:
    /// The labels are still those in which it was chosen.
    [[nodiscard]] bool isCurrent(const ToolContext& context) const
    {
        return m_document == &context.document && m_version == context.document.labelsVersion();
    }

    RegionPreview m_chosen;
    std::uint8_t m_value = 1;
    int m_version = 0;
    const AnnotationDocument* m_document = nullptr; // told apart only
    std::optional<PointF> m_from;
    Point m_shift;
    bool m_isCopying = false;
};

} // namespace

std::unique_ptr<CanvasTool> makeRegionTool()
{
    return std::make_unique<RegionTool>();
}

} // namespace guidino::ui
