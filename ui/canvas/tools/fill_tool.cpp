// SPDX-License-Identifier: Apache-2.0
// Gives a connected area of the label another class.
#include "core/editing/fill.h"
#include "ui/canvas/tools/tool_factory.h"
#include "ui/canvas/tools/tool_support.h"

namespace guidino::ui {

namespace {

class FillTool : public CanvasTool
{
public:
    void press(const ToolContext& context, const ToolInput& input) override
    {
        const std::uint8_t value = valueOf(context, input);
        context.document.change(
            context.state.rules(),
            UndoText::of(UndoText::Step::Fill, context.className(value)),
            [&](editing::LabelEdit& edit) {
                editing::floodFill(edit, pixelAt(input.image), value);
            });
    }
};

} // namespace

std::unique_ptr<CanvasTool> makeFillTool()
{
    return std::make_unique<FillTool>();
}

} // namespace guidino::ui
