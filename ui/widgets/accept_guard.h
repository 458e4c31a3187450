// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

#include <functional>

class QWidget;

namespace guidino::ui {

class AnnotationDocument;
class DatasetController;
struct ModelInfo;
struct Prediction;

/// One sentence where an image looks unlike those that the model was trained on; else empty.
[[nodiscard]] QString outsideText(const Prediction& prediction, const ModelInfo& model);

/// Accepts the shown image's prediction by `accept`: at once, or after a question where the image
/// looks unlike the model's training images. The question does not block; `accept` gets the
/// document that was asked about, if it is still there.
void acceptPrediction(
    QWidget& window,
    DatasetController& dataset,
    const ModelInfo& model,
    const std::function<void(AnnotationDocument&)>& accept);

} // namespace guidino::ui
