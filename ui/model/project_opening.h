// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/cancel_token.h"
#include "core/base/result.h"
#include "core/project/project_store.h"
#include "ui/model/image_entry.h"
#include "ui/model/label_class.h"

#include <QString>
#include <QStringList>

#include <functional>
#include <memory>
#include <vector>

namespace guidino::datasets {
struct Dataset;
class MaskReader;
} // namespace guidino::datasets

/// How paths that the user names become a project and its list of images. Any thread.
namespace guidino::ui {

/// What to open.
struct OpenRequest
{
    QStringList paths;      ///< one project, one folder of images, or any number of image files
    QString projectsFolder; ///< projects of folders and files that are none live below it
    project::OpenMode mode = project::OpenMode::ReadWrite;
};

/// What a background thread found when it opened a project.
struct OpenedProject
{
    QString folder; ///< of the project
    QString name;
    project::OpenMode mode = project::OpenMode::ReadWrite; ///< that it can be opened in
    bool isSealed = false; ///< read only, because its folder cannot be written to
    bool isNew = false;
    bool wasInterrupted = false;     ///< the program that had it open for writing did not close it
    std::vector<ImageEntry> entries; ///< ascending by id
    LabelClasses classes;
    QString labelsFolder; ///< absolute; empty: masks are not saved as files
    QStringList problems; ///< files that cannot be used, and why
    std::shared_ptr<const datasets::MaskReader> maskReader; ///< null: masks as they come
    ImageId first;      ///< to be shown first; 0: the first of the list
    QString keptAside;  ///< changes of an earlier session that no longer fitted; empty: none
    QString lastBackup; ///< newest file below backups/; empty: none
};

/// The project that the request would open, whether it is there or not: the path itself where it is
/// a project (or its project.db), else a folder below `projectsFolder` that belongs to these
/// images.
[[nodiscard]] QString projectFolderOf(const OpenRequest& request);

/// Opens the project, or makes it: images are referenced, their masks noted for import. A folder
/// that was opened before is searched for new images; those that went stay in the list. The store
/// is closed again when this returns. One whose folder cannot be written to is opened for reading
/// only. Errors: as ProjectStore::open(), with context "project" (its
/// folder); NotFound, BadInput for folders without images.
[[nodiscard]] Result<OpenedProject> openProject(const OpenRequest& request);

/// Several paths as one data set, or the data set of one. NotFound, BadInput.
[[nodiscard]] Result<datasets::Dataset> openDatasetOf(const QStringList& paths);

/// Choices for a new project.
struct NewProject
{
    QString folder;
    QString name;
    bool copiesImages = false; ///< into `images/`; else they are referenced where they are
    QString labelsFolder;      ///< empty: masks are not saved as files
    LabelClasses classes;      ///< empty: those of the data set
};

/// Makes a project of a data set. Files that cannot be copied become problems of the result and
/// stay referenced. Errors as ProjectStore::create(); Cancelled removes what was made.
[[nodiscard]] Status makeProject(
    const datasets::Dataset& dataset,
    const NewProject& choices,
    const CancelToken& cancel = {},
    const std::function<void(std::size_t done, std::size_t total)>& progress = {},
    QStringList* problems = nullptr);

/// Adds the images of a data set that the project does not hold yet; how many there were.
[[nodiscard]] Result<int>
addImagesOf(project::ProjectStore& store, const datasets::Dataset& dataset);

/// The classes that a data set names, or that its masks show; one class where they show none.
[[nodiscard]] LabelClasses classesOfDataset(const datasets::Dataset& dataset);

/// Null where there are no masks, or no convention is found.
[[nodiscard]] std::shared_ptr<const datasets::MaskReader>
maskReaderOf(const datasets::Dataset& dataset);

[[nodiscard]] LabelClasses classesOf(const std::vector<project::ClassRecord>& records);
[[nodiscard]] std::vector<project::ClassRecord> recordsOf(const LabelClasses& classes);

} // namespace guidino::ui
