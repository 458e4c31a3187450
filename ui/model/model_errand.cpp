// SPDX-License-Identifier: Apache-2.0
#include "ui/model/model_errand.h"

#include "ui/model/prediction_controller.h"

namespace guidino::ui {

ModelErrand::ModelErrand(PredictionController& prediction, std::string stream, QObject* parent)
    : QObject(parent)
    , m_prediction(prediction)
    , m_stream(std::move(stream))
{
    m_pool.setMaxThreadCount(1);
    connect(
        &prediction,
        &PredictionController::answered,
        this,
        [this](const QString& job, const protocol::Prediction& answer) {
            if (!m_job.isEmpty() && job == m_job) {
                m_job.clear();
                Q_EMIT answered(answer);
            }
        });
    connect(&prediction, &PredictionController::unanswered, this, [this](const QString& job) {
        if (!m_job.isEmpty() && job == m_job) {
            m_job.clear();
            Q_EMIT unanswered();
        }
    });
}

ModelErrand::~ModelErrand()
{
    m_pool.clear();
    m_pool.waitForDone();
}

void ModelErrand::ask(protocol::Predict request)
{
    request.stream = m_stream;
    m_job = m_prediction.ask(request);
}

void ModelErrand::drop()
{
    ++m_generation;
    m_job.clear();
    m_isReading = false;
}

} // namespace guidino::ui
