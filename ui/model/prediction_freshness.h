// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/ids.h"

#include <QHash>
#include <QObject>
#include <QString>
#include <QThreadPool>

#include <vector>

namespace guidino::ui {

class DatasetController;
class PredictionController;
class ProjectController;

/// Which model each image's newest prediction is of, and with it which predictions a superseded
/// model left: marked in the list of images. Reads the project in the background. GUI thread only.
class PredictionFreshness : public QObject
{
    Q_OBJECT

public:
    PredictionFreshness(
        ProjectController& project,
        DatasetController& dataset,
        PredictionController& prediction,
        QObject* parent = nullptr);
    ~PredictionFreshness() override;

    /// As the project names the model in use: the SHA-256 of its bundle, else its name; empty while
    /// none is loaded.
    [[nodiscard]] QString modelInUse() const;

    /// Of the newest prediction; empty: there is none.
    [[nodiscard]] QString modelOf(ImageId image) const { return m_models.value(image.value); }

    /// Images whose newest prediction is another model's than the one in use.
    [[nodiscard]] int staleCount() const;

Q_SIGNALS:
    void changed();

private:
    void read();
    void note(ImageId image);
    void mark();

    ProjectController& m_project;
    DatasetController& m_dataset;
    PredictionController& m_prediction;
    QHash<qint64, QString> m_models; // by image
    int m_generation = 0;
    QThreadPool m_pool;
};

} // namespace guidino::ui
