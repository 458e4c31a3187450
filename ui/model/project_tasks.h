// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/cancel_token.h"
#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/project/backups.h"
#include "ui/model/label_class.h"
#include "ui/model/notice.h"
#include "ui/model/project_opening.h"

#include <QImage>
#include <QList>
#include <QObject>
#include <QString>
#include <QStringList>
#include <QThreadPool>

#include <memory>
#include <vector>

namespace guidino::ui {

class DatasetController;
class ProjectController;

/// What a folder would become, before a project is made of it.
struct DatasetPreview
{
    QString title; ///< a name for the project
    QString root;
    QString layout; ///< as `data inspect` calls it
    int images = 0;
    int masks = 0; ///< that belong to images
    QStringList splits;
    LabelClasses classes;
    QStringList problems;
    QList<QImage> pictures; ///< some of the images, with their masks over them
    std::shared_ptr<const datasets::Dataset> dataset;
};

/// An image whose unsaved labels came back, as pictures.
struct RecoveredPicture
{
    ImageId image;
    QString name;
    QImage saved;
    QImage recovered;
    int steps = 0;
    QDateTime lastEdit;
};

/// Works on whole projects that take their time: looking into folders, making projects, portable
/// copies, finding missing images. One at a time, in the background, with progress and cancel; a
/// failure is told by problemOccurred(). GUI thread only.
class ProjectTasks : public QObject
{
    Q_OBJECT

public:
    ProjectTasks(ProjectController& project, DatasetController& dataset, QObject* parent = nullptr);
    ~ProjectTasks() override;

    [[nodiscard]] bool isRunning() const { return m_isRunning; }

    /// The result of the last preview().
    [[nodiscard]] const DatasetPreview& lastPreview() const { return m_preview; }

    /// Looks into folders and files; previewed() follows.
    void preview(const QStringList& paths);

    /// Makes a project of the last preview and opens it; made() follows.
    void make(const NewProject& choices);

    /// Adds images to the open project; added() follows.
    void addImages(const QStringList& paths);

    /// Looks below a folder for the images that are missing: by name and content, where the content
    /// is known, else by name alone. located() follows.
    void locate(const QString& folder);

    /// A portable copy of the open project; exported() follows.
    void exportTo(const QString& file, bool withImages, bool withModels);

    /// Unpacks a portable copy and opens it; imported() follows.
    void importFrom(const QString& file, const QString& folder);

    /// What can be gone back to, of the project in a folder; backupsListed() follows.
    void listBackups(const QString& folder);

    /// Goes back to a backup and opens the project; restored() follows.
    void restore(const QString& folder, const QString& backup);

    /// Pictures of what came back after a crash; recoveredShown() follows for each image.
    void showRecovered();

    /// What runs ends soon, as if it had not begun.
    void cancel();

Q_SIGNALS:
    void runningChanged(bool isRunning);
    void progressed(qint64 done, qint64 total);
    void previewed();
    void made(const QString& folder, const QStringList& problems);
    void added(int count);
    void located(int found, int stillMissing);
    void exported(const QString& file, int files, qint64 bytes, const QStringList& missing);
    void imported(const QString& folder);
    void
    backupsListed(const QString& folder, const std::vector<guidino::project::BackupInfo>& backups);
    void restored(const QString& folder);
    void recoveredShown(const guidino::ui::RecoveredPicture& picture);
    void problemOccurred(const guidino::ui::Notice& notice);

private:
    /// Runs `work(cancel, progress)` in the background, then `done(value)` here; one at a time.
    template<typename Work, typename Done>
    void run(const QString& what, const Work& work, const Done& done);

    [[nodiscard]] std::function<void(std::int64_t, std::int64_t)> progressFromElsewhere();

    ProjectController& m_project;
    DatasetController& m_dataset;
    DatasetPreview m_preview;
    CancelToken m_cancel;
    bool m_isRunning = false;
    QThreadPool m_pool;
};

} // namespace guidino::ui
