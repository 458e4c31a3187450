// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAction>
#include <QByteArray>
#include <QMainWindow>
#include <QObject>
#include <QPointer>
#include <QStackedWidget>

#include <filesystem>

namespace guidino::ui {

class DashboardPage;
class Theme;
class TrainingController;

/// The training dashboard in the window: its page, its action with its key. Entering it hides docks
/// and tools, leaving it brings them back as they were. GUI thread only.
class DashboardDesk : public QObject
{
    Q_OBJECT

public:
    struct Parts
    {
        QMainWindow& window;
        QStackedWidget& pages; ///< of the window's middle; the desk adds its own
        QWidget& tools;        ///< the painting tools beside it
        TrainingController& training;
        Theme& theme;
        QAction& fineTune; ///< what an empty dashboard offers
    };

    explicit DashboardDesk(const Parts& parts);
    ~DashboardDesk() override;

    [[nodiscard]] DashboardPage& page() { return *m_page; }

    [[nodiscard]] bool isShown() const;

    /// Where to look for the last run while this window has trained nothing, such as the jobs of a
    /// project. Runs of another folder are forgotten.
    void setRunsFolder(const std::filesystem::path& folder);

    /// Looks at this run.
    void showRun(const std::filesystem::path& runFolder);

    /// Looks at the training that runs or ran last.
    void showLast();

    void leave();

    QAction* show;

Q_SIGNALS:
    /// The docks are about to be hidden: whoever hid them gives them back first, but for a page
    /// that the dashboard lies above.
    void entering();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void enter();
    void restore();
    [[nodiscard]] std::filesystem::path lastRun() const;

    Parts m_parts;
    DashboardPage* m_page;
    QPointer<QWidget> m_before; ///< the page that was shown
    QByteArray m_layout;        ///< of the window before
    std::filesystem::path m_opened;
    std::filesystem::path m_runsFolder;
};

} // namespace guidino::ui
