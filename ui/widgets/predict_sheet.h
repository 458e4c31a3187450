// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/ids.h"
#include "ui/model/folder_prediction.h"
#include "ui/model/notice.h"
#include "ui/widgets/path_field.h"
#include "ui/widgets/sheet.h"

#include <QCheckBox>
#include <QComboBox>
#include <QPushButton>
#include <QTimer>

class QAction;

namespace guidino::ui {

class JobsController;
class ModelRegistry;
class PredictionController;
struct WindowServices;

/// A folder of images, a model, and where to write: predicted as a job in the background. The model
/// is one of the project, another bundle, or a folder of nnU-Net results, whose folds are averaged.
class PredictSheet : public Sheet
{
    Q_OBJECT

public:
    /// `open` shows it; it says why that is not possible now.
    PredictSheet(const WindowServices& services, QAction& open, QWidget& area);

    void start();

Q_SIGNALS:
    /// The job is in the queue.
    void submitted(guidino::JobId id);
    void problemOccurred(const guidino::ui::Notice& notice);

private:
    void addModel();
    void addFolders();
    void addOptions();
    void listModels();
    void noteModel();
    void lookLater();
    void look();
    void show(const FolderPredictionPlan& plan);
    bool showFolds(const std::vector<FolderPredictionPlan::Fold>& folds);
    void submit();
    [[nodiscard]] FolderPrediction request() const;

    PredictionController& m_prediction;
    ModelRegistry& m_models;
    JobsController& m_jobs;
    QComboBox* m_model;
    PathField* m_other; ///< a model that is not in the list
    QWidget* m_nnunet;  ///< options of nnU-Net results
    QComboBox* m_folds;
    QComboBox* m_checkpoint;
    PathField* m_images;
    PathField* m_out;
    QCheckBox* m_mirror;
    QCheckBox* m_overlays;
    QLabel* m_plan;
    QLabel* m_detail;
    QPushButton* m_start;
    FolderPredictionPlanner* m_planner;
    QTimer m_lookSoon;
    QString m_proposedOut; ///< what stands in the field unless somebody changed it
    std::vector<FolderPredictionPlan::Fold> m_shownFolds;
    FolderPrediction m_looked; ///< what the plan is of
    bool m_wantsOther = false; ///< somebody chose the last entry
    bool m_isNnunet = false;
};

} // namespace guidino::ui
