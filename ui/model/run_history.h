// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/jobs/run_tracker.h"
#include "core/protocol/run_folder.h"
#include "ui/model/run_curves.h"

#include <QString>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>

namespace guidino::ui {

/// One run folder, live or finished, read bit by bit: messages.jsonl, or metrics.csv where there
/// are no messages. Damaged lines are passed over and counted. Nothing here waits, starts a timer
/// or writes; whoever owns it calls advance() as time allows. GUI thread only.
class RunHistory
{
public:
    explicit RunHistory(std::filesystem::path folder);

    [[nodiscard]] const std::filesystem::path& folder() const { return m_folder; }

    /// See nameOfRun().
    [[nodiscard]] QString name() const;

    /// Reads on for about so long, at least one piece of a file. True where something is left to
    /// read at once.
    bool advance(std::chrono::microseconds budget);

    /// Whether advance() reached the end of what is there, once.
    [[nodiscard]] bool isLoaded() const { return m_isLoaded; }

    [[nodiscard]] const RunCurves& curves() const { return m_curves; }

    /// Rises whenever something was read that changes what is shown.
    [[nodiscard]] std::int64_t revision() const { return m_revision; }

    [[nodiscard]] jobs::JobState state() const;

    [[nodiscard]] const jobs::JobEnd& end() const { return m_tracker.end(); }

    [[nodiscard]] const protocol::Progress& progress() const { return m_tracker.progress(); }

    [[nodiscard]] std::int64_t damagedLines() const { return m_damagedLines; }

    /// How many lines of messages or of metrics.csv were read.
    [[nodiscard]] std::int64_t lines() const { return m_lines; }

private:
    bool readMessages();
    bool readTable();
    void takeRow(const std::string& line);
    void judge();
    void startAgainWhereShorter();

    std::filesystem::path m_folder;
    protocol::LineTail m_messages;
    protocol::LineTail m_table;
    RunCurves m_curves;
    jobs::RunTracker m_tracker;
    std::vector<std::string> m_columns; ///< of metrics.csv
    std::uintmax_t m_size = 0;          ///< of messages.jsonl when last looked at
    std::int64_t m_damagedLines = 0;
    std::int64_t m_lines = 0;
    std::int64_t m_revision = 0;
    bool m_hasMessages = false;
    bool m_isLoaded = false;
};

/// Whether a folder looks like a training: any of job.json, run.json, messages.jsonl, or a
/// metrics.csv by epochs; not where its job is another than to train.
[[nodiscard]] bool isRunFolder(const std::filesystem::path& folder);

/// What a run is called: as the user named its job, else by kind and number where it is a job of a
/// project, else the folder's name, or that of the one around it where it is just called "run".
[[nodiscard]] QString nameOfRun(const std::filesystem::path& folder);

} // namespace guidino::ui
