// SPDX-License-Identifier: Apache-2.0
#include "ui/model/readers_controller.h"

#include "core/project/archive.h"
#include "ui/model/afterwards.h"
#include "ui/model/project_controller.h"

#include <QtConcurrentRun>

#include <utility>

namespace guidino::ui {

ReadersController::ReadersController(ProjectController& project, QObject* parent)
    : QObject(parent)
    , m_project(project)
{
    m_pool.setMaxThreadCount(1);
    m_step.setInterval(0);
    connect(&m_step, &QTimer::timeout, this, &ReadersController::step);
    connect(&project, &ProjectController::aboutToClose, this, [this] {
        m_cancel.cancel();
        if (m_merge != nullptr) {
            endMerge(Error{ErrorCode::Cancelled, "the project was closed", {}});
        }
    });
}

ReadersController::~ReadersController()
{
    m_cancel.cancel();
    m_pool.clear();
    m_pool.waitForDone();
}

void ReadersController::setBusy(bool isBusy)
{
    m_isBusy = isBusy;
    Q_EMIT busyChanged(isBusy);
}

void ReadersController::pack(const project::ReaderPackage& package, const QString& file)
{
    if (m_isBusy || !m_project.isOpen()) {
        return;
    }
    (void)m_project.flush();
    m_cancel = {};
    project::ReaderPackage wanted = package;
    wanted.cancel = m_cancel;
    wanted.database = m_project.databaseFile();
    wanted.progress = [this](std::int64_t done, std::int64_t total) {
        QMetaObject::invokeMethod(
            this, [this, done, total] { Q_EMIT progressed(done, total); }, Qt::QueuedConnection);
    };
    setBusy(true);
    afterwards(
        QtConcurrent::run(
            &m_pool,
            [folder = m_project.folder(), file, wanted] {
                return project::writeReaderPackage(folder, file, wanted);
            }),
        this,
        [this, file](const Result<project::ReaderPackageOutcome>& outcome) {
            setBusy(false);
            Q_EMIT packed(outcome, file);
        });
}

void ReadersController::merge(const QString& file)
{
    if (m_isBusy || !m_project.isOpen() || m_project.isReadOnly()) {
        return;
    }
    m_cancel = {};
    auto unpacked = std::make_shared<QTemporaryDir>();
    setBusy(true);
    afterwards(
        QtConcurrent::run(
            &m_pool,
            [file, unpacked, cancel = m_cancel]() -> Status {
                if (!unpacked->isValid()) {
                    return Error{ErrorCode::CannotWrite, "cannot make a temporary folder", {}};
                }
                project::ImportOptions options;
                options.cancel = cancel;
                return project::importProject(
                    file, unpacked->filePath(QStringLiteral("package")), options);
            }),
        this,
        [this, unpacked](const Status& status) {
            if (!status) {
                endMerge(status.error());
                return;
            }
            m_unpacked = unpacked;
            Result<std::unique_ptr<project::ReaderMerge>> opened =
                m_project.change({}, [&](project::ProjectStore& store) {
                    return project::ReaderMerge::open(
                        store, unpacked->filePath(QStringLiteral("package")));
                });
            if (!opened) {
                endMerge(opened.error());
                return;
            }
            m_merge = std::move(opened).value();
            m_step.start();
        });
}

void ReadersController::step()
{
    if (m_merge == nullptr) {
        m_step.stop();
        return;
    }
    if (m_cancel.isCancelled()) {
        endMerge(Error{ErrorCode::Cancelled, "cancelled", {}});
        return;
    }
    if (m_merge->isDone()) {
        endMerge(m_merge->outcome());
        return;
    }
    const Status status = m_merge->step();
    if (!status) {
        endMerge(status.error());
        return;
    }
    Q_EMIT progressed(static_cast<qint64>(m_merge->done()), static_cast<qint64>(m_merge->total()));
}

void ReadersController::endMerge(const Result<project::MergeOutcome>& outcome)
{
    m_step.stop();
    const Result<project::MergeOutcome> kept = outcome; // of the merge that ends here
    m_merge.reset();
    m_unpacked.reset();
    setBusy(false);
    Q_EMIT merged(kept);
}

void ReadersController::cancel()
{
    m_cancel.cancel();
}

} // namespace guidino::ui
