// SPDX-License-Identifier: Apache-2.0
// Pixels of a range of luminance inside a box that is dragged.
#include "ui/canvas/tools/box_drag.h"
#include "ui/canvas/tools/tool_factory.h"

#include <QCoreApplication>

#include <optional>

namespace guidino::ui {

namespace {

class ThresholdTool : public CanvasTool
{
    Q_DECLARE_TR_FUNCTIONS(guidino::ui::ThresholdTool)

public:
    void press(const ToolContext& context, const ToolInput& input) override
    {
        m_box = BoxDrag{input.image, input.image};
        m_value = valueOf(context, input);
    }

    void drag(const ToolContext& context, const ToolInput& input) override
    {
        const auto& image = context.document.shownImage();
        if (!m_box || image == nullptr) {
            return;
        }
        m_box->to = input.image;
        const Rect pixels = m_box->pixels(image->size());
        if (pixels.isEmpty()) {
            m_preview.clear();
            return;
        }
        const editing::ColourWindow window = windowOf(context, pixels);
        if (context.state.isThresholdAuto()) {
            // The group that the middle of the box belongs to.
            const int level = editing::otsuLevel(window);
            const bool isDark =
                editing::thresholdRange(window, 0, level)
                    .contains(pixels.x + pixels.width / 2, pixels.y + pixels.height / 2);
            context.state.suggestThreshold(isDark ? 0 : level + 1, isDark ? level : 255);
        }
        m_preview.set(
            editing::thresholdRange(
                window, context.state.thresholdLow(), context.state.thresholdHigh()),
            colorOf(context, m_value));
    }

    void release(const ToolContext& context, const ToolInput& input) override
    {
        drag(context, input);
        if (m_box && !m_preview.isEmpty()) {
            context.document.change(
                context.state.rules(),
                UndoText::of(UndoText::Step::Threshold, context.className(m_value)),
                [&](editing::LabelEdit& edit) {
                    editing::paintRegion(edit, m_preview.region(), m_value);
                });
        }
        cancel(context);
    }

    [[nodiscard]] bool isOpen() const override { return m_box.has_value(); }

    void cancel(const ToolContext& /*context*/) override
    {
        m_box.reset();
        m_preview.clear();
    }

    void paint(const ToolContext& context, QPainter& painter, std::optional<QPointF> pointer)
        const override
    {
        if (!m_box) {
            return;
        }
        m_preview.paint(context, painter);
        m_box->paint(context, painter);
        if (pointer) {
            paintChip(
                painter,
                *pointer + QPointF(16, 0),
                tr("luminance %1 to %2")
                    .arg(context.state.thresholdLow())
                    .arg(context.state.thresholdHigh()));
        }
    }

private:
    std::optional<BoxDrag> m_box;
    RegionPreview m_preview;
    std::uint8_t m_value = 1;
};

} // namespace

std::unique_ptr<CanvasTool> makeThresholdTool()
{
    return std::make_unique<ThresholdTool>();
}

} // namespace guidino::ui
