// SPDX-License-Identifier: Apache-2.0
#include "ui/model/run_history.h"

#include "core/jobs/job_ticket.h"
#include "core/protocol/job_spec.h"
#include "core/protocol/run_folder.h"
#include "ui/model/jobs_controller.h"

#include <QFile>

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <sstream>
#include <system_error>
#include <utility>

namespace guidino::ui {

namespace {

namespace fs = std::filesystem;

/// Some hundred messages: a few milliseconds of decoding.
constexpr std::size_t kPieceBytes = std::size_t{32} * 1024;

std::vector<std::string> cellsOf(const std::string& line)
{
    std::vector<std::string> cells;
    std::istringstream stream(line);
    for (std::string cell; std::getline(stream, cell, ',');) {
        cells.push_back(std::exchange(cell, {}));
    }
    return cells;
}

/// Of a whole cell; nothing for an empty one or for words.
std::optional<double> numberOf(const std::string& cell)
{
    double value = 0;
    const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
    if (error != std::errc() || end != cell.data() + cell.size()) {
        return std::nullopt;
    }
    return value;
}

/// As the workers' messages split the columns of metrics.csv.
bool isOfTraining(const std::string& column)
{
    return column.starts_with("train_") || column == "lr" || column.starts_with("guide_")
           || column == "images_per_second" || column.ends_with("memory_mib");
}

/// Of a job of a project's queue; empty: it is none.
QString nameOfJob(const fs::path& folder)
{
    QFile file(QString::fromStdString((folder / "ticket.json").string()));
    jobs::Job job;
    if (!file.open(QIODevice::ReadOnly) || !jobs::decodeTicket(file.readAll(), job)) {
        return {};
    }
    if (!job.name.isEmpty()) {
        return job.name;
    }
    return QStringLiteral("%1 %2").arg(
        JobsController::textOf(job.kind), QString::fromStdString(folder.filename().string()));
}

} // namespace

bool isRunFolder(const fs::path& folder)
{
    constexpr std::array<const char*, 3> kMarks{"messages.jsonl", "job.json", "run.json"};
    std::error_code ignored;
    const bool isMarked = std::any_of(kMarks.begin(), kMarks.end(), [&](const char* name) {
        return fs::exists(folder / name, ignored);
    });
    if (isMarked) {
        const auto job = protocol::readJob(protocol::RunPaths{folder}.job());
        const auto* train = job ? std::get_if<protocol::TrainSpec>(&*job) : nullptr;
        return !job || (train != nullptr && !train->dryRun);
    }
    std::ifstream table(
        folder / "metrics.csv", std::ios::binary); // evaluations have such a file, too
    std::string begin(6, '\0');
    table.read(begin.data(), static_cast<std::streamsize>(begin.size()));
    return begin == "epoch,";
}

QString nameOfRun(const fs::path& folder)
{
    fs::path plain = folder.has_filename() ? folder : folder.parent_path();
    if (const QString job = nameOfJob(plain); !job.isEmpty()) {
        return job;
    }
    if (plain.filename() == "run" && !plain.parent_path().filename().empty()) {
        plain = plain.parent_path(); // experiments keep the run of a cell in CELL/run
    }
    return QString::fromStdString(plain.filename().string());
}

RunHistory::RunHistory(fs::path folder)
    : m_folder(std::move(folder))
    , m_messages(protocol::RunPaths{m_folder}.messages())
    , m_table(m_folder / "metrics.csv")
{}

QString RunHistory::name() const
{
    return nameOfRun(m_folder);
}

bool RunHistory::advance(std::chrono::microseconds budget)
{
    const auto start = std::chrono::steady_clock::now();
    startAgainWhereShorter();
    bool isMore = true;
    do {
        isMore = readMessages();
        if (!isMore && !m_hasMessages) {
            isMore = readTable();
        }
    } while (isMore && std::chrono::steady_clock::now() - start < budget);
    if (!isMore) {
        judge();
        if (!std::exchange(m_isLoaded, true)) {
            ++m_revision;
        }
    }
    return isMore;
}

/// A run that was begun anew in the same folder.
void RunHistory::startAgainWhereShorter()
{
    std::error_code problem;
    const std::uintmax_t size = fs::file_size(protocol::RunPaths{m_folder}.messages(), problem);
    if (problem) {
        return;
    }
    if (size < m_size) {
        const std::int64_t revision = m_revision;
        *this = RunHistory(m_folder);
        m_revision = revision + 1;
    }
    m_size = size;
}

bool RunHistory::readMessages()
{
    const auto now = jobs::RunTracker::Clock::now();
    for (const std::string& line : m_messages.poll(kPieceBytes)) {
        ++m_lines;
        const auto message = protocol::decodeMessage(line);
        if (!message) {
            ++m_damagedLines;
            continue;
        }
        m_hasMessages = true;
        m_tracker.take(message->body, now);
        m_curves.take(*message);
        ++m_revision;
    }
    return !m_messages.isAtEnd();
}

bool RunHistory::readTable()
{
    for (const std::string& line : m_table.poll(kPieceBytes)) {
        ++m_lines;
        if (m_columns.empty()) {
            m_columns = cellsOf(line);
        } else {
            takeRow(line);
        }
        ++m_revision;
    }
    return !m_table.isAtEnd();
}

void RunHistory::takeRow(const std::string& line)
{
    std::vector<std::string> cells = cellsOf(line);
    cells.resize(std::max(cells.size(), m_columns.size()));
    const auto numberIn = [&](const char* column) -> std::optional<double> {
        const auto found = std::find(m_columns.begin(), m_columns.end(), column);
        return found == m_columns.end()
                   ? std::nullopt
                   : numberOf(cells[static_cast<std::size_t>(found - m_columns.begin())]);
    };
    const auto epoch = numberIn("epoch");
    if (!epoch) {
        ++m_damagedLines;
        return;
    }
    if (const auto step = numberIn("step"); step && *epoch > 0 && *step > 0) {
        m_curves.setStepsPerEpoch(*step / *epoch);
    }
    for (std::size_t i = 0; i < m_columns.size(); ++i) {
        if (m_columns[i] == "epoch" || m_columns[i] == "step") {
            continue;
        }
        if (const auto value = numberOf(cells[i])) {
            m_curves.add(
                QString::fromStdString(m_columns[i]),
                isOfTraining(m_columns[i]) ? QStringLiteral("train") : QStringLiteral("val"),
                false,
                *epoch,
                0,
                *value);
        }
    }
}

void RunHistory::judge()
{
    const jobs::JobState before = m_tracker.state();
    const protocol::RunPaths paths{m_folder};
    std::error_code ignored;
    jobs::RunTracker::Signs signs;
    signs.hasJob = fs::exists(paths.job(), ignored);
    signs.isAlive = protocol::isWorkerAlive(m_folder);
    const auto identity = protocol::workerIdentity(m_folder);
    signs.hasWorker = identity.has_value();
    signs.isOfThisBoot = identity && protocol::isOfThisBoot(*identity);
    m_tracker.judge(signs, jobs::RunTracker::Clock::now());
    if (m_tracker.state() != before) {
        ++m_revision;
    }
}

jobs::JobState RunHistory::state() const
{
    // A table without messages was written by a program that told nothing else.
    return !m_hasMessages && !m_curves.curves().empty() ? jobs::JobState::Finished
                                                        : m_tracker.state();
}

} // namespace guidino::ui
