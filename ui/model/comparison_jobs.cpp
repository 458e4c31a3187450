// SPDX-License-Identifier: Apache-2.0
#include "ui/model/comparison_jobs.h"

#include "core/base/file.h"
#include "ui/model/jobs_controller.h"

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QThread>

#include <algorithm>
#include <system_error>

namespace guidino::ui {

using jobs::Job;
using jobs::JobKind;
using jobs::JobQueue;
using jobs::JobState;
using jobs::JobVerb;

namespace {

namespace fs = std::filesystem;

constexpr int kOrderVersion = 1;

fs::path orderFile(const fs::path& folder)
{
    return folder / "data" / "comparison.json";
}

QJsonObject readOrder(const Job& job)
{
    QFile file(QString::fromStdString(orderFile(job.folder.toStdString()).string()));
    if (job.kind != JobKind::Compare || !file.open(QIODevice::ReadOnly)) {
        return {};
    }
    const QJsonObject object = QJsonDocument::fromJson(file.readAll()).object();
    return object[QLatin1String("version")].toInt() == kOrderVersion ? object : QJsonObject();
}

std::optional<ComparisonOrder> orderIn(const QJsonObject& object)
{
    ComparisonOrder order{
        object[QLatin1String("a")].toString(),
        object[QLatin1String("b")].toString(),
        object[QLatin1String("set")].toString()};
    if (order.a.isEmpty() || order.b.isEmpty() || order.set.isEmpty()) {
        return std::nullopt;
    }
    return order;
}

bool goesOn(const Job& job)
{
    return !jobs::isEnd(job.state()) && !job.isEnding && !job.isDiscarding;
}

/// The images under the names of their outputs: links, where the file system has them.
Status
placeImages(const fs::path& folder, const std::vector<std::pair<fs::path, std::string>>& images)
{
    GD_TRY(makeFolder(folder));
    for (const auto& [file, stem] : images) {
        const fs::path target = folder / (stem + file.extension().string());
        std::error_code error;
        fs::create_symlink(file, target, error);
        if (error) {
            fs::copy_file(file, target, fs::copy_options::overwrite_existing, error);
        }
        if (error) {
            return Error{
                ErrorCode::CannotWrite,
                "cannot write '" + target.string() + "': " + error.message(),
                {{"file", target.string()}}};
        }
    }
    return {};
}

} // namespace

ComparisonJobs::ComparisonJobs(JobsController& jobs, QObject* parent)
    : QObject(parent)
    , m_jobs(jobs)
{
    const JobQueue& queue = jobs.queue();
    connect(&queue, &JobQueue::jobChanged, this, &ComparisonJobs::noteJob);
    connect(&queue, &JobQueue::ended, this, &ComparisonJobs::noteEnd);
    connect(&queue, &JobQueue::discarded, this, &ComparisonJobs::noteDiscarded);
    connect(&queue, &JobQueue::listChanged, this, [this] {
        if (isWorking()) {
            Q_EMIT progressed();
        }
    });
    connect(&jobs, &JobsController::opened, this, &ComparisonJobs::found);
}

std::optional<ComparisonOrder> ComparisonJobs::orderOf(const Job& job)
{
    return orderIn(readOrder(job));
}

const Job* ComparisonJobs::jobOf(const Side& side) const
{
    return side.id.isValid() ? m_jobs.queue().job(side.id) : nullptr;
}

int ComparisonJobs::sideOf(JobId id) const
{
    for (std::size_t side = 0; side < m_sides.size(); ++side) {
        if (id.isValid() && m_sides[side].id == id) {
            return static_cast<int>(side);
        }
    }
    return -1;
}

bool ComparisonJobs::isWorking() const
{
    return std::any_of(m_sides.begin(), m_sides.end(), [](const Side& side) {
        return side.id.isValid() && !side.end;
    });
}

bool ComparisonJobs::has(int side) const
{
    return m_sides[static_cast<std::size_t>(side)].id.isValid();
}

std::optional<jobs::JobEnd> ComparisonJobs::endOf(int side) const
{
    return m_sides[static_cast<std::size_t>(side)].end;
}

QString ComparisonJobs::folderOf(int side) const
{
    return m_jobs.queue().folderOf(m_sides[static_cast<std::size_t>(side)].id);
}

QString ComparisonJobs::statusText() const
{
    // What runs says more than what waits for it.
    for (const bool wantsActive : {true, false}) {
        for (const Side& side : m_sides) {
            const Job* job = jobOf(side);
            if (job != nullptr && !side.end && job->isActive() == wantsActive) {
                return m_jobs.statusOf(side.id);
            }
        }
    }
    return {};
}

// ---- making -------------------------------------------------------------------------------------

Status ComparisonJobs::start(const ComparisonOrder& order, const std::vector<ComparisonPart>& parts)
{
    m_unseen.clear();
    removeFormer(order);
    m_isStarting = true;
    Status status;
    for (const ComparisonPart& part : parts) {
        status = add(order, part);
        if (!status) {
            cancel();
            break;
        }
    }
    m_isStarting = false;
    return status;
}

Status ComparisonJobs::add(const ComparisonOrder& order, const ComparisonPart& part)
{
    JobQueue& queue = m_jobs.queue();
    const auto id = queue.reserve();
    if (!id) {
        return id.error();
    }
    const fs::path folder = queue.folderOf(*id).toStdString();
    const fs::path input = folder / "data" / "input";
    const QByteArray text = QJsonDocument(QJsonObject{
                                              {QStringLiteral("version"), kOrderVersion},
                                              {QStringLiteral("a"), order.a},
                                              {QStringLiteral("b"), order.b},
                                              {QStringLiteral("set"), order.set},
                                              {QStringLiteral("side"), part.side}})
                                .toJson();
    protocol::PredictSpec spec;
    spec.model = part.model;
    spec.input = input;
    spec.out = part.out;
    spec.threads = std::max(1, QThread::idealThreadCount() - 1);
    spec.writeProbability = false;
    spec.writeOverlay = false;
    Status status = placeImages(input, part.images);
    if (status) {
        status = writeFileAtomically(orderFile(folder), text.toStdString());
    }
    if (status) {
        // The queue tells of the new job before submit() returns.
        m_sides[static_cast<std::size_t>(part.side)] = {*id, std::nullopt};
        status = queue.submit(*id, spec, part.name, JobKind::Compare);
    }
    if (!status) {
        m_sides[static_cast<std::size_t>(part.side)] = {};
        queue.abandon(*id);
    }
    return status;
}

void ComparisonJobs::removeFormer(const ComparisonOrder& order)
{
    std::vector<JobId> former;
    for (const Job* job : m_jobs.queue().jobs()) {
        if (job->kind == JobKind::Compare && jobs::isEnd(job->state()) && orderOf(*job) == order) {
            former.push_back(job->id);
        }
    }
    for (const JobId id : former) {
        (void)m_jobs.queue().perform(id, JobVerb::Discard);
    }
}

void ComparisonJobs::cancel()
{
    const auto sides = m_sides;
    letGo();
    for (const Side& side : sides) {
        if (m_jobs.queue().can(side.id, JobVerb::Cancel)) {
            (void)m_jobs.queue().perform(side.id, JobVerb::Cancel);
        }
    }
}

void ComparisonJobs::letGo()
{
    m_sides = {};
    m_unseen.clear();
}

// ---- finding again ------------------------------------------------------------------------------

bool ComparisonJobs::isUnattended(const Job& job) const
{
    return job.kind == JobKind::Compare
           && (goesOn(job)
               || std::find(m_unseen.begin(), m_unseen.end(), job.id) != m_unseen.end());
}

std::optional<ComparisonOrder> ComparisonJobs::latest() const
{
    std::optional<ComparisonOrder> latest;
    JobId latestId;
    for (const Job* job : m_jobs.queue().jobs()) {
        if (isUnattended(*job) && job->id > latestId) {
            if (auto order = orderOf(*job)) {
                latest = std::move(order);
                latestId = job->id;
            }
        }
    }
    return latest;
}

void ComparisonJobs::follow(const ComparisonOrder& order)
{
    m_sides = {};
    for (const Job* job : m_jobs.queue().jobs()) {
        const QJsonObject object = isUnattended(*job) ? readOrder(*job) : QJsonObject();
        const int number = object[QLatin1String("side")].toInt(-1);
        if (number < 0 || number > 1 || orderIn(object) != order) {
            continue;
        }
        Side& side = m_sides[static_cast<std::size_t>(number)];
        if (job->id > side.id) {
            side = {job->id, std::nullopt};
            if (jobs::isEnd(job->state())) {
                side.end = job->end;
            }
        }
    }
    m_unseen.clear();
}

void ComparisonJobs::noteJob(JobId id)
{
    if (const int side = sideOf(id); side >= 0) {
        const Job* job = jobOf(m_sides[static_cast<std::size_t>(side)]);
        if (job != nullptr && goesOn(*job)) {
            m_sides[static_cast<std::size_t>(side)].end.reset(); // it was taken up again
        }
        Q_EMIT progressed();
        return;
    }
    const Job* job = m_jobs.queue().job(id);
    if (!m_isStarting && job != nullptr && job->kind == JobKind::Compare && job->isActive()
        && goesOn(*job)) {
        Q_EMIT found(); // resumed in the list of jobs
    }
}

void ComparisonJobs::noteEnd(JobId id)
{
    const Job* job = m_jobs.queue().job(id);
    if (job == nullptr || job->kind != JobKind::Compare) {
        return;
    }
    if (const int side = sideOf(id); side >= 0) {
        m_sides[static_cast<std::size_t>(side)].end = job->end;
        Q_EMIT ended(side);
    } else if (!m_isStarting && job->state() != JobState::Cancelled && !job->isDiscarding) {
        m_unseen.push_back(id);
        Q_EMIT found();
    }
}

void ComparisonJobs::noteDiscarded(JobId id)
{
    std::erase(m_unseen, id);
    if (const int side = sideOf(id); side >= 0) {
        Side& one = m_sides[static_cast<std::size_t>(side)];
        if (!one.end) { // one that waited
            one.end = jobs::JobEnd{JobState::Cancelled, {}, {}, {}, {}};
            Q_EMIT ended(side);
        }
    }
}

} // namespace guidino::ui
