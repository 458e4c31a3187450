// SPDX-License-Identifier: Apache-2.0
// Takes the class under the pointer and gives the former tool back.
#include "ui/canvas/tools/tool_factory.h"
#include "ui/canvas/tools/tool_support.h"

namespace guidino::ui {

namespace {

class PickTool : public CanvasTool
{
public:
    void press(const ToolContext& /*context*/, const ToolInput& input) override
    {
        m_at = pixelAt(input.image);
    }

    void release(const ToolContext& context, const ToolInput& /*input*/) override
    {
        const LabelMap& labels = context.document.labels();
        if (labels.bounds().contains(m_at)) {
            context.state.setLabelClass(labels.at(m_at.x, m_at.y));
        }
        context.state.takeFormerTool(); // ends this object: last
    }

private:
    Point m_at;
};

} // namespace

std::unique_ptr<CanvasTool> makePickTool()
{
    return std::make_unique<PickTool>();
}

} // namespace guidino::ui
