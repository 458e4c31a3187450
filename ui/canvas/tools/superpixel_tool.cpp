// SPDX-License-Identifier: Apache-2.0
// Paints whole patches of even colour: the one under the pointer, and those around it that look like
// the place where the stroke began.
#include "core/editing/superpixels.h"
#include "ui/canvas/tools/tool_factory.h"
#include "ui/canvas/tools/tool_support.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace guidino::ui {

namespace {

class SuperpixelTool : public CanvasTool
{
public:
    void press(const ToolContext& context, const ToolInput& input) override
    {
        m_hot.clear();
        m_value = valueOf(context, input);
        m_last = input.image;
        if (const editing::ColourWindow* window = m_colours.around(context, input.image)) {
            m_reference = editing::meanColour(
                *window, input.image, std::max(radiusOf(context) / 4, 1.5));
        }
        context.document.beginEdit(context.state.rules());
        paintAt(context, input.image);
    }

    void drag(const ToolContext& context, const ToolInput& input) override
    {
        if (!context.document.isStroking()) {
            return;
        }
        const double length = std::hypot(input.image.x - m_last.x, input.image.y - m_last.y);
        // Patches under the pointer are all met; the disc around it need not move as finely.
        const double spacing = std::max(radiusOf(context) / 3, 2.0);
        const int steps = std::max(1, static_cast<int>(std::ceil(length / spacing)));
        const PointF from = m_last;
        for (int i = 1; i <= steps; ++i) {
            const double share = static_cast<double>(i) / steps;
            paintAt(
                context,
                {from.x + share * (input.image.x - from.x),
                 from.y + share * (input.image.y - from.y)});
        }
        m_last = input.image;
    }

    void release(const ToolContext& context, const ToolInput& /*input*/) override
    {
        context.document.commitStroke(
            UndoText::of(UndoText::Step::Superpixels, context.className(m_value)));
    }

    void hover(const ToolContext& context, const ToolInput& input) override
    {
        const Point pixel = pixelAt(input.image);
        if (!prepare(context, input.image) || !m_patches->bounds().contains(pixel)) {
            m_hot.clear();
            return;
        }
        m_hot.set(
            m_patches->region(m_patches->at(pixel)), colorOf(context, context.state.labelClass()));
    }

    void cancel(const ToolContext& context) override { context.document.cancelStroke(); }

    void paint(const ToolContext& context, QPainter& painter, std::optional<QPointF> pointer)
        const override
    {
        if (pointer) {
            m_hot.paint(context, painter);
        }
    }

    [[nodiscard]] bool repaintsOnMove() const override { return true; }

    [[nodiscard]] double ringRadius(const ToolContext& context) const override
    {
        return radiusOf(context);
    }

private:
    /// Larger ones would leave the window of colours.
    [[nodiscard]] static double radiusOf(const ToolContext& context)
    {
        const double most = kSide / 4.0 / std::min(context.transform.scale(), 1.0);
        return std::min(context.state.radiusAt(context.transform.scale()), most);
    }

    bool prepare(const ToolContext& context, PointF at)
    {
        const editing::ColourWindow* window = m_colours.around(context, at);
        if (window == nullptr) {
            return false;
        }
        const int step = context.state.superpixelPx();
        const auto* image = context.document.image().get();
        if (!m_patches || m_patches->bounds() != window->bounds() || m_windowStep != window->step
            || m_stepPx != step || m_image != image) {
            m_patches.emplace(*window, step);
            m_stepPx = step;
            m_windowStep = window->step;
            m_image = image;
        }
        return true;
    }

    void paintAt(const ToolContext& context, PointF at)
    {
        const Point pixel = pixelAt(at);
        if (!prepare(context, at) || !m_patches->bounds().contains(pixel)) {
            return;
        }
        // The patch under the pointer, and those that the smart brush's dab fills.
        const editing::ColourWindow* window = m_colours.around(context, at);
        const editing::Region own = m_patches->region(m_patches->at(pixel));
        const editing::Region around = m_patches->covered(
            editing::smartDab(*window, at, radiusOf(context), m_reference.values));
        context.document.paintOpen([&](editing::LabelEdit& edit) {
            editing::paintRegion(edit, own, m_value);
            editing::paintRegion(edit, around, m_value);
        });
    }

    static constexpr int kSide = 512; // patches of half a megapixel take a tenth of a second
    WindowCache m_colours{kSide};
    editing::LabColour m_reference;
    std::optional<editing::Superpixels> m_patches;
    int m_stepPx = 0;
    int m_windowStep = 0;
    const void* m_image = nullptr; // told apart only, never read
    RegionPreview m_hot;
    PointF m_last;
    std::uint8_t m_value = 1;
};

} // namespace

std::unique_ptr<CanvasTool> makeSuperpixelTool()
{
    return std::make_unique<SuperpixelTool>();
}

} // namespace guidino::ui
