// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/jobs/job_state.h"

#include <QObject>
#include <QString>

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace guidino::jobs {
struct Job;
} // namespace guidino::jobs

namespace guidino::ui {

class JobsController;

/// What a comparison was asked for; kept as `data/comparison.json` in the folder of each of its
/// jobs.
struct ComparisonOrder
{
    QString a;   ///< SHA-256 of model A
    QString b;   ///< of model B
    QString set; ///< name of the images, such as "locked"

    friend bool operator==(const ComparisonOrder&, const ComparisonOrder&) = default;
};

/// What one of the two models has not predicted yet.
struct ComparisonPart
{
    int side = 0; ///< 0: model A, 1: model B
    QString name; ///< of the job
    std::filesystem::path model;
    std::filesystem::path out; ///< as `guidino predict` fills it
    /// Files and the stems of their outputs.
    std::vector<std::pair<std::filesystem::path, std::string>> images;
};

/// The predictions that a comparison needs, as jobs of the project's queue: one for each model, so
/// they wait for their device, show their progress, can be paused and cancelled where all jobs are,
/// and go on without the window. Follows the jobs of one comparison. GUI thread only.
class ComparisonJobs : public QObject
{
    Q_OBJECT

public:
    /// `jobs` outlives this.
    explicit ComparisonJobs(JobsController& jobs, QObject* parent = nullptr);

    /// Puts the parts into the queue and follows them. Ended jobs of the same order, which have
    /// nothing that is still needed, are discarded. CannotWrite: nothing was put there.
    [[nodiscard]] Status
    start(const ComparisonOrder& order, const std::vector<ComparisonPart>& parts);

    /// Ends what is followed, and follows it no longer.
    void cancel();

    /// Follows nothing; the jobs go on.
    void letGo();

    /// The latest comparison whose jobs go on, wait, or ended while nobody was there to see it;
    /// nothing: there is none.
    [[nodiscard]] std::optional<ComparisonOrder> latest() const;

    /// Follows what latest() found.
    void follow(const ComparisonOrder& order);

    /// One that is followed has not ended.
    [[nodiscard]] bool isWorking() const;

    /// A job of this side is followed.
    [[nodiscard]] bool has(int side) const;

    /// How a side's job ended; nothing: it goes on, or there is none.
    [[nodiscard]] std::optional<jobs::JobEnd> endOf(int side) const;

    [[nodiscard]] QString folderOf(int side) const;

    /// How far it is, or what it waits for, in words; may be empty.
    [[nodiscard]] QString statusText() const;

    /// What a job is for; nothing: it is none of a comparison.
    [[nodiscard]] static std::optional<ComparisonOrder> orderOf(const jobs::Job& job);

Q_SIGNALS:
    /// Something that is followed went on, began or stopped to wait.
    void progressed();
    /// A followed job ended, whoever ended it.
    void ended(int side);
    /// A job of a comparison that is not followed is at work, or ended while no window was there.
    void found();

private:
    struct Side
    {
        JobId id;
        std::optional<jobs::JobEnd> end;
    };

    [[nodiscard]] const jobs::Job* jobOf(const Side& side) const;
    [[nodiscard]] bool isUnattended(const jobs::Job& job) const;
    [[nodiscard]] int sideOf(JobId id) const;
    [[nodiscard]] Status add(const ComparisonOrder& order, const ComparisonPart& part);
    void removeFormer(const ComparisonOrder& order);
    void noteJob(JobId id);
    void noteEnd(JobId id);
    void noteDiscarded(JobId id);

    JobsController& m_jobs;
    std::array<Side, 2> m_sides;
    std::vector<JobId> m_unseen; ///< ended while nobody followed them
    bool m_isStarting = false;
};

} // namespace guidino::ui
