// SPDX-License-Identifier: Apache-2.0
#include "ui/model/model_registry.h"

#include "ui/model/afterwards.h"
#include "ui/model/bundle_facts.h"
#include "ui/model/prediction_controller.h"
#include "ui/model/project_controller.h"
#include "ui/model/undo_text.h"

#include <QDateTime>
#include <QDir>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QUndoCommand>
#include <QtConcurrentRun>

#include <algorithm>
#include <utility>

namespace guidino::ui {

namespace {

using project::ModelDeed;
using project::ModelEvent;
using project::ModelRecord;

const QString kGateLimit = QStringLiteral("models/gateLimit");

QString textOf(const QJsonObject& object)
{
    return QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact));
}

/// What is kept of a bundle's own words.
QString recordOf(const BundleFacts& facts)
{
    QJsonObject object{{QStringLiteral("system"), facts.system}};
    if (facts.score) {
        QJsonObject validation{
            {QStringLiteral("metric"), facts.metric},
            {QStringLiteral("score"), *facts.score},
            {QStringLiteral("count"), facts.validationImages}};
        if (facts.startScore) {
            validation.insert(QStringLiteral("start"), *facts.startScore);
        }
        object.insert(QStringLiteral("validation"), validation);
    }
    object.insert(QStringLiteral("epoch"), facts.epoch);
    object.insert(QStringLiteral("trainImages"), facts.trainImages);
    return textOf(object);
}

/// A bundle's place in the project; its folder's name is what the window calls it while it
/// predicts.
QString placeOf(const QString& projectFolder, qsizetype number, const QString& sha256)
{
    return QDir(projectFolder)
        .filePath(QStringLiteral("models/model-%1-%2").arg(number).arg(sha256.left(8)));
}

qsizetype trainedIn(const std::vector<ModelRecord>& models)
{
    return std::count_if(
        models.begin(), models.end(), [](const auto& one) { return !one.run.isEmpty(); });
}

} // namespace

/// Makes a model current; undoing makes the one before current again. Both are deeds of the trail.
class ModelRegistry::UseCommand : public QUndoCommand
{
public:
    UseCommand(ModelRegistry& registry, ModelEvent event, const UndoText& text)
        : QUndoCommand(text.text())
        , m_registry(registry)
        , m_event(std::move(event))
    {}

    void undo() override
    {
        ModelEvent back;
        back.model = m_event.other;
        back.other = m_event.model;
        back.deed = m_event.deed == ModelDeed::Adopted ? ModelDeed::RolledBack : ModelDeed::Adopted;
        back.details = textOf({{QStringLiteral("undo"), true}});
        m_registry.use(std::move(back));
    }

    void redo() override { m_registry.use(m_event); }

private:
    ModelRegistry& m_registry;
    ModelEvent m_event;
};

ModelRegistry::ModelRegistry(
    ProjectController& project, PredictionController& prediction, QObject* parent)
    : QObject(parent)
    , m_project(project)
    , m_prediction(prediction)
{
    m_pool.setMaxThreadCount(1); // offers are taken up in their order
    connect(&project, &ProjectController::opened, this, [this] {
        ++m_generation;
        m_undoStack.clear();
        read();
        useCurrentOfProject();
        noteLoaded();
    });
    connect(&project, &ProjectController::closed, this, [this] {
        ++m_generation;
        m_undoStack.clear();
        read();
    });
    connect(&prediction, &PredictionController::modelLoaded, this, &ModelRegistry::noteLoaded);
}

ModelRegistry::~ModelRegistry()
{
    m_undoStack.clear(); // its commands refer to this
    m_pool.clear();
    m_pool.waitForDone();
}

bool ModelRegistry::canWrite() const
{
    return m_project.isOpen() && !m_project.isReadOnly();
}

