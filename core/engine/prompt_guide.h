// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/geometry.h"
#include "core/base/raster.h"
#include "core/base/result.h"
#include "core/engine/predictor.h"
#include "core/engine/runtime.h"

#include <vector>

namespace guidino::engine {

/// A guide from clicks and boxes, by the tokens under them: what looks like a positive click and
/// not like a negative one. With positive prompts (or boxes, whose inner half counts as positive)
///
///     guide = sigmoid((max cos to positives − max cos to negatives) / 0.1)
///
/// where without negative clicks the mean token of the image stands for them; boxes are zero
/// outside their union. Negative clicks alone lower the model's own guide where the image looks
/// like them.
///
/// `own` needs tokens (PredictionInput::wantTokens) and its guide. Returns [h, w] on the token grid
/// where that covers the image, else a raster of the image's size, in [0, 1]. BadInput: an unknown
/// kind, a wrong number of coordinates, a place outside the image, a model whose tokens are not
/// there.
[[nodiscard]] Result<RasterF>
guideOfPrompts(const std::vector<Session::Prompt>& prompts, const Prediction& own, Size image);

} // namespace guidino::engine
