// SPDX-License-Identifier: Apache-2.0
#include "ui/model/comparison_controller.h"

#include "core/base/file.h"
#include "core/project/project_store.h"
#include "core/project/review_state.h"
#include "core/protocol/run_folder.h"
#include "ui/model/dataset_controller.h"
#include "ui/model/label_files.h"
#include "ui/model/model_registry.h"
#include "ui/model/prediction_controller.h"
#include "ui/model/project_controller.h"

#include <QDateTime>
#include <QDir>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QThread>
#include <QtConcurrentRun>

#include <algorithm>
#include <map>
#include <set>
#include <system_error>
#include <utility>

namespace guidino::ui {

namespace {

namespace fs = std::filesystem;

/// Figures are worked out anew so often while rows fill.
constexpr int kJudgeEveryMs = 300;

/// Folders of comparisons that an earlier session left.
void removeLeftOvers(const fs::path& jobs)
{
    std::error_code error;
    for (const auto& one : fs::directory_iterator(jobs, error)) {
        if (one.path().filename().string().starts_with("compare-")
            && !protocol::isWorkerAlive(one.path() / "run")) {
            std::error_code ignored;
            fs::remove_all(one.path(), ignored);
        }
    }
}

bool isThere(const fs::path& file)
{
    std::error_code ignored;
    return fs::exists(file, ignored);
}

/// What a background thread needs for one score.
struct ScoreTask
{
    fs::path mask;
    QString project;
    QString database;
    RevisionId reference;

