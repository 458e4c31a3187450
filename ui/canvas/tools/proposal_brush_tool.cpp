// SPDX-License-Identifier: Apache-2.0
// Takes over from the model's proposal what lies under the brush.
#include "ui/canvas/tools/tool_factory.h"
#include "ui/canvas/tools/tool_support.h"

namespace guidino::ui {

namespace {

class ProposalBrushTool : public CanvasTool
{
public:
    void press(const ToolContext& context, const ToolInput& input) override
    {
        if (!context.document.hasProposal()) {
            return;
        }
        m_last = input.image;
        context.document.beginEdit(context.state.rules());
        take(context, input.image);
    }

    void drag(const ToolContext& context, const ToolInput& input) override
    {
        take(context, input.image);
    }

    void release(const ToolContext& context, const ToolInput& input) override
    {
        take(context, input.image);
        const auto& prediction = context.document.prediction();
        context.document.commitStroke(
            UndoText::of(UndoText::Step::AcceptBrush),
            prediction != nullptr ? prediction->sha256 : QString());
    }

    void cancel(const ToolContext& context) override { context.document.cancelStroke(); }

    [[nodiscard]] double ringRadius(const ToolContext& context) const override
    {
        return context.state.radiusAt(context.transform.scale());
    }

private:
    void take(const ToolContext& context, PointF to)
    {
        if (!context.document.isStroking() || !context.document.hasProposal()) {
            return;
        }
        context.document.paintOpen([&](editing::LabelEdit& edit) {
            editing::copyUnderBrush(
                edit,
                context.document.prediction()->labels,
                m_last,
                to,
                context.state.radiusAt(context.transform.scale()));
        });
        m_last = to;
    }

    PointF m_last;
};

} // namespace

std::unique_ptr<CanvasTool> makeProposalBrushTool()
{
    return std::make_unique<ProposalBrushTool>();
}

} // namespace guidino::ui