void ModelRegistry::read()
{
    m_models.clear();
    m_events.clear();
    if (const project::ProjectStore* store = m_project.store()) {
        auto models = store->models();
        auto events = store->modelEvents();
        if (models && events) {
            m_models = std::move(models).value();
            m_events = std::move(events).value();
        } else {
            tell(
                models ? events.error() : models.error(),
                tr("The project's models could not be read."));
        }
    }
    Q_EMIT changed();
}

const ModelRecord* ModelRegistry::find(const QString& sha256) const
{
    const auto found = std::find_if(m_models.begin(), m_models.end(), [&](const ModelRecord& one) {
        return one.sha256 == sha256;
    });
    return found != m_models.end() ? &*found : nullptr;
}

QString ModelRegistry::current() const
{
    const QString adopted = project::currentModelOf(m_events);
    return adopted.isEmpty() && m_prediction.isModelLoaded() ? m_prediction.info().sha256 : adopted;
}

project::ModelState ModelRegistry::stateOf(const QString& sha256) const
{
    return !sha256.isEmpty() && sha256 == current() ? project::ModelState::Current
                                                    : project::stateOfModel(sha256, m_events);
}

void ModelRegistry::offer(const QString& bundle, const QString& runFolder, const QString& parent)
{
    if (!canWrite()) {
        tell(
            {ErrorCode::CannotWrite,
             "no project is open for writing",
             {{"file", bundle.toStdString()}}},
            tr("The new model could not be kept in the project."));
        return;
    }
    struct Taken
    {
        BundleFacts facts;
        QString place;
    };
    const auto work = [bundle,
                       folder = m_project.folder(),
                       number = trainedIn(m_models) + 1,
                       known = m_models]() -> Result<Taken> {
        auto facts = readBundleFacts(bundle);
        if (!facts) {
            return std::move(facts).error();
        }
        if (facts->isStart) {
            return Taken{std::move(facts).value(), {}};
        }
        const QString inside = QDir::cleanPath(folder) + QStringLiteral("/models/");
        QString place = QDir::cleanPath(QFileInfo(bundle).absoluteFilePath());
        const auto there = std::find_if(known.begin(), known.end(), [&](const auto& one) {
            return one.sha256 == facts->sha256 && one.path.startsWith(inside);
        });
        if (there != known.end() && QFileInfo::exists(there->path)) {
            place = there->path;
        } else if (!place.startsWith(inside)) {
            place = placeOf(folder, number, facts->sha256);
            GD_TRY(copyBundle(bundle, place));
        }
        return Taken{std::move(facts).value(), place};
    };
    afterwards(
        QtConcurrent::run(&m_pool, work),
        this,
        [this, runFolder, parent, generation = m_generation](const Result<Taken>& taken) {
            if (generation != m_generation) {
                return; // the run folder has it still: it is offered when the project is opened
                        // next
            }
            if (!taken) {
                tell(taken.error(), tr("The new model could not be kept in the project."));
                return;
            }
            if (taken->place.isEmpty()) {
                Q_EMIT nothingBetter(taken->facts.parent);
                return;
            }
            ModelRecord record;
            record.sha256 = taken->facts.sha256;
            record.path = taken->place;
            record.parent = parent.isEmpty() ? taken->facts.parent : parent;
            record.run = runFolder;
            record.record = recordOf(taken->facts);
            take(std::move(record));
        });
}

