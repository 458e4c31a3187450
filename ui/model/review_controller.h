// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/geometry.h"
#include "core/base/ids.h"
#include "core/base/label_map.h"
#include "core/project/review_state.h"
#include "core/project/review_value.h"
#include "ui/model/notice.h"

#include <QElapsedTimer>
#include <QObject>
#include <QSet>
#include <QString>
#include <QStringList>

#include <optional>
#include <vector>

namespace guidino::ui {

class AnnotationDocument;
class DatasetController;
class ProjectController;

/// The review of a project: which image is worth a look next and why, and what the reader decides
/// about it. A decision names one revision, goes into the audit trail and can be taken back. GUI
/// thread only.
class ReviewController : public QObject
{
    Q_OBJECT

public:
    /// One image of the queue.
    struct Item
    {
        ImageId image;
        QString name;     ///< the pseudonym: no file name is shown in the review
        double value = 0; ///< review value, [0, 1]
        std::vector<project::ReviewScore> scores; ///< the weightiest first
        project::ReviewStatus
            status; ///< of the reader where others are hidden, else of the project
        bool hasPrediction = false;

        [[nodiscard]] bool isOpen() const
        {
            return status.state == project::ReviewState::Unreviewed
                   || status.state == project::ReviewState::Reopened;
        }
    };

    /// What the reader judges.
    struct Subject
    {
        enum class Kind { Nothing, Prediction, Label };
        Kind kind = Kind::Nothing;
        RevisionId revision; ///< invalid for labels that are not stored yet
        LabelMap labels;     ///< empty where there is nothing
        QString text;        ///< "prediction of model 1a2b3c4d"
    };

    ReviewController(
        ProjectController& project, DatasetController& dataset, QObject* parent = nullptr);

    [[nodiscard]] const std::vector<Item>& queue() const { return m_queue; }

    /// The image on the desk; null before the first.
    [[nodiscard]] const Item* current() const;
    [[nodiscard]] const Item* item(ImageId image) const;

    /// The document of the current image; null while it is being read.
    [[nodiscard]] AnnotationDocument* document() const;

    [[nodiscard]] Subject subject() const;

    /// Images that are decided, and all.
    [[nodiscard]] int decidedCount() const;

    [[nodiscard]] int count() const { return static_cast<int>(m_queue.size()); }

    [[nodiscard]] QString reader() const;
    void setReader(const QString& name);

    /// Other readers' labels, decisions and notes are hidden until this reader has decided.
    [[nodiscard]] bool isBlinded() const { return m_isBlinded; }

    void setBlinded(bool isBlinded);

    /// Seconds spent go into the audit trail. Kept with the project.
    [[nodiscard]] bool recordsTime() const;
    void setRecordsTime(bool records);

    /// Texts of the digits 1 to 9, kept with the project.
    [[nodiscard]] QStringList reasonTexts() const;
    void setReasonTexts(const QStringList& texts);

    /// Which signals the order listens to.
    [[nodiscard]] bool isWanted(project::ReviewReason reason) const;
    void setWanted(project::ReviewReason reason, bool isWanted);

    [[nodiscard]] bool isActive() const { return m_isActive; }

    /// Opens the desk with the most valuable image, or leaves it.
    void setActive(bool isActive);

    /// The reason that the next decision gives; empty: none. One digit chooses, the same again
    /// clears.
    [[nodiscard]] const QString& reason() const { return m_reason; }

    void chooseReason(int digit);

    /// Decides about the subject and goes on to the next image. Edits that are not stored yet
    /// become a revision first; accepting a prediction makes it a human revision.
    void decide(project::Verdict verdict);

    [[nodiscard]] bool canUndo() const { return !m_done.empty(); }

    /// Takes the last decision of this session back and shows its image.
    void undo();

    /// The most valuable image that is not decided and was not passed over.
    void next();
    /// The image before.
    void back();
    void show(ImageId image);

    [[nodiscard]] std::vector<project::NoteRecord> notes() const;
    void addNote(PointF place, const QString& text);
    void resolveNote(std::int64_t note, bool isResolved);

    /// While true, the image is edited on the canvas, and comes back to the same place.
    [[nodiscard]] bool isCorrecting() const { return m_isCorrecting; }

    void beginCorrection();
    /// The edits become a revision; the case is open.
    void finishCorrection();

    /// Ranks anew: predictions came in, or reasons were switched.
    void rank();

Q_SIGNALS:
    /// The order or the states of the queue.
    void queueChanged();
    /// Another image is on the desk, or what is judged of it is another.
    void currentChanged();
    void activeChanged(bool isActive);
    void correctingChanged(bool isCorrecting);
    void reasonChanged();
    /// Every image is decided.
    void finished();
    void problemOccurred(const guidino::ui::Notice& notice);

private:
    /// A decision of this session, as it can be taken back.
    struct Done
    {
        ImageId image;
        RevisionId baseBefore;    ///< what the working labels were saved as
        bool hasReplaced = false; ///< the working labels became the accepted ones, as one step
    };

    void load();
    void refreshItem(ImageId image);
    [[nodiscard]] Result<RevisionId> storeEdits(AnnotationDocument& document);
    [[nodiscard]] Result<project::DecisionRecord>
    record(AnnotationDocument& document, project::Verdict verdict, Done& done);
    void putBack(const Done& done);
    void tell(const Error& error, const QString& what);
    [[nodiscard]] double secondsSpent() const;

    ProjectController& m_project;
    DatasetController& m_dataset;
    std::vector<Item> m_queue;
    QSet<int> m_unwanted;
    ImageId m_current;
    std::vector<ImageId> m_trail; ///< images that were on the desk, the latest last
    QSet<qint64> m_passed;
    std::vector<Done> m_done;
    std::optional<Done> m_putBack; ///< to be done once its image is loaded
    RevisionId m_correctedFrom;    ///< what the correction began with, where it was not the label
    QString m_reason;
    QElapsedTimer m_clock;
    double m_secondsBefore = 0; ///< spent on the current image before a correction
    bool m_isActive = false;
    bool m_isBlinded = false;
    bool m_isCorrecting = false;
};

} // namespace guidino::ui
