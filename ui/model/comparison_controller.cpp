// SPDX-License-Identifier: Apache-2.0
#include "ui/model/comparison_controller.h"

#include "core/project/project_store.h"
#include "core/project/review_state.h"
#include "ui/model/afterwards.h"
#include "ui/model/comparison_jobs.h"
#include "ui/model/dataset_controller.h"
#include "ui/model/jobs_controller.h"
#include "ui/model/model_registry.h"
#include "ui/model/project_controller.h"

#include <QDir>
#include <QFileInfo>
#include <QThread>
#include <QtConcurrentRun>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

namespace guidino::ui {

namespace {

namespace fs = std::filesystem;

/// Figures are worked out anew so often while rows fill.
constexpr int kJudgeEveryMs = 300;

using Set = ComparisonController::Set;

/// Stable names of the sets, in files.
constexpr std::array kSets{
    std::pair(Set::Locked, "locked"),
    std::pair(Set::Validation, "validation"),
    std::pair(Set::Corrected, "corrected"),
    std::pair(Set::Labelled, "labelled"),
};

QString nameOf(Set set)
{
    for (const auto& [value, name] : kSets) {
        if (value == set) {
            return QLatin1StringView(name);
        }
    }
    return {};
}

std::optional<Set> setFrom(const QString& name)
{
    for (const auto& [value, text] : kSets) {
        if (name == QLatin1StringView(text)) {
            return value;
        }
    }
    return std::nullopt;
}

bool isThere(const fs::path& file)
{
    std::error_code ignored;
    return fs::exists(file, ignored);
}

} // namespace

ComparisonController::ComparisonController(
    ProjectController& project,
    DatasetController& dataset,
    JobsController& jobs,
    ModelRegistry& models,
    QObject* parent)
    : QObject(parent)
    , m_project(project)
    , m_dataset(dataset)
    , m_queue(jobs)
    , m_models(models)
    , m_jobs(new ComparisonJobs(jobs, this))
{
    // One core stays with the window.
    m_pool.setMaxThreadCount(std::max(1, QThread::idealThreadCount() - 1));
    m_judgeTimer.setSingleShot(true);
    m_judgeTimer.setInterval(kJudgeEveryMs);
    connect(&m_judgeTimer, &QTimer::timeout, this, &ComparisonController::judge);
    connect(&project, &ProjectController::aboutToClose, this, &ComparisonController::letGo);
    connect(&project, &ProjectController::closed, this, [this] {
        reset();
        m_known.clear();
    });
    connect(m_jobs, &ComparisonJobs::progressed, this, [this] {
        if (m_state == State::Predicting) {
            scoreWhatIsThere();
            Q_EMIT progressed();
        }
    });
    // Not within start(): a job may end while the other is being made.
    connect(
        m_jobs, &ComparisonJobs::ended, this, &ComparisonController::noteEnd, Qt::QueuedConnection);
    // Jobs, models and images of a project come in an order that is theirs.
    const auto lookAgain = [this] { takeUp(); };
    connect(m_jobs, &ComparisonJobs::found, this, lookAgain, Qt::QueuedConnection);
    connect(&models, &ModelRegistry::changed, this, lookAgain, Qt::QueuedConnection);
    connect(&dataset, &DatasetController::opened, this, lookAgain, Qt::QueuedConnection);
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
    if (!m_project.isOpen() || m_project.isReadOnly()) {
        return tr("Open a project for writing first.");
    }
    if (const QString why = m_queue.reasonUnavailable(); !why.isEmpty()) {
        return why;
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
    m_jobs->cancel();
    begin(a, b, set);
    predictMissing();
}

/// The rows, with what is known of them.
void ComparisonController::begin(const QString& a, const QString& b, Set set)
{
    ++m_generation;
    m_pool.clear();
    m_set = set;
    m_isLookNoted = false;
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
    become(State::Predicting);
    scoreWhatIsThere();
}

/// Where there is none, a job for each model that has not predicted all.
void ComparisonController::predictMissing()
{
    std::vector<ComparisonPart> parts;
    for (const int side : {0, 1}) {
        ComparisonPart part;
        part.side = side;
        part.model = m_sides[side].bundle.toStdString();
        part.out = m_sides[side].folder;
        for (const Row& row : m_rows) {
            if (!isThere(maskFile(row, side))) {
                part.images.emplace_back(row.file, row.stem);
            }
        }
        if (!part.images.empty() && !m_jobs->has(side)) {
            part.name =
                tr("Comparison: %1 on %n image(s)", nullptr, static_cast<int>(part.images.size()))
                    .arg(m_models.find(m_sides[side].sha256)->name);
            parts.push_back(std::move(part));
        }
    }
    const Status started = m_jobs->start({modelA(), modelB(), nameOf(m_set)}, parts);
    if (!started) {
        become(State::Stopped);
        Notice notice = noticeFor(
            started.error(), tr("The models could not be compared."), Notice::Action::None);
        notice.topic = QStringLiteral("compare");
        Q_EMIT problemOccurred(notice);
    } else if (!m_jobs->isWorking() && m_state == State::Predicting) {
        become(State::Scoring);
        finishIfDone();
    }
}

// ---- found again --------------------------------------------------------------------------------

void ComparisonController::takeUp()
{
    if (isRunning() || !m_project.isOpen() || m_project.isReadOnly() || !m_dataset.isOpen()) {
        return;
    }
    const auto order = m_jobs->latest();
    const auto set = order ? setFrom(order->set) : std::nullopt;
    if (!set || !reasonUnavailable(order->a, order->b, *set).isEmpty()) {
        return; // the jobs go on all the same
    }
    m_jobs->follow(*order);
    begin(order->a, order->b, *set);
    Q_EMIT takenUp();
    for (const int side : {0, 1}) {
        if (m_jobs->endOf(side)) {
            noteEnd(side);
        }
    }
    if (m_state == State::Predicting) {
        predictMissing();
    }
}

bool ComparisonController::show(JobId job)
{
    const jobs::Job* one = m_queue.queue().job(job);
    const auto order = one != nullptr ? ComparisonJobs::orderOf(*one) : std::nullopt;
    const auto set = order ? setFrom(order->set) : std::nullopt;
    if (!set || !reasonUnavailable(order->a, order->b, *set).isEmpty()) {
        return false;
    }
    const bool isShown = m_state != State::Idle && m_state != State::Stopped && modelA() == order->a
                         && modelB() == order->b && m_set == *set;
    if (!isShown) {
        start(order->a, order->b, *set);
    }
    Q_EMIT takenUp();
    return true;
}

/// The jobs go on without this window.
void ComparisonController::letGo()
{
    if (!isRunning()) {
        return;
    }
    ++m_generation; // scores on their way are of the past
    m_pool.clear();
    m_jobs->letGo();
    judge();
    noteLook(false);
    become(State::Stopped);
}

QString ComparisonController::statusText() const
{
    return m_state == State::Predicting ? m_jobs->statusText() : QString();
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
    afterwards(
        QtConcurrent::run(
            &m_pool, readComparedCase, filesOf(m_rows[static_cast<std::size_t>(row)])),
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

void ComparisonController::noteEnd(int side)
{
    const auto end = m_jobs->endOf(side);
    if (!end || m_state != State::Predicting) {
        return;
    }
    scoreWhatIsThere();
    const auto missing = std::count_if(m_rows.begin(), m_rows.end(), [&](const Row& row) {
        return !isThere(maskFile(row, side));
    });
    // One unreadable image ends the run with exit code 3 after all others were written.
    const bool hasRun =
        end->state == jobs::JobState::Finished || end->exitCode == exitCodeOf(ErrorCode::BadInput);
    if (!hasRun || missing == static_cast<std::ptrdiff_t>(m_rows.size())) {
        stopBecause(side, QString::fromStdString(end->failure.message));
        return;
    }
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        if (!isThere(maskFile(m_rows[i], side))) {
            (side == 0 ? m_rows[i].hasFailedA : m_rows[i].hasFailedB) = true;
            Q_EMIT rowChanged(static_cast<int>(i));
        }
    }
    if (!m_jobs->isWorking()) {
        become(State::Scoring);
        finishIfDone();
    }
}

/// Without the predictions of one model those of the other are no comparison.
void ComparisonController::stopBecause(int side, const QString& failure)
{
    const jobs::JobEnd end = *m_jobs->endOf(side);
    const QString folder = m_jobs->folderOf(side);
    m_jobs->cancel();
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
         failure.isEmpty() ? folder + QStringLiteral("/log.txt") : failure,
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
    m_jobs->cancel();
    become(State::Stopped);
    judge();
    noteLook(false);
}

void ComparisonController::become(State state)
{
    if (std::exchange(m_state, state) != state) {
        Q_EMIT stateChanged(state);
    }
}

} // namespace guidino::ui