void ModelRegistry::take(ModelRecord record)
{
    const QString sha256 = record.sha256;
    if (const ModelRecord* known = find(sha256)) {
        // The same weights again: what was known of them stays.
        record.name = known->name;
        record.record = known->record;
        record.added = known->added;
        record.parent = record.parent.isEmpty() ? known->parent : record.parent;
        record.run = record.run.isEmpty() ? known->run : record.run;
    } else {
        record.name = tr("Model %1").arg(trainedIn(m_models) + 1);
        record.added = QDateTime::currentDateTimeUtc();
    }
    const bool isNew = find(sha256) == nullptr || find(sha256)->run.isEmpty();
    const Status kept =
        m_project.change({}, [&](project::ProjectStore& store) { return store.setModel(record); });
    if (!kept) {
        tell(kept.error(), tr("The new model could not be kept in the project."));
        return;
    }
    if (project::currentModelOf(m_events).isEmpty() && record.parent != sha256
        && find(record.parent) != nullptr) {
        // What it began from was in use: the offer has to pass the gate against that.
        ModelEvent first;
        first.model = record.parent;
        first.deed = ModelDeed::Adopted;
        first.details = textOf({{QStringLiteral("first"), true}});
        (void)append(first);
    }
    if (isNew || stateOf(sha256) == project::ModelState::Retired) {
        ModelEvent event;
        event.model = sha256;
        event.other = record.parent;
        event.deed = ModelDeed::Offered;
        if (const Status noted = append(event); !noted) {
            tell(noted.error(), tr("The new model could not be kept in the project."));
        }
    }
    read();
    Q_EMIT offered(sha256);
}

void ModelRegistry::note(const ModelRecord& model)
{
    if (!canWrite() || model.sha256.isEmpty() || find(model.sha256) != nullptr) {
        return;
    }
    const Status kept =
        m_project.change({}, [&](project::ProjectStore& store) { return store.setModel(model); });
    if (kept) {
        read();
    }
}

void ModelRegistry::noteLoaded()
{
    // What predicts is a model of the project, too: it can be compared and gone back to.
    const QString& sha256 = m_prediction.info().sha256;
    if (!m_prediction.isModelLoaded() || sha256.isEmpty()) {
        return;
    }
    ModelRecord record;
    record.sha256 = sha256;
    record.name = m_prediction.modelName();
    record.path = m_prediction.model();
    if (const QFileInfo folder(m_prediction.model()); folder.isDir()) {
        record.path = folder.absoluteFilePath();
        if (const auto facts = readBundleFacts(record.path); facts && facts->sha256 == sha256) {
            record.parent = facts->parent;
            record.record = recordOf(*facts);
        }
    }
    note(record);
    Q_EMIT changed(); // what is current may have
}

void ModelRegistry::useCurrentOfProject()
{
    const ModelRecord* record = find(project::currentModelOf(m_events));
    if (record != nullptr && record->path != m_prediction.model()
        && QFileInfo::exists(record->path)) {
        m_prediction.setModel(record->path);
    }
}

void ModelRegistry::askToAdopt(const QString& sha256)
{
    if (find(sha256) != nullptr) {
        Q_EMIT adoptionAsked(sha256);
    }
}

Status ModelRegistry::adopt(const QString& sha256, const AdoptionGrounds& grounds)
{
    const ModelRecord* record = find(sha256);
    if (record == nullptr) {
        return Error{ErrorCode::NotFound, "the project has no such model", {}};
    }
    if (!canWrite()) {
        return Error{ErrorCode::CannotWrite, "the project is open read-only", {}};
    }
    if (!grounds.isGatePassed && grounds.reason.trimmed().isEmpty()) {
        return Error{
            ErrorCode::Usage,
            "a model that does not pass the gate is adopted with a reason only",
            {}};
    }
    if (!QFileInfo::exists(record->path)) {
        return Error{
            ErrorCode::NotFound,
            "the model's bundle is gone: '" + record->path.toStdString() + "'",
            {{"file", record->path.toStdString()}}};
    }
    if (current() == sha256 && project::currentModelOf(m_events) == sha256) {
        return {};
    }
    ModelEvent event;
    event.model = sha256;
    event.other = current() == sha256 ? QString() : current();
    event.deed = ModelDeed::Adopted;
    event.reason = grounds.reason.trimmed();
    QJsonObject details = QJsonDocument::fromJson(grounds.details.toUtf8()).object();
    details.insert(QStringLiteral("gatePassed"), grounds.isGatePassed);
    event.details = textOf(details);
    m_undoStack.push(new UseCommand(*this, std::move(event), UndoText::adoptModel(record->name)));
    return {};
}

