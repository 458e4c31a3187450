// SPDX-License-Identifier: Apache-2.0
#include "ui/model/predict_ahead.h"

#include "ui/model/dataset_controller.h"
#include "ui/model/label_files.h"
#include "ui/model/prediction_controller.h"
#include "ui/model/prediction_files.h"

#include <QtConcurrentRun>

#include <algorithm>
#include <utility>

namespace guidino::ui {

namespace {

using Answer = Result<std::shared_ptr<const Prediction>>;

/// The files of an answer; the image's size is not known before it was shown.
Answer readAnswer(
    const protocol::Prediction& answer, const std::filesystem::path& image, const ModelName& model)
{
    const auto size = readImageSize(image);
    if (!size) {
        return size.error();
    }
    return readPrediction(answer, *size, model);
}

} // namespace

PredictAhead::PredictAhead(
    DatasetController& dataset, PredictionController& prediction, QObject* parent)
    : QObject(parent)
    , m_dataset(dataset)
    , m_prediction(prediction)
    , m_errand(prediction, "ahead")
{
    connect(&dataset, &DatasetController::opened, this, &PredictAhead::forget);
    connect(&dataset, &DatasetController::currentChanged, this, &PredictAhead::showReady);
    connect(&prediction, &PredictionController::modelChanged, this, &PredictAhead::forget);
    connect(&prediction, &PredictionController::predicted, this, &PredictAhead::goOn);
    connect(&prediction, &PredictionController::stateChanged, this, &PredictAhead::goOn);
    connect(&m_errand, &ModelErrand::answered, this, &PredictAhead::read);
    connect(&m_errand, &ModelErrand::unanswered, this, [this] {
        // The user will hear of it when the image is shown and predicted.
        m_ready.insert(m_asked.value, nullptr);
        goOn();
    });
}

void PredictAhead::forget()
{
    m_ready.clear();
    m_errand.drop();
}

/// Those after the shown one that have neither an answer here nor in their documents.
std::vector<ImageId> PredictAhead::next() const
{
    std::vector<ImageId> images;
    const AnnotationDocument* shown = m_dataset.current();
    if (shown == nullptr || shown->prediction() == nullptr) {
        return images;
    }
    const ImageListModel& list = m_dataset.images();
    const int first = list.rowOf(shown->id()) + 1;
    for (int row = first; row < std::min(first + kImages, list.rowCount()); ++row) {
        const ImageEntry& entry = list.entry(row);
        const AnnotationDocument* document = m_dataset.document(entry.id);
        const bool isDone = document != nullptr && document->prediction() != nullptr;
        if (!isDone && !m_ready.contains(entry.id.value) && !entry.isMissing
            && entry.problem.isEmpty()) {
            images.push_back(entry.id);
        }
    }
    return images;
}

void PredictAhead::goOn()
{
    if (m_errand.isUnderWay() || !m_prediction.isIdle()) {
        return; // one at a time: what the user asks for then waits for one at most
    }
    const std::vector<ImageId> images = next();
    if (images.empty()) {
        return;
    }
    m_asked = images.front();
    protocol::Predict request;
    request.image = m_dataset.images().entry(m_dataset.images().rowOf(m_asked)).image.string();
    m_errand.ask(std::move(request));
}

void PredictAhead::read(const protocol::Prediction& answer)
{
    const ImageId image = m_asked;
    const int row = m_dataset.images().rowOf(image);
    if (row < 0) {
        return;
    }
    m_errand.finishWith(
        QtConcurrent::run(
            &m_errand.pool(),
            readAnswer,
            answer,
            m_dataset.images().entry(row).image,
            m_prediction.modelInUse()),
        [this, image](const Answer& result) {
            m_ready.insert(image.value, result ? *result : nullptr);
            if (result) {
                Q_EMIT ready(image);
            }
            showReady();
            goOn();
        });
}

/// Gives the shown image what is ready for it, and keeps no more than what lies ahead.
void PredictAhead::showReady()
{
    const AnnotationDocument* shown = m_dataset.current();
    if (shown == nullptr) {
        return;
    }
    const ImageId image = shown->id();
    if (const auto prediction = m_ready.take(image.value)) {
        m_prediction.offer(image, prediction);
    }
    const int first = m_dataset.images().rowOf(image);
    for (auto it = m_ready.begin(); it != m_ready.end();) {
        const int row = m_dataset.images().rowOf(ImageId{it.key()});
        it = row > first && row <= first + kImages ? std::next(it) : m_ready.erase(it);
    }
    goOn();
}

} // namespace guidino::ui
