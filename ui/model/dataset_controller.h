// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "ui/model/annotation_document.h"
#include "ui/model/image_list_model.h"
#include "ui/model/label_class.h"
#include "ui/model/label_files.h"
#include "ui/model/notice.h"
#include "ui/model/project_survey.h"

#include <QByteArray>
#include <QHash>
#include <QObject>
#include <QPointer>
#include <QSet>
#include <QStringList>
#include <QThreadPool>
#include <QUndoGroup>

#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

namespace guidino::ui {

class ProjectController;
struct OpenedProject;

/// The images of the open project: which there are, which one is shown, and where labels go. Reads
/// images ahead, makes documents of what the project keeps (the newest human or imported revision
/// and the journal after it), hands each step to the journal, and saves: a human revision, and a
/// mask file where there is a labels folder. Files are read and written on background threads. GUI
/// thread only.
class DatasetController : public QObject
{
    Q_OBJECT

public:
    explicit DatasetController(ProjectController& project, QObject* parent = nullptr);
    ~DatasetController() override;

    [[nodiscard]] ProjectController& project() { return m_project; }

    [[nodiscard]] ImageListModel& images() { return m_images; }

    [[nodiscard]] QUndoGroup& undoGroup() { return m_undoGroup; }

    [[nodiscard]] const LabelClasses& classes() const;

    [[nodiscard]] bool isOpen() const { return !m_images.entries().empty(); }

    /// The shown image; null while none is.
    [[nodiscard]] AnnotationDocument* current() const { return m_current; }

    /// Null where it was not shown yet, or long ago.
    [[nodiscard]] AnnotationDocument* document(ImageId id) const
    {
        return m_documents.document(id);
    }

    /// The folder that masks are saved to; empty: they are kept in the project only.
    [[nodiscard]] const std::filesystem::path& labelsFolder() const { return m_labelsFolder; }

    /// Where the labels of an image are kept.
    [[nodiscard]] LabelSource labelSourceOf(const ImageEntry& entry) const;

    /// Images whose labels are not saved: in the journal only.
    [[nodiscard]] int modifiedCount() const { return static_cast<int>(m_unsaved.size()); }

    /// The revision that the labels of a loaded image were saved as; invalid: none.
    [[nodiscard]] RevisionId baseOf(ImageId id) const { return m_bases.value(id.value); }

    /// The present labels of a loaded image are this revision (invalid: none, they are background
    /// again): nothing is unsaved.
    void noteRevision(ImageId id, RevisionId revision);

    /// Images whose unsaved labels came back after the program had ended without closing the
    /// project.
    [[nodiscard]] const std::vector<ImageId>& recovered() const { return m_recovered; }

    /// One project, one folder, or any number of image files. opened() or problemOccurred()
    /// follows.
    void open(const QStringList& paths);

    /// Shows an image of the list; currentChanged() follows when it has been read.
    void show(int row);
    void showNext();
    void showPrevious();

    /// Saves all images with unsaved labels; saved() or problemOccurred() follows.
    void save();

    /// Masks go there from now on; an empty path: nowhere.
    void setLabelsFolder(const std::filesystem::path& folder);

    /// Puts all steps on disk; for the end of the program.
    void flush();

    /// Goes back to the saved labels of all images: after the user confirmed it.
    void discardUnsaved();
    /// The same for one image.
    void discardUnsaved(ImageId id);

    /// Shows what was added to the project behind the images of the list.
    void showAdded(std::shared_ptr<const datasets::MaskReader> maskReader);

    /// Stores what a model (SHA-256 of its bundle) said of an image, as encodeLabels() made bytes of
    /// it; the newest prediction where it is the same.
    [[nodiscard]] Result<RevisionId>
    keepPrediction(ImageId image, const QString& model, const QByteArray& labels);

    /// The journal has edits of an image that no document made.
    void noteEditedElsewhere(ImageId id);

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
    /// The labels of so many images are saved.
    void saved(int count);
    /// The latest stroke is in the journal on disk.
    void kept();

private:
    struct Loaded;
    struct ToSave;

    void adopt(OpenedProject& content);
    void clear();
    void load(int row);
    void finishLoading(ImageId id, Result<std::shared_ptr<const Loaded>> result);
    void failLoading(int row, const Error& error);
    AnnotationDocument& makeDocument(const ImageEntry& entry, const Loaded& loaded);
    void importMask(
        const ImageEntry& entry,
        const QByteArray& labels,
        const std::vector<std::uint8_t>& classes);
    void addClassesUpTo(int largest);
    void makeCurrent(AnnotationDocument& document);
    void noteUse(ImageId id);
    void dropOldDocuments();
    void noteLabels(AnnotationDocument& document);
    void setUnsaved(ImageId id, bool isUnsaved);
    void saveOne(const ImageEntry& entry);
    void noteSaved(ImageId image, int version, const Result<ToSave>& labels);
    /// Labels that are a prediction as it was are "taken" over from it.
    void noteIfPredicted(
        const AnnotationDocument* document,
        const QByteArray& labels,
        project::RevisionRecord& record);
    void refreshEntry(ImageId id);
    void startSurvey();
    void noteFindings(const std::vector<SurveyFinding>& findings);
    void tellWhatWasFound(const OpenedProject& content);

    ProjectController& m_project;
    ImageListModel m_images;
    QUndoGroup m_undoGroup;
    DocumentTable m_documents;
    ProjectSurvey m_survey;
    std::filesystem::path m_labelsFolder;
    QPointer<AnnotationDocument> m_current;
    std::shared_ptr<const datasets::MaskReader> m_maskReader;
    ImageId m_wanted;
    QSet<qint64> m_loading;
    std::vector<ImageId> m_recentlyUsed; // the latest last
    QSet<qint64> m_unsaved;
    QHash<qint64, RevisionId> m_bases; // what the saved labels of loaded documents are
    std::vector<ImageId> m_recovered;
    int m_generation = 0;
    int m_saving = 0;
    int m_savedCount = 0;
    bool m_isImporting = false;
    QThreadPool m_pool;
};

} // namespace guidino::ui
