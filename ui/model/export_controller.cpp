// SPDX-License-Identifier: Apache-2.0
#include "ui/model/export_controller.h"

#include "ui/model/afterwards.h"
#include "ui/model/project_controller.h"

#include <QMetaObject>
#include <QtConcurrentRun>

#include <utility>

namespace guidino::ui {

ExportController::ExportController(ProjectController& project, QObject* parent)
    : QObject(parent)
    , m_project(project)
{
    m_pool.setMaxThreadCount(2);
}

ExportController::~ExportController()
{
    m_cancel.cancel();
    m_pool.clear();
    m_pool.waitForDone();
}

void ExportController::plan(ExportRequest request)
{
    const int number = ++m_planned;
    request.projectFolder = m_project.folder();
    request.databaseFile = m_project.databaseFile();
    afterwards(
        QtConcurrent::run(&m_pool, [request = std::move(request)] { return planExport(request); }),
        this,
        [this, number](const Result<ExportPlan>& plan) {
            if (number == m_planned) {
                Q_EMIT planned(plan);
            }
        });
}

void ExportController::start(ExportRequest request)
{
    if (m_isRunning || !m_project.isOpen()) {
        return;
    }
    (void)m_project.flush();
    m_isRunning = true;
    m_cancel = {};
    request.projectFolder = m_project.folder();
    request.databaseFile = m_project.databaseFile();
    request.cancel = m_cancel;
    request.progress = [this](int done, int total) {
        QMetaObject::invokeMethod(
            this, [this, done, total] { Q_EMIT progressed(done, total); }, Qt::QueuedConnection);
    };
    Q_EMIT runningChanged(true);
    afterwards(
        QtConcurrent::run(&m_pool, [request] { return runExport(request); }),
        this,
        [this, folder = request.folder](const Result<ExportPlan>& result) {
            m_isRunning = false;
            Q_EMIT runningChanged(false);
            Q_EMIT ended(result, folder);
        });
}

void ExportController::cancel()
{
    m_cancel.cancel();
}

} // namespace guidino::ui
