// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/model/run_history.h"

#include <QElapsedTimer>
#include <QObject>
#include <QString>
#include <QTimer>

#include <filesystem>
#include <memory>
#include <vector>

namespace guidino::ui {

/// The runs of a dashboard: one that is looked at, and others laid over its curves. Reads them in
/// small pieces, a few milliseconds a turn of the event loop, then looks for news twice a second.
/// GUI thread only.
class RunBoard : public QObject
{
    Q_OBJECT

public:
    struct Run
    {
        std::filesystem::path folder;
        QString name;
        std::unique_ptr<RunHistory> history; ///< made when first shown
        bool isShown = false;
        int colour = -1; ///< position among the colours; −1: never shown
    };

    /// Time of one turn of the event loop that reading may take.
    static constexpr std::chrono::microseconds kTurn{6000};

    explicit RunBoard(QObject* parent = nullptr);

    /// Looks at this run; it is shown, others that were shown stay. Runs in the folders around it
    /// are listed, the newest first.
    void open(const std::filesystem::path& folder);

    /// Adds a run from anywhere to the list and shows it. False where the folder is none.
    bool add(const std::filesystem::path& folder);

    /// Forgets all runs.
    void clear();

    [[nodiscard]] const std::vector<Run>& runs() const { return m_runs; }

    /// The run that is looked at; null before open().
    [[nodiscard]] const RunHistory* current() const;

    [[nodiscard]] std::size_t currentIndex() const { return m_current; }

    void setCurrent(std::size_t index);

    /// The run that is looked at stays shown.
    void setShown(std::size_t index, bool isShown);

    /// Those that are shown, the one looked at first.
    [[nodiscard]] std::vector<std::size_t> shown() const;

    /// Whether something that is shown has not been read yet.
    [[nodiscard]] bool isLoading() const;

    /// While nobody looks, nothing is read.
    void setActive(bool isActive);

Q_SIGNALS:
    /// Runs came, went, are shown or not.
    void listChanged();
    void currentChanged();
    /// Something new was read; at most four times a second, and once at the end of loading.
    void changed();

private:
    void look();
    void listNeighbours();
    std::size_t indexOf(const std::filesystem::path& folder);
    void ensureShown(std::size_t index);

    std::vector<Run> m_runs;
    std::size_t m_current = 0;
    int m_nextColour = 0;
    std::size_t m_turn = 0; ///< whose turn to read it is
    QTimer m_timer;
    QElapsedTimer m_sinceTold;
    QElapsedTimer m_sinceListed;
    std::int64_t m_told = 0; ///< sum of revisions last told
    bool m_isActive = true;
};

} // namespace guidino::ui
