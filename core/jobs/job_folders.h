// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/jobs/job_ticket.h"

#include <QString>

#include <optional>
#include <set>
#include <vector>

namespace guidino::jobs {

/// What was found in one folder: a job, or why it is none.
struct FoundJob
{
    Job job;
    std::optional<Error> error;
};

/// The folders `ROOT/ID` of a queue's jobs and what is kept of a job beside its run: `ticket.json`,
/// and `preparing.json` while a window prepares it. What a job needs lies in its `data/`. Ids are
/// given once. Blocks for small files only.
class JobFolders
{
public:
    /// Makes the folder unless read-only, and removes what dead windows left half done.
    /// CannotWrite.
    [[nodiscard]] static Result<JobFolders> open(const QString& root, bool isReadOnly);

    /// The jobs that are there, by id.
    [[nodiscard]] std::vector<FoundJob> find() const;

    [[nodiscard]] QString folderOf(JobId id) const;

    /// A new folder, marked as being prepared.
    [[nodiscard]] Result<JobId> reserve();

    [[nodiscard]] bool isReserved(JobId id) const { return m_reserved.contains(id); }

    /// Writes job.json and the ticket: the reserved folder is a job's from now on.
    [[nodiscard]] Status store(const Job& job);

    [[nodiscard]] Status storeTicket(const Job& job) const;

    /// The files below `data/` of one under that of the other: hard links, else copies.
    [[nodiscard]] Status linkData(JobId from, JobId to) const;

    /// Out of sight at once, its files in the background.
    void remove(JobId id);

private:
    explicit JobFolders(QString root)
        : m_root(std::move(root))
    {}

    void clean();
    void removeInBackground(const QString& folder) const;

    QString m_root;
    std::set<JobId> m_reserved;
};

} // namespace guidino::jobs
