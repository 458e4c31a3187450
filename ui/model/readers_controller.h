// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/cancel_token.h"
#include "core/project/reader_package.h"

#include <QObject>
#include <QString>
#include <QTemporaryDir>
#include <QThreadPool>
#include <QTimer>

#include <memory>

namespace guidino::ui {

class ProjectController;

/// Packages for readers, out and back. Packing and unpacking happen in the background; merging goes
/// image by image between events, since the project's store belongs to the GUI thread.
class ReadersController : public QObject
{
    Q_OBJECT

public:
    explicit ReadersController(ProjectController& project, QObject* parent = nullptr);
    ~ReadersController() override;

    [[nodiscard]] bool isBusy() const { return m_isBusy; }

    /// packed() follows.
    void pack(const project::ReaderPackage& package, const QString& file);

    /// merged() follows.
    void merge(const QString& file);

    void cancel();

Q_SIGNALS:
    void busyChanged(bool isBusy);
    void progressed(qint64 done, qint64 total);
    void packed(
        const guidino::Result<guidino::project::ReaderPackageOutcome>& outcome,
        const QString& file);
    void merged(const guidino::Result<guidino::project::MergeOutcome>& outcome);

private:
    void setBusy(bool isBusy);
    void step();
    void endMerge(const Result<project::MergeOutcome>& outcome);

    ProjectController& m_project;
    CancelToken m_cancel;
    bool m_isBusy = false;
    std::shared_ptr<QTemporaryDir> m_unpacked;
    std::unique_ptr<project::ReaderMerge> m_merge;
    QTimer m_step;
    QThreadPool m_pool;
};

} // namespace guidino::ui
