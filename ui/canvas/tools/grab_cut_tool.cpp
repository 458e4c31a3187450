// SPDX-License-Identifier: Apache-2.0
// Finds the object in a box that is dragged; what the label has there is the first guess.
#include "ui/canvas/tools/box_drag.h"
#include "ui/canvas/tools/tool_factory.h"

#include <algorithm>
#include <optional>

namespace guidino::ui {

namespace {

class GrabCutTool : public CanvasTool
{
public:
    void press(const ToolContext& context, const ToolInput& input) override
    {
        m_box = BoxDrag{input.image, input.image};
        m_value = valueOf(context, input);
    }

    void drag(const ToolContext& /*context*/, const ToolInput& input) override
    {
        if (m_box) {
            m_box->to = input.image;
        }
    }

    void release(const ToolContext& context, const ToolInput& input) override
    {
        drag(context, input);
        const auto& image = context.document.shownImage();
        if (!m_box || image == nullptr) {
            return;
        }
        const Rect pixels = m_box->pixels(image->size());
        m_box.reset();
        constexpr int kSmallest = 8; // a click is no box
        if (pixels.width < kSmallest || pixels.height < kSmallest) {
            return;
        }
        const editing::ColourWindow window = windowOf(context, pixels);
        const Rect bounds = window.bounds(); // at coarse zoom a little more than the box
        const std::uint8_t wanted =
            m_value == 0 ? context.state.labelClass() : m_value; // erasing: what is not found goes
        Raster8 present = context.document.labels().toRaster(bounds);
        for (std::uint8_t& pixel : present.pixels()) {
            pixel = pixel == wanted ? 1 : 0;
        }
        editing::Region found = editing::grabCutIn(window, present);
        editing::Region rest = found;
        for (std::uint8_t& pixel : rest.mask.pixels()) {
            pixel = pixel == 0 ? 1 : 0;
        }
        context.document.change(
            context.state.rules(),
            UndoText::of(UndoText::Step::GrabCut, context.className(m_value)),
            [&](editing::LabelEdit& edit) {
                if (m_value == 0) {
                    editing::replaceInRegion(edit, found, wanted, 0);
                } else {
                    editing::paintRegion(edit, found, wanted);
                    editing::replaceInRegion(edit, rest, wanted, 0);
                }
            });
    }

    [[nodiscard]] bool isOpen() const override { return m_box.has_value(); }

    void cancel(const ToolContext& /*context*/) override { m_box.reset(); }

    void paint(const ToolContext& context, QPainter& painter, std::optional<QPointF> /*pointer*/)
        const override
    {
        if (m_box) {
            m_box->paint(context, painter);
        }
    }

private:
    std::optional<BoxDrag> m_box;
    std::uint8_t m_value = 1;
};

} // namespace

std::unique_ptr<CanvasTool> makeGrabCutTool()
{
    return std::make_unique<GrabCutTool>();
}

} // namespace guidino::ui
