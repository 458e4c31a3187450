// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/protocol/run_folder.h"

#include <QAbstractListModel>
#include <QString>
#include <QTimer>

#include <deque>
#include <filesystem>
#include <optional>

namespace guidino::ui {

/// The log of a run as a list that grows at its end, filtered by words and severity. Of a long log
/// the last lines are kept (kMostLines, each cut at kMostLetters), and a file is read from its last
/// megabytes on: memory is bounded however long the run. GUI thread only.
class RunLog : public QAbstractListModel
{
    Q_OBJECT

public:
    enum class Severity { Info, Warning, Error };
    Q_ENUM(Severity)

    enum Role { SeverityRole = Qt::UserRole, TimeRole, TextRole };

    static constexpr int kMostLines = 20'000;
    static constexpr int kMostLetters = 2'000;
    static constexpr std::uintmax_t kMostBytes = std::uintmax_t{8} << 20;

    struct Line
    {
        QString time; ///< "12:03:44", empty where the line has none
        QString text;
        Severity severity = Severity::Info;
    };

    explicit RunLog(QObject* parent = nullptr);

    /// Another run's log.txt, from its (bounded) begin.
    void open(const std::filesystem::path& runFolder);

    /// Only lines with all these words, in any case; empty: all.
    void setWords(const QString& words);

    /// Only lines at least as severe.
    void setLeast(Severity severity);

    /// While nobody looks, nothing is read.
    void setActive(bool isActive);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;

    /// Lines read since open(), and how many of them are still kept.
    [[nodiscard]] std::int64_t totalLines() const { return m_total; }

    [[nodiscard]] int keptLines() const { return static_cast<int>(m_lines.size()); }

    /// Whether the file's begin was passed over.
    [[nodiscard]] bool isCut() const { return m_isCut || m_total > kMostLines; }

    [[nodiscard]] int count(Severity severity) const
    {
        return m_counts[static_cast<std::size_t>(severity)];
    }

    /// What a line of log.txt says: "TIME LEVEL text", or words of the program and its libraries.
    [[nodiscard]] static Line parsed(const std::string& line);

Q_SIGNALS:
    /// Lines came; the view may follow.
    void grown();

private:
    void look();
    void append(const std::vector<std::string>& lines);
    void filterAgain();
    [[nodiscard]] bool isWanted(const Line& line) const;

    std::optional<protocol::LineTail> m_tail;
    std::deque<Line> m_lines;
    std::deque<std::int64_t>
        m_rows; ///< numbers of the lines that are wanted; the first kept is m_first
    std::int64_t m_first = 0;
    std::int64_t m_total = 0;
    std::array<int, 3> m_counts{}; ///< by severity, since open()
    QStringList m_words;
    Severity m_least = Severity::Info;
    QTimer m_timer;
    bool m_isCut = false;
    bool m_isActive = true;
};

} // namespace guidino::ui
