// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/canvas/canvas_tool.h"

/// One file a tool; makeTool() chooses among them.
namespace guidino::ui {

[[nodiscard]] std::unique_ptr<CanvasTool> makeBrushTool(ToolState::Tool kind);
[[nodiscard]] std::unique_ptr<CanvasTool> makeSmartBrushTool();
[[nodiscard]] std::unique_ptr<CanvasTool> makeSuperpixelTool();
[[nodiscard]] std::unique_ptr<CanvasTool> makeProposalBrushTool();
[[nodiscard]] std::unique_ptr<CanvasTool> makePolygonTool();
[[nodiscard]] std::unique_ptr<CanvasTool> makeLassoTool();
[[nodiscard]] std::unique_ptr<CanvasTool> makeLivewireTool();
[[nodiscard]] std::unique_ptr<CanvasTool> makeFillTool();
[[nodiscard]] std::unique_ptr<CanvasTool> makeWandTool();
[[nodiscard]] std::unique_ptr<CanvasTool> makeThresholdTool();
[[nodiscard]] std::unique_ptr<CanvasTool> makeGrabCutTool();
[[nodiscard]] std::unique_ptr<CanvasTool> makePromptTool();
[[nodiscard]] std::unique_ptr<CanvasTool> makeSplitTool();
[[nodiscard]] std::unique_ptr<CanvasTool> makeRegionTool();
[[nodiscard]] std::unique_ptr<CanvasTool> makePickTool();
[[nodiscard]] std::unique_ptr<CanvasTool> makeRulerTool();

} // namespace guidino::ui