Status ModelRegistry::rollBack(const QString& reason)
{
    const ModelRecord* record = find(former());
    if (record == nullptr) {
        return Error{ErrorCode::NotFound, "there is no earlier model to go back to", {}};
    }
    if (!canWrite()) {
        return Error{ErrorCode::CannotWrite, "the project is open read-only", {}};
    }
    if (!QFileInfo::exists(record->path)) {
        return Error{
            ErrorCode::NotFound,
            "the model's bundle is gone: '" + record->path.toStdString() + "'",
            {{"file", record->path.toStdString()}}};
    }
    ModelEvent event;
    event.model = record->sha256;
    event.other = current();
    event.deed = ModelDeed::RolledBack;
    event.reason = reason.trimmed();
    m_undoStack.push(
        new UseCommand(*this, std::move(event), UndoText::rollBackModel(record->name)));
    return {};
}

void ModelRegistry::use(ModelEvent event)
{
    if (event.model.isEmpty()) {
        return; // nothing was current before the first adoption
    }
    if (const Status noted = append(event); !noted) {
        tell(noted.error(), tr("The change of the model could not be recorded."));
        return;
    }
    read();
    if (const ModelRecord* record = find(event.model);
        record != nullptr && record->path != m_prediction.model()) {
        m_prediction.setModel(record->path);
    }
    Q_EMIT currentChanged(event.model);
}

Status ModelRegistry::setRetired(const QString& sha256, bool isRetired)
{
    if (find(sha256) == nullptr) {
        return Error{ErrorCode::NotFound, "the project has no such model", {}};
    }
    if (isRetired && sha256 == current()) {
        return Error{ErrorCode::Usage, "the current model cannot be put aside", {}};
    }
    ModelEvent event;
    event.model = sha256;
    event.deed = isRetired ? ModelDeed::Retired : ModelDeed::Restored;
    GD_TRY(append(event));
    read();
    return {};
}

void ModelRegistry::noteLook(const QString& sha256, const QString& other, const QString& details)
{
    ModelEvent event;
    event.model = sha256;
    event.other = other;
    event.deed = ModelDeed::Looked;
    event.details = details;
    if (const Status noted = append(event); !noted) {
        tell(noted.error(), tr("The look at the locked images could not be recorded."));
        return;
    }
    read();
}

void ModelRegistry::setFigure(const QString& sha256, const QString& key, const QString& json)
{
    const ModelRecord* known = find(sha256);
    if (known == nullptr || !canWrite()) {
        return;
    }
    ModelRecord record = *known;
    QJsonObject object = QJsonDocument::fromJson(record.record.toUtf8()).object();
    object.insert(key, QJsonDocument::fromJson(json.toUtf8()).object());
    record.record = textOf(object);
    const Status kept =
        m_project.change({}, [&](project::ProjectStore& store) { return store.setModel(record); });
    if (kept) {
        read();
    }
}

double ModelRegistry::gateLimit() const
{
    if (const project::ProjectStore* store = m_project.store()) {
        bool isNumber = false;
        const double limit = store->info(kGateLimit).value_or(QString()).toDouble(&isNumber);
        if (isNumber && limit >= 0 && limit <= 1) {
            return limit;
        }
    }
    return kDefaultGateLimit;
}

Status ModelRegistry::setGateLimit(double limit)
{
    Status status =
        m_project.setInfo(kGateLimit, QString::number(std::clamp(limit, 0.0, 1.0), 'g', 6));
    if (status) {
        Q_EMIT changed();
    }
    return status;
}

Status ModelRegistry::append(const ModelEvent& event)
{
    ModelEvent signedEvent = event;
    signedEvent.author = m_project.author();
    const auto noted = m_project.change(
        {}, [&](project::ProjectStore& store) { return store.addModelEvent(signedEvent); });
    return noted ? Status() : Status(noted.error());
}

void ModelRegistry::tell(const Error& error, const QString& what)
{
    Notice notice = noticeFor(error, what, Notice::Action::None);
    notice.topic = QStringLiteral("models");
    Q_EMIT problemOccurred(notice);
}

} // namespace guidino::ui
