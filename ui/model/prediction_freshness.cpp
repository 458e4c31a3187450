// SPDX-License-Identifier: Apache-2.0
#include "ui/model/prediction_freshness.h"

#include "core/project/project_store.h"
#include "ui/model/afterwards.h"
#include "ui/model/dataset_controller.h"
#include "ui/model/prediction_controller.h"
#include "ui/model/project_controller.h"

#include <QtConcurrentRun>

#include <vector>

namespace guidino::ui {

namespace {

using Models = QHash<qint64, QString>;

Models modelsIn(const QString& folder, const QString& database)
{
    Models models;
    const auto store = project::ProjectStore::openReader(folder, database);
    if (!store) {
        return models;
    }
    if (const auto revisions = (*store)->allRevisions()) { // in order of id: the newest wins
        for (const project::RevisionRecord& revision : *revisions) {
            if (revision.kind == project::RevisionKind::Prediction) {
                models.insert(revision.image.value, revision.model);
            }
        }
    }
    return models;
}

} // namespace

PredictionFreshness::PredictionFreshness(
    ProjectController& project,
    DatasetController& dataset,
    PredictionController& prediction,
    QObject* parent)
    : QObject(parent)
    , m_project(project)
    , m_dataset(dataset)
    , m_prediction(prediction)
{
    m_pool.setMaxThreadCount(1);
    connect(&dataset, &DatasetController::opened, this, &PredictionFreshness::read);
    connect(&project, &ProjectController::closed, this, [this] {
        ++m_generation;
        m_models.clear();
    });
    connect(&project, &ProjectController::imageChanged, this, &PredictionFreshness::note);
    connect(&prediction, &PredictionController::modelLoaded, this, &PredictionFreshness::mark);
}

PredictionFreshness::~PredictionFreshness()
{
    m_pool.waitForDone();
}

QString PredictionFreshness::modelInUse() const
{
    if (!m_prediction.isModelLoaded()) {
        return {};
    }
    const QString& hash = m_prediction.info().sha256;
    return hash.isEmpty() ? m_prediction.modelName() : hash;
}

int PredictionFreshness::staleCount() const
{
    const QString model = modelInUse();
    int count = 0;
    for (auto it = m_models.begin(); !model.isEmpty() && it != m_models.end(); ++it) {
        count += it.value() != model ? 1 : 0;
    }
    return count;
}

void PredictionFreshness::read()
{
    const int generation = ++m_generation;
    afterwards(
        QtConcurrent::run(&m_pool, modelsIn, m_project.folder(), m_project.databaseFile()),
        this,
        [this, generation](const Models& models) {
            if (generation == m_generation) {
                m_models = models;
                mark();
            }
        });
}

void PredictionFreshness::note(ImageId image)
{
    const project::ProjectStore* store = m_project.store();
    if (store == nullptr) {
        return;
    }
    const auto newest = store->newestRevision(image, project::RevisionKind::Prediction);
    if (!newest || !newest->has_value() || m_models.value(image.value) == (*newest)->model) {
        return;
    }
    m_models.insert(image.value, (*newest)->model);
    const int row = m_dataset.images().rowOf(image);
    if (row >= 0) {
        const QString model = modelInUse();
        m_dataset.images().update(row, [&](ImageEntry& entry) {
            entry.isPredicted = true;
            entry.isStale = !model.isEmpty() && (*newest)->model != model;
        });
    }
    Q_EMIT changed();
}

void PredictionFreshness::mark()
{
    const QString model = modelInUse();
    if (!model.isEmpty()) { // while none is loaded, what was said last stays
        ImageListModel& images = m_dataset.images();
        std::vector<ImageId> stale;
        std::vector<ImageId> fresh;
        for (const ImageEntry& entry : images.entries()) {
            const QString of = m_models.value(entry.id.value);
            const bool isStale = !of.isEmpty() && of != model;
            if (entry.isStale != isStale) {
                (isStale ? stale : fresh).push_back(entry.id);
            }
        }
        images.updateAll(stale, [](ImageEntry& entry) { entry.isStale = true; });
        images.updateAll(fresh, [](ImageEntry& entry) { entry.isStale = false; });
    }
    Q_EMIT changed();
}

} // namespace guidino::ui
