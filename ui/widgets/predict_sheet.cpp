// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/predict_sheet.h"

#include "ui/model/jobs_controller.h"
#include "ui/model/model_registry.h"
#include "ui/model/prediction_controller.h"
#include "ui/model/project_controller.h"
#include "ui/widgets/main_window.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/usable_action.h"

#include <QAction>
#include <QFileInfo>
#include <QFormLayout>

#include <algorithm>
#include <utility>

namespace guidino::ui {

namespace {

constexpr int kWidth = 480;
constexpr int kLookMs = 200;

} // namespace

PredictSheet::PredictSheet(const WindowServices& services, QAction& open, QWidget& area)
    : Sheet(tr("Predict a folder"), kWidth, services.theme, area)
    , m_prediction(services.prediction)
    , m_models(services.models)
    , m_jobs(services.jobs)
    , m_model(new QComboBox(this))
    , m_other(new PathField(
          PathField::Kind::NewFolder, tr("Folder of a model, or of nnU-Net results"), {}, this))
    , m_nnunet(new QWidget(this))
    , m_folds(new QComboBox(m_nnunet))
    , m_checkpoint(new QComboBox(m_nnunet))
    , m_images(new PathField(PathField::Kind::NewFolder, tr("Folder of the images"), {}, this))
    , m_out(new PathField(PathField::Kind::NewFolder, tr("Folder to write to"), {}, this))
    , m_mirror(new QCheckBox(tr("Average over mirrored views (slower)"), this))
    , m_overlays(new QCheckBox(tr("Also pictures with the outlines drawn in"), this))
    , m_plan(makeText({}, "text", this))
    , m_detail(makeText({}, "small", this))
    , m_start(new QPushButton(tr("Predict in the background"), this))
    , m_planner(new FolderPredictionPlanner(this))
{
    addModel();
    addFolders();
    addOptions();
    m_plan->setObjectName(QStringLiteral("predictPlan"));
    m_plan->setAccessibleName(tr("What would be predicted"));
    m_detail->setObjectName(QStringLiteral("predictDetail"));
    m_detail->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_start->setObjectName(QStringLiteral("predictStart"));
    m_start->setProperty("primary", true);
    content().addSpacing(4);
    content().addWidget(m_plan);
    content().addWidget(m_detail);
    content().addWidget(m_start);
    content().addStretch(1);

    m_lookSoon.setSingleShot(true);
    m_lookSoon.setInterval(kLookMs);
    connect(&m_lookSoon, &QTimer::timeout, this, &PredictSheet::look);
    connect(
        m_planner,
        &FolderPredictionPlanner::looked,
        this,
        [this](const FolderPrediction& looked, const FolderPredictionPlan& plan) {
            if (looked == request()) {
                show(plan);
            }
        });
    connect(m_start, &QPushButton::clicked, this, &PredictSheet::submit);
    connect(&open, &QAction::triggered, this, &PredictSheet::start);
    const auto offer = [this, &open] { setUsable(&open, m_jobs.reasonUnavailable()); };
    offer();
    connect(&services.jobs, &JobsController::opened, this, offer);
    connect(&services.project, &ProjectController::closed, this, [this, offer] {
        offer();
        close();
    });
    connect(&services.models, &ModelRegistry::changed, this, &PredictSheet::listModels);
    connect(
        &services.prediction, &PredictionController::modelChanged, this, &PredictSheet::listModels);
    listModels();
}

void PredictSheet::addModel()
{
    content().addWidget(makeText(tr("MODEL"), "heading", this));
    m_model->setObjectName(QStringLiteral("predictModel"));
    m_model->setAccessibleName(tr("Model"));
    m_model->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_other->setObjectName(QStringLiteral("predictOther"));
    content().addWidget(m_model);
    content().addWidget(m_other);
    auto* form = new QFormLayout(m_nnunet);
    form->setContentsMargins(0, 0, 0, 0);
    form->setSpacing(8);
    m_folds->setObjectName(QStringLiteral("predictFolds"));
    m_folds->setAccessibleName(tr("Folds"));
    m_folds->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_checkpoint->setObjectName(QStringLiteral("predictCheckpoint"));
    m_checkpoint->setAccessibleName(tr("Checkpoint"));
    m_checkpoint->addItem(tr("Final: after the last epoch"), QStringLiteral("checkpoint_final"));
    m_checkpoint->addItem(tr("Best on the validation"), QStringLiteral("checkpoint_best"));
    form->addRow(tr("Folds"), m_folds);
    form->addRow(tr("Checkpoint"), m_checkpoint);
    content().addWidget(m_nnunet);
    m_nnunet->hide();
    connect(m_model, &QComboBox::currentIndexChanged, this, &PredictSheet::noteModel);
    connect(m_model, &QComboBox::activated, this, [this] {
        m_wantsOther = m_model->currentData().toString().isEmpty();
    });
    connect(m_other, &PathField::pathChanged, this, &PredictSheet::noteModel);
    for (QComboBox* box : {m_folds, m_checkpoint}) {
        connect(box, &QComboBox::currentIndexChanged, this, &PredictSheet::lookLater);
    }
}

void PredictSheet::addFolders()
{
    content().addSpacing(4);
    content().addWidget(makeText(tr("IMAGES"), "heading", this));
    m_images->setObjectName(QStringLiteral("predictImages"));
    content().addWidget(m_images);
    content().addSpacing(4);
    content().addWidget(makeText(tr("WRITE TO"), "heading", this));
    m_out->setObjectName(QStringLiteral("predictOut"));
    content().addWidget(m_out);
    connect(m_images, &PathField::pathChanged, this, [this](const QString& images) {
        if (m_out->path() == m_proposedOut) {
            m_proposedOut = proposedOutFor(images);
            m_out->setPath(m_proposedOut);
        }
        lookLater();
    });
    connect(m_out, &PathField::pathChanged, this, &PredictSheet::lookLater);
}

void PredictSheet::addOptions()
{
    content().addSpacing(4);
    m_mirror->setObjectName(QStringLiteral("predictMirror"));
    m_overlays->setObjectName(QStringLiteral("predictOverlays"));
    m_overlays->setChecked(true);
    content().addWidget(m_mirror);
    content().addWidget(m_overlays);
    for (QCheckBox* box : {m_mirror, m_overlays}) {
        connect(box, &QCheckBox::toggled, this, &PredictSheet::lookLater);
    }
}

void PredictSheet::start()
{
    if (m_out->path() == m_proposedOut) { // an earlier job may have filled it
        m_proposedOut = proposedOutFor(m_images->path());
        m_out->setPath(m_proposedOut);
    }
    open();
    m_model->setFocus();
    look();
}

/// The model in use, the project's others, and any other.
void PredictSheet::listModels()
{
    const QString before = m_model->currentData().toString();
    const QSignalBlocker blocker(m_model);
    m_model->clear();
    const QString current = m_prediction.model();
    if (!current.isEmpty()) {
        m_model->addItem(tr("%1 (in use)").arg(m_prediction.modelName()), current);
    }
    for (const project::ModelRecord& model : m_models.models()) {
        if (!model.path.isEmpty() && m_model->findData(model.path) < 0) {
            m_model->addItem(model.name, model.path);
        }
    }
    m_model->addItem(tr("Another model, or results of nnU-Net…"), QString());
    const int same = before.isEmpty() ? 0 : m_model->findData(before);
    m_model->setCurrentIndex(m_wantsOther ? m_model->count() - 1 : std::max(same, 0));
    noteModel();
}

void PredictSheet::noteModel()
{
    const bool isOther = m_model->currentData().toString().isEmpty();
    m_other->setVisible(isOther);
    const bool isNnunet = isNnunetResults(request().model);
    if (std::exchange(m_isNnunet, isNnunet) != isNnunet) {
        m_mirror->setChecked(isNnunet); // what nnU-Net does, and what all else does
    }
    lookLater();
}

FolderPrediction PredictSheet::request() const
{
    const QString known = m_model->currentData().toString();
    FolderPrediction request;
    request.model = known.isEmpty() ? m_other->path() : known;
    request.images = m_images->path();
    request.out = m_out->path();
    request.fold = m_folds->currentData().toString();
    request.checkpoint = m_checkpoint->currentData().toString();
    request.mirror = m_mirror->isChecked();
    request.overlays = m_overlays->isChecked();
    return request;
}

void PredictSheet::lookLater()
{
    m_start->setEnabled(false);
    m_start->setToolTip(tr("Model and folders are being looked at"));
    m_lookSoon.start();
}

void PredictSheet::look()
{
    m_lookSoon.stop();
    if (!isOpen()) {
        return;
    }
    m_looked = request();
    m_start->setEnabled(false);
    m_planner->look(m_looked);
}

void PredictSheet::show(const FolderPredictionPlan& plan)
{
    m_nnunet->setVisible(plan.isNnunet && !plan.folds.empty());
    m_plan->setText(
        plan.problem.isEmpty() ? tr("%n image(s) will be predicted.", nullptr, plan.images)
                               : plan.problem);
    m_detail->setText(plan.detail);
    m_detail->setVisible(!plan.detail.isEmpty());
    m_start->setEnabled(plan.problem.isEmpty());
    m_start->setToolTip(plan.problem);
    if (showFolds(plan.folds) && request() != m_looked) {
        lookLater(); // one of them was chosen by that
    }
}

bool PredictSheet::showFolds(const std::vector<FolderPredictionPlan::Fold>& folds)
{
    if (folds == m_shownFolds) {
        return false;
    }
    m_shownFolds = folds;
    const QSignalBlocker blocker(m_folds);
    m_folds->clear();
    QStringList numbers;
    for (const FolderPredictionPlan::Fold& fold : folds) {
        if (fold.name != QLatin1StringView("all")) {
            numbers << fold.name;
        }
    }
    if (numbers.size() > 1) {
        m_folds->addItem(
            tr("All together (%1)").arg(numbers.join(QStringLiteral(", "))), QString());
    }
    for (const QString& number : numbers) {
        m_folds->addItem(tr("Fold %1 alone").arg(number), number);
    }
    if (static_cast<std::size_t>(numbers.size()) < folds.size()) {
        m_folds->addItem(tr("The one that was trained on all cases"), QStringLiteral("all"));
    }
    return true;
}

void PredictSheet::submit()
{
    const FolderPrediction wanted = request();
    if (wanted != m_looked) {
        return; // it is being looked at
    }
    const QString name = tr("Prediction of %1").arg(QFileInfo(wanted.images).fileName());
    const auto id = m_jobs.queue().add(specOf(wanted), name, jobs::JobKind::Predict);
    if (!id) {
        Q_EMIT problemOccurred(noticeFor(
            id.error(), tr("The prediction could not be started."), Notice::Action::None));
        return;
    }
    close();
    Q_EMIT submitted(*id);
}

} // namespace guidino::ui
