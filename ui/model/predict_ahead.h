// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/ids.h"
#include "core/protocol/messages.h"
#include "ui/model/model_errand.h"
#include "ui/model/prediction.h"

#include <QHash>
#include <QObject>

#include <memory>
#include <vector>

namespace guidino::ui {

class DatasetController;
class PredictionController;

/// Works ahead of a user who goes from image to image with predictions: once the shown image has
/// one, the interactive model predicts the next three of the list while nothing else is asked of
/// it, and a prediction that is ready is there when its image is shown. What is made for a model
/// that is replaced meanwhile is dropped. GUI thread only.
class PredictAhead : public QObject
{
    Q_OBJECT

public:
    static constexpr int kImages = 3;

    PredictAhead(
        DatasetController& dataset, PredictionController& prediction, QObject* parent = nullptr);

    /// Of images not shown yet.
    [[nodiscard]] int readyCount() const { return static_cast<int>(m_ready.size()); }

    [[nodiscard]] bool isReady(ImageId image) const { return m_ready.contains(image.value); }

Q_SIGNALS:
    /// The prediction of an image that is not shown yet is there.
    void ready(guidino::ImageId image);

private:
    void goOn();
    void showReady();
    void read(const protocol::Prediction& answer);
    void forget();
    [[nodiscard]] std::vector<ImageId> next() const;

    DatasetController& m_dataset;
    PredictionController& m_prediction;
    QHash<qint64, std::shared_ptr<const Prediction>> m_ready; // by image
    ImageId m_asked;
    ModelErrand m_errand;
};

} // namespace guidino::ui
