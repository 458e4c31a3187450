// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/ids.h"
#include "core/base/label_map.h"
#include "core/editing/brush_stroke.h"
#include "core/editing/label_edit.h"
#include "core/project/stored_annotation.h"
#include "ui/model/display_adjustment.h"
#include "ui/model/image_pyramid.h"
#include "ui/model/label_class.h"
#include "ui/model/prediction.h"
#include "ui/model/undo_text.h"

#include <QHash>
#include <QObject>
#include <QRect>
#include <QUndoStack>

#include <functional>
#include <memory>
#include <optional>
#include <span>

namespace guidino::ui {

class DocumentTable;
class PaintCommand;

/// One image with the user's label map, its undo history and what the model says. The label map is
/// the working copy; it changes only through strokes and fills, each of which becomes one undoable
/// step that the project's journal keeps. GUI thread only.
class AnnotationDocument : public QObject
{
    Q_OBJECT

public:
    AnnotationDocument(ImageId id, Size size, DocumentTable& table);
    ~AnnotationDocument() override;

    [[nodiscard]] ImageId id() const { return m_id; }

    /// Of the image in pixels; known even while its pixels are not in memory.
    [[nodiscard]] Size size() const { return m_size; }

    /// Null while the pixels are not in memory.
    [[nodiscard]] const std::shared_ptr<const ImagePyramid>& image() const { return m_image; }

    void setImage(std::shared_ptr<const ImagePyramid> image);

    [[nodiscard]] const LabelMap& labels() const { return m_labels; }

    /// Replaces the labels from outside the history (a file that was read). Ends a stroke.
    void resetLabels(const LabelMap& labels);

    /// Labels and history as an earlier session left them. Ends a stroke.
    void restore(const project::StoredAnnotation& stored);

    /// Null until a model has answered.
    [[nodiscard]] const std::shared_ptr<const Prediction>& prediction() const
    {
        return m_prediction;
    }

    /// Replaces what the model says and ends a trial.
    void setPrediction(std::shared_ptr<const Prediction> prediction);

    /// What the model says under a guide that the user changed; null while the guide is its own.
    /// Never a label's source: a trial is shown, not accepted.
    [[nodiscard]] const std::shared_ptr<const Prediction>& trial() const { return m_trial; }

    void setTrial(std::shared_ptr<const Prediction> trial);

    /// What panes and read-outs show: the trial, else the prediction; may be null.
    [[nodiscard]] const std::shared_ptr<const Prediction>& shownPrediction() const
    {
        return m_trial != nullptr ? m_trial : m_prediction;
    }

    [[nodiscard]] QUndoStack& undoStack() { return m_undoStack; }

    /// Labels differ from what was saved last.
    [[nodiscard]] bool isModified() const { return !m_undoStack.isClean(); }

    /// Nothing can be painted: the project is open for reading only.
    [[nodiscard]] bool isReadOnly() const { return m_isReadOnly; }

    void setReadOnly(bool isReadOnly) { m_isReadOnly = isReadOnly; }

    /// What the steps of the history take.
    [[nodiscard]] std::size_t historyBytes() const;

    /// Counts the changes: equal numbers mean equal labels.
    [[nodiscard]] int labelsVersion() const { return m_labelsVersion; }

    /// The present labels are saved.
    void markSaved();

    // ---- how the image is shown; remembered for it, its pixels stay -----------------------------

    [[nodiscard]] const DisplayAdjustment& display() const { return m_display; }

    void setDisplay(const DisplayAdjustment& display);

    /// What is drawn: image(), or what its 16 bits are in the window of display(). Null as that.
    [[nodiscard]] const std::shared_ptr<const ImagePyramid>& shownImage() const
    {
        return m_windowed != nullptr ? m_windowed : m_image;
    }

    /// What is left of display() to be done with shownImage().
    [[nodiscard]] DisplayAdjustment shownDisplay() const;

    // ---- strokes: painted live, one undoable step at the end ------------------------------------

    /// Begins a stroke with a dab at `point` (image coordinates). An open stroke is committed.
    void
    beginStroke(std::uint8_t value, double radiusPx, PointF point, const editing::EditRules& rules);
    /// `radiusPx`: from here on, for pens with pressure; empty: as before.
    void continueStroke(std::span<const PointF> points, std::optional<double> radiusPx = {});
    /// Begins a stroke that paintOpen() fills. An open stroke is given up.
    void beginEdit(const editing::EditRules& rules);
    /// Paints into the open stroke, whichever tool began it; nothing without one.
    void paintOpen(const std::function<void(editing::LabelEdit&)>& paint);
    /// `model`: whose prediction it took pixels of (Prediction::sha256); empty: of none.
    void commitStroke(const UndoText& text, const QString& model = {});
    /// Puts the labels back as they were before the stroke.
    void cancelStroke();

