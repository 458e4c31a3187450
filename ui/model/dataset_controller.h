// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "ui/model/annotation_document.h"
#include "ui/model/image_list_model.h"
#include "ui/model/label_class.h"
#include "ui/model/label_files.h"
#include "ui/model/notice.h"
#include "ui/model/recovery_store.h"

#include <QObject>
#include <QPointer>
#include <QSet>
#include <QStringList>
#include <QThreadPool>
#include <QTimer>
#include <QUndoGroup>

#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

namespace guidino::ui {

/// What a background thread found when it opened a data set.
struct OpenedDataset
{
    std::filesystem::path root;
    std::filesystem::path labelsFolder;
    std::vector<ImageEntry> entries;
    LabelClasses classes;
    QStringList problems;                                   ///< files that cannot be used, and why
    std::shared_ptr<const datasets::MaskReader> maskReader; ///< null: masks as they come
};

/// The opened data set: which images there are, which one is shown, and where labels go. Opens
/// folders of any known layout, reads images ahead, saves masks, and keeps every committed stroke
/// in a recovery file within a second. All reading and writing happens on background threads. GUI
/// thread only.
class DatasetController : public QObject
{
    Q_OBJECT

public:
    /// `recoveryFolder`: where unsaved labels are kept.
    explicit DatasetController(
        const std::filesystem::path& recoveryFolder, QObject* parent = nullptr);
    ~DatasetController() override;

    [[nodiscard]] ImageListModel& images() { return m_images; }

    [[nodiscard]] QUndoGroup& undoGroup() { return m_undoGroup; }

    [[nodiscard]] const LabelClasses& classes() const { return m_classes; }

    [[nodiscard]] const std::filesystem::path& root() const { return m_root; }

    [[nodiscard]] bool isOpen() const { return !m_images.entries().empty(); }

    /// The shown image; null while none is.
    [[nodiscard]] AnnotationDocument* current() const { return m_current; }

    [[nodiscard]] AnnotationDocument* document(ImageId id) const
    {
        return m_documents.document(id);
    }

    /// The folder that masks are saved to.
    [[nodiscard]] const std::filesystem::path& labelsFolder() const { return m_labelsFolder; }

    /// Where the labels of an image are saved, and where they are kept until then.
    [[nodiscard]] LabelSource labelSourceOf(const ImageEntry& entry) const;

    [[nodiscard]] int modifiedCount() const;

    /// One folder, or any number of image files. opened() or problemOccurred() follows.
    void open(const QStringList& paths);

    /// Shows an image of the list; currentChanged() follows when it has been read.
    void show(int row);
    void showNext();
    void showPrevious();

    /// Saves all images with unsaved labels; saved() or problemOccurred() follows.
    void save();

    /// Masks go there from now on.
    void setLabelsFolder(const std::filesystem::path& folder);

    /// Ends queued writing of recovery files; for the end of the program.
    void flush();

    /// Forgets unsaved labels and their recovery files: after the user confirmed it.
    void discardUnsaved();

Q_SIGNALS:
    void opened();
    void openingChanged(bool isOpening);
    void currentChanged(guidino::ui::AnnotationDocument* document);
    /// Another image was asked for and is being read.
    void loadingStarted(const QString& name);
    void problemOccurred(const guidino::ui::Notice& notice);
    /// A step of an image was done, undone or redone.
    void labelsChanged(guidino::ImageId image);
    void classesChanged();
    void modifiedCountChanged(int count);
    /// The masks of so many images are in their files.
    void saved(int count);
    /// The latest stroke is in its recovery file.
    void kept();

private:
    struct Loaded;

    void adopt(OpenedDataset&& dataset);
    void load(int row);
    void finishLoading(int row, Result<std::shared_ptr<const Loaded>> result);
    AnnotationDocument& makeDocument(const ImageEntry& entry, const Loaded& loaded);
    void makeCurrent(AnnotationDocument& document);
    void noteUse(ImageId id);
    void noteLabels(AnnotationDocument& document);
    void noteSaved(ImageId image, int version, const Status& status);
    void keepUnsaved();
    void tellWhatWasFound(int recoverable, const QStringList& problems);
    ImageListModel m_images;
    QUndoGroup m_undoGroup;
    RecoveryStore m_recovery;
    DocumentTable m_documents;
    LabelClasses m_classes;
    std::filesystem::path m_root;
    std::filesystem::path m_labelsFolder;
    QPointer<AnnotationDocument> m_current;
    std::shared_ptr<const datasets::MaskReader> m_maskReader;
    ImageId m_wanted;
    QSet<qint64> m_loading;
    std::vector<ImageId> m_recentlyUsed; // the latest last
    QSet<qint64> m_unkept;               // changed since the last recovery file
    QTimer m_keepTimer;
    int m_generation = 0;
    int m_saving = 0;
    int m_savedCount = 0;
    QThreadPool m_pool;
};

} // namespace guidino::ui