    [[nodiscard]] Result<report::CaseScore> run() const
    {
        auto store = project::ProjectStore::openReader(project, database);
        if (!store) {
            return std::move(store).error();
        }
        const auto labels = (*store)->revisionLabels(reference);
        if (!labels) {
            return labels.error();
        }
        const auto predicted = readLabelFile(mask, labels->size());
        if (!predicted) {
            return predicted.error();
        }
        const auto score = report::scoreOf(*predicted, *labels);
        if (!score) {
            return Error{ErrorCode::BadInput, mask.string() + ": of another size", {}};
        }
        return *score;
    }
};

} // namespace

ComparisonController::ComparisonController(
    ProjectController& project,
    DatasetController& dataset,
    PredictionController& prediction,
    ModelRegistry& models,
    QObject* parent)
    : QObject(parent)
    , m_project(project)
    , m_dataset(dataset)
    , m_prediction(prediction)
    , m_models(models)
{
    // One core stays with the window.
    m_pool.setMaxThreadCount(std::max(1, QThread::idealThreadCount() - 1));
    m_judgeTimer.setSingleShot(true);
    m_judgeTimer.setInterval(kJudgeEveryMs);
    connect(&m_judgeTimer, &QTimer::timeout, this, &ComparisonController::judge);
    connect(&project, &ProjectController::aboutToClose, this, &ComparisonController::cancel);
    connect(&project, &ProjectController::closed, this, [this] {
        reset();
        m_known.clear();
    });
}

ComparisonController::~ComparisonController()
{
    m_pool.clear();
    m_pool.waitForDone();
}

std::vector<ComparisonController::Row> ComparisonController::rowsOf(Set set) const
{
    std::vector<Row> rows;
    const project::ProjectStore* store = m_project.store();
    if (store == nullptr) {
        return rows;
    }
    const auto statuses = project::reviewStatuses(*store);
    const auto records = store->images();
    if (!statuses || !records) {
        return rows;
    }
    std::set<ImageId> drawn;
    if (const auto revisions = store->allRevisions(); set == Set::Corrected && revisions) {
        for (const project::RevisionRecord& revision : *revisions) {
            if (revision.kind == project::RevisionKind::Human) {
                drawn.insert(revision.image);
            }
        }
    }
    std::map<ImageId, QString> hashes;
    for (const project::ImageRecord& record : *records) {
        hashes.emplace(record.id, record.sha256.left(8));
    }
    for (const ImageEntry& entry : m_dataset.images().entries()) {
        const auto status = statuses->find(entry.id);
        if (status == statuses->end() || !status->second.reference.isValid() || entry.isMissing
            || !entry.problem.isEmpty()) {
            continue;
        }
        Row row;
        row.hasGuideCorrection = entry.hasGuideCorrection;
        row.isCorrected = drawn.contains(entry.id);
        const bool isWanted = set == Set::Locked ? entry.split == QLatin1StringView("locked")
                              : set == Set::Validation
                                  ? entry.split == QLatin1StringView("validation")
                              : set == Set::Corrected ? row.isCorrected || row.hasGuideCorrection
                                                      : true;
        if (!isWanted) {
            continue;
        }
        row.image = entry.id;
        row.reference = status->second.reference;
        row.file = entry.image;
        // With the content's hash: another file under this image is predicted anew.
        row.stem = std::to_string(entry.id.value);
        if (const QString hash = hashes[entry.id]; !hash.isEmpty()) {
            row.stem += "-" + hash.toStdString();
        }
        row.score.image = entry.id.value;
        row.score.name = entry.stem.toStdString();
        rows.push_back(std::move(row));
    }
    return rows;
}

int ComparisonController::countOf(Set set) const
{
    return static_cast<int>(rowsOf(set).size());
}

QString ComparisonController::reasonUnavailable(const QString& a, const QString& b, Set set) const
{
    if (m_prediction.program().isEmpty()) {
        return tr("The program guidino was not found beside this one.");
    }
    if (!m_project.isOpen() || m_project.isReadOnly()) {
        return tr("Open a project for writing first.");
    }
    const auto* modelA = m_models.find(a);
    const auto* modelB = m_models.find(b);
    if (modelA == nullptr || modelB == nullptr || a == b) {
        return tr("Choose two models.");
    }
    for (const auto* model : {modelA, modelB}) {
        if (QDir::isAbsolutePath(model->path) && !QFileInfo::exists(model->path)) {
            return tr("The files of %1 are gone: %2").arg(model->name, model->path);
        }
    }
    if (countOf(set) == 0) {
        switch (set) {
        case Set::Locked:
            return tr("No labelled image is locked. Lock some in the fine-tuning sheet: they never "
                      "train and show what a model is worth.");
        case Set::Validation:
            return tr("No labelled image is set aside for validation.");
        case Set::Corrected:
            return tr("No image was corrected yet.");
        case Set::Labelled:
            return tr("No image is labelled and saved yet.");
        }
    }
    return {};
}

void ComparisonController::start(const QString& a, const QString& b, Set set)
{
    if (const QString why = reasonUnavailable(a, b, set); !why.isEmpty()) {
        Q_EMIT problemOccurred(
            {Notice::Severity::Warning, why, {}, Notice::Action::None, QStringLiteral("compare")});
        return;
    }
    ++m_generation;
    m_pool.clear();
    dropWorker();
    m_set = set;
    m_isLookNoted = false;
    const QDir folder(m_project.folder());
    removeLeftOvers(folder.filePath(QStringLiteral("jobs")).toStdString());
    int side = 0;
    for (const QString& sha256 : {a, b}) {
        m_sides[side].sha256 = sha256;
        m_sides[side].bundle = m_models.find(sha256)->path;
        m_sides[side].folder = folderOf(sha256);
        ++side;
    }
    m_rows = rowsOf(set);
    for (auto& asked : m_isAsked) {
        asked.assign(m_rows.size(), 0);
    }
    markOwnCases();
    m_found = {};
    for (Row& row : m_rows) {
        for (const int one : {0, 1}) {
            if (const auto known = m_known.constFind(scoreKey(row, one)); known != m_known.cend()) {
                scoreOf(row, one) = *known;
            }
        }
    }
    judge();
    Q_EMIT rowsReset();
    m_predicting = -1;
    become(State::Predicting);
    scoreWhatIsThere();
    predictNext();
}

void ComparisonController::reset()
{
    cancel();
    ++m_generation;
    m_rows.clear();
    m_found = {};
    m_sides[0] = {};
    m_sides[1] = {};
    become(State::Idle);
    Q_EMIT rowsReset();
    Q_EMIT progressed();
}

fs::path ComparisonController::folderOf(const QString& sha256) const
{
    return QDir(m_project.folder())
        .filePath(QStringLiteral("predictions/%1").arg(sha256.left(16)))
        .toStdString();
}

bool ComparisonController::isPredicted(const QString& a, const QString& b, Set set) const
{
    const std::vector<Row> rows = rowsOf(set);
    return std::all_of(rows.begin(), rows.end(), [&](const Row& row) {
        return isThere(folderOf(a) / "masks" / (row.stem + ".png"))
               && isThere(folderOf(b) / "masks" / (row.stem + ".png"));
    });
}

void ComparisonController::load(ImageId image)
{
    const int row = rowOf(image);
    if (row < 0) {
        return;
    }
    QtConcurrent::run(&m_pool, readComparedCase, filesOf(m_rows[static_cast<std::size_t>(row)]))
        .then(
            this,
            [this,
             generation = m_generation](const Result<std::shared_ptr<const ComparedCase>>& found) {
                if (generation == m_generation && found) {
                    Q_EMIT caseLoaded(*found);
                }
            });
}

void ComparisonController::markOwnCases()
{
    const auto revisions = m_project.store()->allRevisions();
    if (!revisions) {
        return;
    }
    std::map<ImageId, std::vector<project::RevisionRecord>> byImage;
    for (const project::RevisionRecord& revision : *revisions) {
        byImage[revision.image].push_back(revision);
    }
    std::set<QString> kin = project::lineageOf(modelA(), m_models.models());
    kin.merge(project::lineageOf(modelB(), m_models.models()));
    for (Row& row : m_rows) {
        const QStringList sources = project::sourcesOf(byImage[row.image], row.reference);
        row.score.isFromModel = std::any_of(
            sources.begin(), sources.end(), [&](const QString& one) { return kin.contains(one); });
    }
}

fs::path ComparisonController::maskFile(const Row& row, int side) const
{
    return m_sides[side].folder / "masks" / (row.stem + ".png");
}

ComparedFiles ComparisonController::filesOf(const Row& row) const
{
    ComparedFiles files;
    files.image = row.image;
    files.file = row.file;
    files.project = m_project.folder();
    files.database = m_project.databaseFile();
    files.reference = row.reference;
    for (const int side : {0, 1}) {
        files.masks[side] = maskFile(row, side);
        files.guides[side] = m_sides[side].folder / "guide" / (row.stem + ".npy");
    }
    return files;
}

int ComparisonController::rowOf(ImageId image) const
{
    const auto found = std::find_if(
        m_rows.begin(), m_rows.end(), [image](const Row& row) { return row.image == image; });
    return found != m_rows.end() ? static_cast<int>(found - m_rows.begin()) : -1;
}

QString ComparisonController::scoreKey(const Row& row, int side) const
{
    return m_sides[side].sha256 + QLatin1Char('/') + QString::fromStdString(row.stem)
           + QLatin1Char('/') + QString::number(row.reference.value);
}

std::optional<report::CaseScore>& ComparisonController::scoreOf(Row& row, int side) const
{
    return side == 0 ? row.score.a : row.score.b;
}

Status ComparisonController::placeInput(const fs::path& input, int side) const
{
    GD_TRY(makeFolder(input));
    for (const Row& row : m_rows) {
        if (isThere(maskFile(row, side))) {
            continue;
        }
        const fs::path target = input / (row.stem + row.file.extension().string());
        std::error_code error;
        fs::create_symlink(row.file, target, error);
        if (error) {
            fs::copy_file(row.file, target, fs::copy_options::overwrite_existing, error);
        }
        if (error) {
            return Error{ErrorCode::CannotWrite, target.string() + ": " + error.message(), {}};
        }
    }
    return {};
}

void ComparisonController::predictNext()
{
    for (++m_predicting; m_predicting < 2; ++m_predicting) {
        const bool isComplete = std::all_of(m_rows.begin(), m_rows.end(), [this](const Row& row) {
            return isThere(maskFile(row, m_predicting));
        });
        if (!isComplete) {
            break;
        }
    }
    if (m_predicting >= 2) {
        become(State::Scoring);
        finishIfDone();
        return;
    }
    m_runFolder = QDir(m_project.folder())
                      .filePath(QStringLiteral("jobs/compare-%1")
                                    .arg(QDateTime::currentDateTime().toString(
                                        QStringLiteral("yyyyMMdd-HHmmss-zzz"))))
                      .toStdString();
    const fs::path input = m_runFolder / "input";
    protocol::PredictSpec spec;
    spec.model = m_sides[m_predicting].bundle.toStdString();
    spec.input = input;
    spec.out = m_sides[m_predicting].folder;
    spec.threads = std::max(1, QThread::idealThreadCount() - 1);
    spec.writeProbability = false;
    spec.writeOverlay = false;
    m_worker = std::make_unique<jobs::RunWorker>(
        m_prediction.program(), QString::fromStdString((m_runFolder / "run").string()));
    using jobs::RunWorker;
    connect(m_worker.get(), &RunWorker::progressed, this, [this] { scoreWhatIsThere(); });
    connect(m_worker.get(), &RunWorker::ended, this, &ComparisonController::noteEnd);
    Status started = placeInput(input, m_predicting);
    if (started) {
        started = m_worker->start(spec);
    }
    if (!started) {
        dropWorker();
        become(State::Stopped);
        Notice notice = noticeFor(
            started.error(), tr("The models could not be compared."), Notice::Action::None);
        notice.topic = QStringLiteral("compare");
        Q_EMIT problemOccurred(notice);
    }
}

void ComparisonController::dropWorker()
{
    if (m_worker == nullptr) {
        return;
    }
    m_worker->disconnect(this);
    if (!jobs::isEnd(m_worker->state())) {
        m_worker->cancel();
    }
    m_worker.release()->deleteLater(); // this may be its signal
    if (!m_runFolder.empty()) {
        std::error_code ignored;
        fs::remove_all(m_runFolder / "input", ignored);
    }
}

void ComparisonController::noteEnd(const jobs::JobEnd& end)
{
    const int side = m_predicting;
    scoreWhatIsThere();
    dropWorker();
    const auto missing = std::count_if(m_rows.begin(), m_rows.end(), [&](const Row& row) {
        return !isThere(maskFile(row, side));
    });
    // One unreadable image ends the run with exit code 3 after all others were written.
    const bool hasRun =
        end.state == jobs::JobState::Finished || end.exitCode == exitCodeOf(ErrorCode::BadInput);
    if (hasRun && missing < static_cast<std::ptrdiff_t>(m_rows.size())) {
        for (std::size_t i = 0; i < m_rows.size(); ++i) {
            if (!isThere(maskFile(m_rows[i], side))) {
                (side == 0 ? m_rows[i].hasFailedA : m_rows[i].hasFailedB) = true;
                Q_EMIT rowChanged(static_cast<int>(i));
            }
        }
        std::error_code ignored;
        fs::remove_all(m_runFolder, ignored);
        predictNext();
        return;
    }
    become(State::Stopped);
    judge();
    noteLook(false);
    if (end.state == jobs::JobState::Cancelled) {
        return;
    }
    const auto* model = m_models.find(m_sides[side].sha256);
    QString text = tr("%1 could not predict the images.")
                       .arg(model != nullptr ? model->name : m_sides[side].bundle);
    if (end.action == jobs::SuggestedAction::ReduceBatch) {
        text = tr("Comparing the models ran out of memory.");
    } else if (end.action == jobs::SuggestedAction::FreeSpace) {
        text = tr("The predictions could not be written: the disk may be full.");
    }
    Q_EMIT problemOccurred(
        {Notice::Severity::Error,
         text,
         QString::fromStdString(
             end.failure.message.empty() ? (m_runFolder / "run" / "log.txt").string()
                                         : end.failure.message),
         Notice::Action::None,
         QStringLiteral("compare")});
}

void ComparisonController::cancel()
{
    if (!isRunning()) {
        return;
    }
    ++m_generation; // scores on their way are of the past
    m_pool.clear();
    dropWorker();
    become(State::Stopped);
    judge();
    noteLook(false);
}

void ComparisonController::scoreWhatIsThere()
{
    for (int row = 0; row < static_cast<int>(m_rows.size()); ++row) {
        for (const int side : {0, 1}) {
            const auto at = static_cast<std::size_t>(row);
            if (m_isAsked[side][at] == 0 && !scoreOf(m_rows[at], side)
                && isThere(maskFile(m_rows[at], side))) {
                m_isAsked[side][at] = 1;
                score(row, side);
            }
        }
    }
}

void ComparisonController::score(int row, int side)
{
    const Row& one = m_rows[static_cast<std::size_t>(row)];
    const ScoreTask task{
        maskFile(one, side), m_project.folder(), m_project.databaseFile(), one.reference};
    QtConcurrent::run(&m_pool, [task] { return task.run(); })
        .then(
            this,
            [this, row, side, generation = m_generation](const Result<report::CaseScore>& result) {
                if (generation == m_generation) {
                    noteScore(row, side, result);
                }
            });
}

void ComparisonController::noteScore(int row, int side, const Result<report::CaseScore>& score)
{
    Row& one = m_rows[static_cast<std::size_t>(row)];
    if (score) {
        scoreOf(one, side) = *score;
        m_known.insert(scoreKey(one, side), *score);
    } else {
        // A damaged file would stay for ever: it is made anew the next time.
        std::error_code ignored;
        fs::remove(maskFile(one, side), ignored);
        (side == 0 ? one.hasFailedA : one.hasFailedB) = true;
    }
    Q_EMIT rowChanged(row);
    if (!m_judgeTimer.isActive()) {
        m_judgeTimer.start();
    }
    finishIfDone();
}

int ComparisonController::done() const
{
    int count = 0;
    for (const Row& row : m_rows) {
        count += row.score.a || row.hasFailedA ? 1 : 0;
        count += row.score.b || row.hasFailedB ? 1 : 0;
    }
    return count;
}

void ComparisonController::finishIfDone()
{
    if (m_state != State::Scoring || done() < total()) {
        return;
    }
    judge();
    noteLook(true); // before anybody decides by it
    become(State::Finished);
}

void ComparisonController::judge()
{
    m_judgeTimer.stop();
    std::vector<report::ModelCase> cases;
    cases.reserve(m_rows.size());
    for (const Row& row : m_rows) {
        cases.push_back(row.score);
    }
    report::ModelComparisonOptions options;
    options.countsOwnCases = m_countsOwnCases;
    m_found = report::compareModels(cases, options);
    Q_EMIT progressed();
}

report::GateVerdict ComparisonController::gate() const
{
    std::vector<report::ModelCase> cases;
    for (const Row& row : m_rows) {
        cases.push_back(row.score);
    }
    return report::judgeGate(cases, m_models.gateLimit());
}

void ComparisonController::setCountsOwnCases(bool counts)
{
    if (std::exchange(m_countsOwnCases, counts) != counts) {
        judge();
    }
}

void ComparisonController::noteLook(bool isWhole)
{
    // What was seen of the locked images was seen, even where the comparison was stopped.
    if (m_set != Set::Locked || m_isLookNoted || m_found.counted == 0) {
        return;
    }
    m_isLookNoted = true;
    const auto text = [](const QJsonObject& object) {
        return QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact));
    };
    const auto count = static_cast<int>(m_found.counted);
    QJsonObject details{
        {QStringLiteral("cases"), count},
        {QStringLiteral("leftOut"), static_cast<int>(m_found.leftOut)}};
    if (m_found.a && m_found.b) {
        details.insert(QStringLiteral("dscB"), m_found.a->dsc.mean);
        details.insert(QStringLiteral("dsc"), m_found.b->dsc.mean);
    }
    m_models.noteLook(modelB(), modelA(), text(details));
    if (!isWhole) {
        return;
    }
    const auto keep = [&](const QString& model, const report::ModelSummary& summary) {
        m_models.setFigure(
            model,
            QStringLiteral("locked"),
            text(
                {{QStringLiteral("dsc"), summary.dsc.mean},
                 {QStringLiteral("low"), summary.interval.low},
                 {QStringLiteral("high"), summary.interval.high},
                 {QStringLiteral("hd95"), summary.hd95Mean},
                 {QStringLiteral("count"), count}}));
    };
    keep(modelA(), *m_found.a);
    keep(modelB(), *m_found.b);
}

void ComparisonController::become(State state)
{
    if (std::exchange(m_state, state) != state) {
        Q_EMIT stateChanged(state);
    }
}

} // namespace guidino::ui
