// SPDX-License-Identifier: Apache-2.0
#include "ui/model/prompt_controller.h"

#include "ui/model/dataset_controller.h"
#include "ui/model/label_files.h"
#include "ui/model/prediction_controller.h"

#include <QtConcurrentRun>

#include <filesystem>
#include <utility>

namespace guidino::ui {

PromptController::PromptController(
    DatasetController& dataset, PredictionController& prediction, ToolState& tools, QObject* parent)
    : QObject(parent)
    , m_dataset(dataset)
    , m_prediction(prediction)
    , m_tools(tools)
    , m_errand(prediction, "prompts")
{
    connect(&tools, &ToolState::promptsChanged, this, &PromptController::pump);
    connect(&m_errand, &ModelErrand::answered, this, &PromptController::take);
    // Without an answer the colours stay.
    connect(&m_errand, &ModelErrand::unanswered, this, &PromptController::pump);
}

bool PromptController::hasTokens() const
{
    return m_prediction.isModelLoaded() && m_prediction.info().hasGuide()
           && m_prediction.info().guideSource.startsWith(QLatin1StringView("dino"));
}

void PromptController::pump()
{
    const std::optional<PromptRequest>& wanted = m_tools.promptRequest();
    if (m_errand.isUnderWay() || !wanted || wanted == m_asked || !hasTokens()) {
        return;
    }
    const int row = m_dataset.images().rowOf(wanted->image);
    if (row < 0) {
        return;
    }
    protocol::Predict request;
    request.image = m_dataset.images().entry(row).image.string();
    for (const editing::Prompt& prompt : wanted->prompts) {
        request.prompts.push_back(
            {prompt.isPositive ? "positive" : "negative",
             {prompt.point.x + 0.5, prompt.point.y + 0.5}});
    }
    if (wanted->box) {
        request.prompts.push_back(
            {"box",
             {static_cast<double>(wanted->box->x),
              static_cast<double>(wanted->box->y),
              static_cast<double>(wanted->box->right()),
              static_cast<double>(wanted->box->bottom())}});
    }
    m_asked = wanted;
    m_errand.ask(std::move(request));
}

void PromptController::take(const protocol::Prediction& answer)
{
    const auto read = [file = std::filesystem::path(answer.labels),
                       request = *m_asked]() -> Result<editing::Region> {
        auto labels = readIndexFile(file);
        if (!labels) {
            return std::move(labels).error();
        }
        return objectOf(*labels, request);
    };
    m_errand.finishWith(
        QtConcurrent::run(&m_errand.pool(), read), [this](const Result<editing::Region>& region) {
            if (region && m_asked) {
                m_tools.setPromptAnswer(*m_asked, *region);
            }
            pump();
        });
}

editing::Region PromptController::objectOf(const LabelMap& predicted, const PromptRequest& request)
{
    Raster8 wanted(predicted.size().width, predicted.size().height);
    const auto add = [&](Point at) {
        if (!predicted.bounds().contains(at) || predicted.at(at.x, at.y) == 0
            || wanted.at(at.x, at.y) != 0) {
            return;
        }
        const editing::Region object = editing::regionAt(predicted, at);
        const Rect bounds = object.bounds();
        for (int y = bounds.y; y < bounds.bottom(); ++y) {
            for (int x = bounds.x; x < bounds.right(); ++x) {
                if (object.contains(x, y)) {
                    wanted.at(x, y) = 1;
                }
            }
        }
    };
    for (const editing::Prompt& prompt : request.prompts) {
        if (prompt.isPositive) {
            add(prompt.point);
        }
    }
    if (request.box) {
        const Rect box = request.box->intersected(predicted.bounds());
        for (int y = 0; y < wanted.height(); ++y) {
            for (int x = 0; x < wanted.width(); ++x) {
                wanted.at(x, y) = box.contains({x, y}) && predicted.at(x, y) != 0 ? std::uint8_t{1}
                                                                                  : std::uint8_t{0};
            }
        }
    }
    editing::Region region;
    region.mask = std::move(wanted);
    return editing::trimmed(region);
}

} // namespace guidino::ui
