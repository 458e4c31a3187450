// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/protocol/commands.h"
#include "core/protocol/messages.h"
#include "ui/model/afterwards.h"

#include <QFuture>
#include <QObject>
#include <QString>
#include <QThreadPool>

#include <string>
#include <utility>

namespace guidino::ui {

class PredictionController;

/// One question to the model at a time, on a stream of its own: whoever asks hears the answer to
/// that alone. It is under way from ask() until the answer's files are read, since the next answer
/// may take their place. GUI thread only, but for the pool.
class ModelErrand : public QObject
{
    Q_OBJECT

public:
    ModelErrand(PredictionController& prediction, std::string stream, QObject* parent = nullptr);
    /// Waits for what is being read.
    ~ModelErrand() override;

    [[nodiscard]] bool isUnderWay() const { return m_isReading || !m_job.isEmpty(); }

    /// Not while one is under way. answered() or unanswered() follows, unless no model can be
    /// asked: then nothing is under way.
    void ask(protocol::Predict request);

    /// Whatever comes now is nobody's any more.
    void drop();

    /// One thread to read answers on, in the order they came.
    [[nodiscard]] QThreadPool& pool() { return m_pool; }

    /// To be called in answered(): ends what is under way when the files are read, then tells what
    /// was read, unless it was dropped meanwhile.
    template<typename T, typename Then>
    void finishWith(QFuture<T> reading, Then then)
    {
        m_isReading = true;
        afterwards(
            std::move(reading), this, [this, generation = m_generation, then](const T& result) {
                if (generation == m_generation) {
                    m_isReading = false;
                    then(result);
                }
            });
    }

Q_SIGNALS:
    void answered(const guidino::protocol::Prediction& answer);
    void unanswered();

private:
    PredictionController& m_prediction;
    std::string m_stream;
    QString m_job; // empty: none
    bool m_isReading = false;
    int m_generation = 0; // so many were dropped
    QThreadPool m_pool;
};

} // namespace guidino::ui
