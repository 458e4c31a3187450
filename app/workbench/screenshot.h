// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/widgets/main_window.h"

#include <QObject>
#include <QString>
#include <QStringList>
#include <QTimer>

#include <functional>

namespace guidino {

/// Takes one picture of the real window for the manual, then ends the program: opens the samples
/// (or the given paths), lets the model predict where there is one, brings the window into the
/// wanted state. The screen "keys" is no picture but the table of keys as Markdown. Exit code 6 where
/// the file cannot be written. With a width the picture is made small (smallPicture()).
class Screenshot : public QObject
{
    Q_OBJECT

public:
    /// main, guide, label, outline, train, finetune, about, welcome, new-project, classes, weights,
    /// backups; dashboard, dashboard-log, dashboard-run and dashboard-compare show the run folders
    /// that are given as paths, else a short training on the samples.
    [[nodiscard]] static QStringList screens();

    Screenshot(
        ui::MainWindow& window,
        const ui::WindowServices& services,
        const QString& screen,
        const QString& file,
        const QStringList& paths,
        int width = 0);

private:
    void arrangeWhenReady();
    void arrange();
    void arrangeGuide();
    void arrangeDashboard();
    /// Looks again until it is ready, then goes on, or takes the picture where `then` is empty.
    void takeWhen(
        const std::function<bool()>& isReady,
        const std::function<void()>& then,
        int mostTries = 400);
    void takeWithThumbnails();
    void take();
    void writeKeys();

    ui::MainWindow& m_window;
    ui::WindowServices m_services;
    QString m_screen;
    QString m_file;
    QStringList m_paths;
    int m_width; // of the picture; 0: that of the window
    QTimer m_patience; // for what may never come
    bool m_isArranged = false;
    int m_waits = 0;
    int m_tries = 0;
};

} // namespace guidino
