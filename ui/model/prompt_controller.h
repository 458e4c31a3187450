// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/protocol/messages.h"
#include "ui/model/model_errand.h"
#include "ui/model/tool_state.h"

#include <QObject>

#include <optional>

namespace guidino::ui {

class DatasetController;
class PredictionController;

/// Answers the clicks and boxes of the prompt tool by the model's own features, where its guide
/// comes from a ViT: they become a guide (`prompts` of the protocol), on tokens that the worker
/// keeps of the image, and the object is what the model predicts under it. Until the answer is
/// there, and for all other models, the tool follows colours. One request is under way at a time;
/// only the latest follows it. GUI thread only.
class PromptController : public QObject
{
    Q_OBJECT

public:
    PromptController(
        DatasetController& dataset,
        PredictionController& prediction,
        ToolState& tools,
        QObject* parent = nullptr);

    /// The loaded model has a ViT's tokens to follow.
    [[nodiscard]] bool hasTokens() const;

    /// What was predicted of what the prompts mean: the objects under the positive ones, of a box
    /// what lies in it. Empty where nothing was predicted there.
    [[nodiscard]] static editing::Region
    objectOf(const LabelMap& predicted, const PromptRequest& request);

private:
    void pump();
    void take(const protocol::Prediction& answer);

    DatasetController& m_dataset;
    PredictionController& m_prediction;
    ToolState& m_tools;
    std::optional<PromptRequest> m_asked; ///< of the errand, or of the answer before
    ModelErrand m_errand;
};

} // namespace guidino::ui
