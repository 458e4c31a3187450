// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/model/export_job.h"

#include <QObject>
#include <QThreadPool>

#include <memory>

namespace guidino::ui {

class ProjectController;

/// Exports in the background, one at a time, with a dry run before. GUI thread only.
class ExportController : public QObject
{
    Q_OBJECT

public:
    explicit ExportController(ProjectController& project, QObject* parent = nullptr);
    ~ExportController() override;

    [[nodiscard]] bool isRunning() const { return m_isRunning; }

    /// Counts what the request would write; planned() follows. A newer request replaces an older.
    void plan(ExportRequest request);

    /// progressed() and ended() follow. Nothing happens while one runs.
    void start(ExportRequest request);
    void cancel();

Q_SIGNALS:
    void planned(const guidino::Result<guidino::ui::ExportPlan>& plan);
    void runningChanged(bool isRunning);
    void progressed(int done, int total);
    void ended(const guidino::Result<guidino::ui::ExportPlan>& result, const QString& folder);

private:
    ProjectController& m_project;
    CancelToken m_cancel;
    bool m_isRunning = false;
    int m_planned = 0;
    QThreadPool m_pool;
};

} // namespace guidino::ui