    [[nodiscard]] bool isStroking() const { return m_edit != nullptr; }

    // ---- edits in one go ------------------------------------------------------------------------

    /// Whatever `edit` does, as one undoable step; none where nothing changes. `model` as in
    /// commitStroke().
    void change(
        const editing::EditRules& rules,
        const UndoText& text,
        const std::function<void(editing::LabelEdit&)>& edit,
        const QString& model = {});

    // ---- the prediction is a proposal until it is taken or dropped ------------------------------

    /// A prediction of this size that was not taken as a whole or dropped.
    [[nodiscard]] bool hasProposal() const;
    /// Copies the prediction into the labels. Nothing happens without one of this size.
    void usePrediction(const editing::EditRules& rules);
    /// Takes the predicted object under `seed`; on background, the labels' object there goes.
    void acceptRegion(Point seed, const editing::EditRules& rules, const LabelClasses& classes);
    /// Makes one class what the prediction says of it.
    void
    acceptClass(std::uint8_t value, const editing::EditRules& rules, const LabelClasses& classes);
    void dropProposal();
    void clearLabels(const editing::EditRules& rules);
    /// Puts tiles, whose `before` is what the labels hold, as one step.
    void applyTiles(const std::vector<project::TileChange>& tiles, const UndoText& text);
    /// Makes the labels these, of equal size, as one step.
    void replaceLabels(const LabelMap& labels, const UndoText& text);

    /// What the journal keeps of a step besides its tiles.
    struct StepNote
    {
        QString text;
        QString model;
    };

    /// For PaintCommand.
    void applyPatch(
        const editing::LabelPatch& patch,
        bool isForward,
        bool isAlreadyThere,
        const StepNote& note);

Q_SIGNALS:
    /// Pixels changed on the way of a stroke; once per turn of the event loop.
    void labelsPainted(const QRect& rect);
    /// A step was done, undone or redone, or the labels were replaced: once for each.
    void labelsChanged(const QRect& rect);
    void imageChanged();
    void predictionChanged();
    void displayChanged();
    void trialChanged();
    void modifiedChanged(bool isModified);

private:
    void paintedSome();
    void pushPatch(
        std::optional<editing::LabelPatch> patch, const UndoText& text, const QString& model = {});
    [[nodiscard]] int nextNumber() const;
    void noteModified();
    void makeWindowed();
    void packOldSteps();
    void limitHistory();
    [[nodiscard]] const PaintCommand* step(int index) const;

    ImageId m_id;
    Size m_size;
    DocumentTable& m_table;
    std::shared_ptr<const ImagePyramid> m_image;
    LabelMap m_labels;
    std::shared_ptr<const Prediction> m_prediction;
    bool m_isProposalOpen = false;
    DisplayAdjustment m_display;
    std::shared_ptr<const Prediction> m_trial;
    bool m_isDisplayChosen = false;                 // by the user
    std::shared_ptr<const ImagePyramid> m_windowed; // of an image of 16 bits
    std::pair<double, double> m_window;             // that it was made for
    QUndoStack m_undoStack;
    int m_labelsVersion = 0;
    bool m_isReadOnly = false;
    bool m_isRestoring = false; // the stack is filled; the labels are there already
    bool m_isPacking = false;
    bool m_wasModified = false;
    std::unique_ptr<editing::LabelEdit> m_edit;
    std::optional<editing::BrushStroke> m_stroke;
    QRect m_painted;
    bool m_isPaintSignalQueued = false;
};

/// All documents of an opened data set by their ids. Commands refer to documents through it, never
/// by pointer, so a document may go while its commands live. GUI thread only.
class DocumentTable : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    /// Takes each step that was made, undone or redone.
    using Journal = std::function<void(project::JournalEntry entry)>;

    void setJournal(Journal journal) { m_journal = std::move(journal); }

    void note(project::JournalEntry entry) const;

    /// Null where there is none.
    [[nodiscard]] AnnotationDocument* document(ImageId id) const;

    AnnotationDocument& create(ImageId id, Size size);

    [[nodiscard]] QList<AnnotationDocument*> documents() const { return m_documents.values(); }

    void remove(ImageId id);

    void clear();

private:
    Journal m_journal;
    QHash<qint64, AnnotationDocument*> m_documents; // children of this object
};

[[nodiscard]] inline QRect toQRect(const Rect& rect)
{
    return {rect.x, rect.y, rect.width, rect.height};
}

} // namespace guidino::ui
