// SPDX-License-Identifier: Apache-2.0
#include "ui/model/annotation_document.h"

#include "core/editing/fill.h"
#include "ui/model/paint_command.h"

#include <QTimer>

#include <cmath>
#include <utility>

namespace guidino::ui {

namespace {

/// Strokes kept per image; a step holds the tiles it changed, some 10 to 100 KiB each.
constexpr int kUndoLimit = 500;

} // namespace

AnnotationDocument::AnnotationDocument(ImageId id, Size size, DocumentTable& table)
    : QObject(&table)
    , m_id(id)
    , m_size(size)
    , m_table(table)
    , m_labels(size)
{
    m_undoStack.setUndoLimit(kUndoLimit);
    connect(&m_undoStack, &QUndoStack::cleanChanged, this, [this] { noteModified(); });
}

AnnotationDocument::~AnnotationDocument()
{
    // An open stroke goes back on its own; nobody is left to be told.
    m_undoStack.disconnect(this);
}

void AnnotationDocument::setImage(std::shared_ptr<const ImagePyramid> image)
{
    m_image = std::move(image);
    Q_EMIT imageChanged();
}

void AnnotationDocument::resetLabels(const LabelMap& labels)
{
    cancelStroke();
    m_labels = labels.size() == m_size ? labels : LabelMap(m_size);
    m_undoStack.clear();
    m_isRecovered = false;
    ++m_labelsVersion;
    noteModified();
    Q_EMIT labelsChanged(toQRect(m_labels.bounds()));
}

void AnnotationDocument::setPrediction(std::shared_ptr<const Prediction> prediction)
{
    m_prediction = std::move(prediction);
    Q_EMIT predictionChanged();
}

void AnnotationDocument::markSaved()
{
    m_isRecovered = false;
    m_undoStack.setClean();
    noteModified();
}

void AnnotationDocument::markRecovered()
{
    m_isRecovered = true;
    noteModified();
}

void AnnotationDocument::noteModified()
{
    const bool isNow = isModified();
    if (isNow != std::exchange(m_wasModified, isNow)) {
        Q_EMIT modifiedChanged(isNow);
    }
}

void AnnotationDocument::beginStroke(
    std::uint8_t value, double radiusPx, PointF point, const editing::EditRules& rules)
{
    cancelStroke();
    m_edit = std::make_unique<editing::LabelEdit>(m_labels, rules);
    m_stroke.emplace(*m_edit, value, radiusPx);
    m_stroke->moveTo(point);
    paintedSome();
}

void AnnotationDocument::continueStroke(std::span<const PointF> points)
{
    if (!m_stroke) {
        return;
    }
    for (const PointF& point : points) {
        m_stroke->moveTo(point);
    }
    paintedSome();
}

void AnnotationDocument::commitStroke(const UndoText& text)
{
    if (!m_edit) {
        return;
    }
    m_stroke.reset();
    pushPatch(m_edit->commit(), text);
    m_edit.reset();
}

void AnnotationDocument::cancelStroke()
{
    if (!m_edit) {
        return;
    }
    m_stroke.reset();
    m_edit->revert();
    m_edit.reset();
    Q_EMIT labelsPainted(toQRect(m_labels.bounds()));
}

void AnnotationDocument::floodFill(
    Point seed, std::uint8_t value, const editing::EditRules& rules, const UndoText& text)
{
    cancelStroke();
    editing::LabelEdit edit(m_labels, rules);
    editing::floodFill(edit, seed, value);
    pushPatch(edit.commit(), text);
}

void AnnotationDocument::fillPolygon(
    std::span<const PointF> corners,
    std::uint8_t value,
    const editing::EditRules& rules,
    const UndoText& text)
{
    cancelStroke();
    editing::LabelEdit edit(m_labels, rules);
    editing::fillPolygon(edit, corners, value);
    pushPatch(edit.commit(), text);
}

void AnnotationDocument::usePrediction(const editing::EditRules& rules)
{
    if (m_prediction == nullptr || m_prediction->labels.size() != m_size) {
        return;
    }
    cancelStroke();
    editing::LabelEdit edit(m_labels, rules);
    edit.setPixels(m_prediction->labels.toRaster(), {0, 0});
    pushPatch(edit.commit(), UndoText::usePrediction());
}

void AnnotationDocument::clearLabels(const editing::EditRules& rules)
{
    cancelStroke();
    editing::LabelEdit edit(m_labels, rules);
    for (int y = 0; y < m_size.height; ++y) {
        edit.setRun(y, 0, m_size.width, 0);
    }
    pushPatch(edit.commit(), UndoText::clearLabels());
}

void AnnotationDocument::applyPatch(
    const editing::LabelPatch& patch, bool isForward, bool isAlreadyThere)
{
    if (!isAlreadyThere) {
        cancelStroke();
        if (isForward) {
            patch.apply(m_labels);
        } else {
            patch.revert(m_labels);
        }
    }
    ++m_labelsVersion;
    Q_EMIT labelsChanged(toQRect(patch.dirtyRect()));
}

void AnnotationDocument::pushPatch(std::optional<editing::LabelPatch> patch, const UndoText& text)
{
    if (patch) {
        m_undoStack.push(new PaintCommand(m_table, m_id, std::move(*patch), text));
        noteModified();
    }
}

void AnnotationDocument::paintedSome()
{
    m_painted = m_painted.united(toQRect(m_edit->takeDirtyRect()));
    if (m_painted.isEmpty() || std::exchange(m_isPaintSignalQueued, true)) {
        return;
    }
    // Pointers report up to 1000 times a second; views hear of it once per turn of the event loop.
    QTimer::singleShot(0, this, [this] {
        m_isPaintSignalQueued = false;
        Q_EMIT labelsPainted(std::exchange(m_painted, {}));
    });
}

AnnotationDocument* DocumentTable::document(ImageId id) const
{
    return m_documents.value(id.value, nullptr);
}

AnnotationDocument& DocumentTable::create(ImageId id, Size size)
{
    delete m_documents.take(id.value);
    auto* document = new AnnotationDocument(id, size, *this);
    m_documents.insert(id.value, document);
    return *document;
}

void DocumentTable::clear()
{
    qDeleteAll(std::exchange(m_documents, {}));
}

} // namespace guidino::ui
