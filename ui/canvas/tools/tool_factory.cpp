// SPDX-License-Identifier: Apache-2.0
#include "ui/canvas/tools/tool_factory.h"

namespace guidino::ui {

std::unique_ptr<CanvasTool> makeTool(ToolState::Tool tool)
{
    switch (tool) {
    case ToolState::Tool::Brush:
    case ToolState::Tool::Eraser:
    case ToolState::Tool::Ignore:
        return makeBrushTool(tool);
    case ToolState::Tool::SmartBrush:
        return makeSmartBrushTool();
    case ToolState::Tool::Superpixels:
        return makeSuperpixelTool();
    case ToolState::Tool::AcceptBrush:
        return makeProposalBrushTool();
    case ToolState::Tool::Polygon:
        return makePolygonTool();
    case ToolState::Tool::Lasso:
        return makeLassoTool();
    case ToolState::Tool::Livewire:
        return makeLivewireTool();
    case ToolState::Tool::Fill:
        return makeFillTool();
    case ToolState::Tool::Wand:
        return makeWandTool();
    case ToolState::Tool::Threshold:
        return makeThresholdTool();
    case ToolState::Tool::GrabCut:
        return makeGrabCutTool();
    case ToolState::Tool::Prompt:
        return makePromptTool();
    case ToolState::Tool::Split:
        return makeSplitTool();
    case ToolState::Tool::Region:
        return makeRegionTool();
    case ToolState::Tool::Pick:
        return makePickTool();
    case ToolState::Tool::Ruler:
        return makeRulerTool();
    case ToolState::Tool::Pan:
        break;
    }
    return nullptr;
}

} // namespace guidino::ui
