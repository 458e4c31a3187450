// SPDX-License-Identifier: Apache-2.0
#include "ui/model/annotation_document.h"

#include "core/editing/region.h"
#include "ui/model/afterwards.h"
#include "ui/model/paint_command.h"

#include <QTimer>
#include <QtConcurrentRun>

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>
#include <vector>

namespace guidino::ui {

namespace {

/// Steps kept per image, and the memory that they may take; the oldest go first.
constexpr int kUndoLimit = 500;
constexpr std::size_t kUndoBytes = std::size_t{256} << 20;
/// The latest steps stay as tiles (some 10 to 100 KiB each), older ones are packed.
constexpr int kPlainSteps = 16;

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
    m_windowed = nullptr;
    if (m_image != nullptr && m_image->deep() != nullptr && !m_isDisplayChosen) {
        std::tie(m_display.low, m_display.high) = m_image->usedRange();
    }
    makeWindowed();
    Q_EMIT imageChanged();
}

void AnnotationDocument::resetLabels(const LabelMap& labels)
{
    cancelStroke();
    m_labels = labels.size() == m_size ? labels : LabelMap(m_size);
    m_undoStack.clear();
    ++m_labelsVersion;
    noteModified();
    Q_EMIT labelsChanged(toQRect(m_labels.bounds()));
}

void AnnotationDocument::restore(const project::StoredAnnotation& stored)
{
    cancelStroke();
    m_labels = stored.labels.size() == m_size ? stored.labels : LabelMap(m_size);
    // More steps than the stack keeps: the oldest stay in the journal until it is pruned.
    const int count = static_cast<int>(stored.steps.size());
    const int left = std::clamp(count - kUndoLimit, 0, stored.index);
    m_isRestoring = true;
    m_undoStack.clear();
    for (int i = left; i < count; ++i) {
        const project::StoredStep& one = stored.steps[static_cast<std::size_t>(i)];
        m_undoStack.push(new PaintCommand(
            m_table,
            m_id,
            std::make_shared<PackedPatch>(one.tiles, m_labels),
            one.text,
            one.model));
    }
    const int saved = stored.savedIndex - left;
    if (stored.savedIndex >= 0 && saved >= 0 && saved <= m_undoStack.count()) {
        m_undoStack.setIndex(saved);
        m_undoStack.setClean();
    } else {
        m_undoStack.resetClean();
    }
    m_undoStack.setIndex(stored.index - left);
    m_isRestoring = false;
    ++m_labelsVersion;
    packOldSteps();
    noteModified();
    Q_EMIT labelsChanged(toQRect(m_labels.bounds()));
}

void AnnotationDocument::setPrediction(std::shared_ptr<const Prediction> prediction)
{
    m_prediction = std::move(prediction);
    m_isProposalOpen = m_prediction != nullptr;
    setTrial(nullptr); // it was of another answer
    Q_EMIT predictionChanged();
}

void AnnotationDocument::setTrial(std::shared_ptr<const Prediction> trial)
{
    if (m_trial != trial) {
        m_trial = std::move(trial);
        Q_EMIT trialChanged();
    }
}

void AnnotationDocument::markSaved()
{
    m_undoStack.setClean();
    noteModified();
}

void AnnotationDocument::noteModified()
{
    if (m_isRestoring) {
        return;
    }
    const bool isNow = isModified();
    if (isNow != std::exchange(m_wasModified, isNow)) {
        Q_EMIT modifiedChanged(isNow);
    }
}

void AnnotationDocument::beginStroke(
    std::uint8_t value, double radiusPx, PointF point, const editing::EditRules& rules)
{
    cancelStroke();
    if (m_isReadOnly) {
        return;
    }
    m_edit = std::make_unique<editing::LabelEdit>(m_labels, rules);
    m_stroke.emplace(*m_edit, value, radiusPx);
    m_stroke->moveTo(point);
    paintedSome();
}

void AnnotationDocument::beginEdit(const editing::EditRules& rules)
{
    cancelStroke();
    m_edit = std::make_unique<editing::LabelEdit>(m_labels, rules);
}

void AnnotationDocument::paintOpen(const std::function<void(editing::LabelEdit&)>& paint)
{
    if (m_edit) {
        paint(*m_edit);
        paintedSome();
    }
}

void AnnotationDocument::continueStroke(
    std::span<const PointF> points, std::optional<double> radiusPx)
{
    if (!m_stroke) {
        return;
    }
    if (radiusPx) {
        m_stroke->setRadiusPx(*radiusPx);
    }
    for (const PointF& point : points) {
        m_stroke->moveTo(point);
    }
    paintedSome();
}

void AnnotationDocument::commitStroke(const UndoText& text, const QString& model)
{
    if (!m_edit) {
        return;
    }
    m_stroke.reset();
    pushPatch(m_edit->commit(), text, model);
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

void AnnotationDocument::change(
    const editing::EditRules& rules,
    const UndoText& text,
    const std::function<void(editing::LabelEdit&)>& edit,
    const QString& model)
{
    cancelStroke();
    editing::LabelEdit open(m_labels, rules);
    edit(open);
    pushPatch(open.commit(), text, model);
}

bool AnnotationDocument::hasProposal() const
{
    return m_isProposalOpen && m_prediction != nullptr && m_prediction->labels.size() == m_size;
}

void AnnotationDocument::acceptRegion(
    Point seed, const editing::EditRules& rules, const LabelClasses& classes)
{
    if (!hasProposal() || !m_labels.bounds().contains(seed)) {
        return;
    }
    const std::uint8_t value = m_prediction->labels.at(seed.x, seed.y);
    const std::uint8_t present = m_labels.at(seed.x, seed.y);
    change(
        rules,
        UndoText::of(UndoText::Step::AcceptRegion, classNameOf(classes, value)),
        [&](editing::LabelEdit& edit) {
            if (value != 0) {
                editing::paintRegion(edit, editing::regionAt(m_prediction->labels, seed), value);
            } else if (present != 0) {
                editing::replaceInRegion(edit, editing::regionAt(m_labels, seed), present, 0);
            }
        },
        m_prediction->sha256);
}

void AnnotationDocument::acceptClass(
    std::uint8_t value, const editing::EditRules& rules, const LabelClasses& classes)
{
    if (!hasProposal()) {
        return;
    }
    change(
        rules,
        UndoText::of(UndoText::Step::AcceptClass, classNameOf(classes, value)),
        [&](editing::LabelEdit& edit) {
            editing::replaceInRegion(edit, editing::regionOfClass(m_labels, value), value, 0);
            editing::paintRegion(edit, editing::regionOfClass(m_prediction->labels, value), value);
        },
        m_prediction->sha256);
}

DisplayAdjustment AnnotationDocument::shownDisplay() const
{
    DisplayAdjustment display = m_display;
    if (m_windowed != nullptr) {
        display.low = 0;
        display.high = 1;
    }
    return display;
}

void AnnotationDocument::makeWindowed()
{
    const std::pair wanted(m_display.low, m_display.high);
    if (m_image == nullptr || m_image->deep() == nullptr || wanted == std::pair(0.0, 1.0)) {
        m_windowed = nullptr;
    } else if (m_windowed == nullptr || wanted != m_window) {
        m_windowed = m_image->windowed(m_display.low, m_display.high);
        m_window = wanted;
    }
}

void AnnotationDocument::dropProposal()
{
    if (std::exchange(m_isProposalOpen, false)) {
        Q_EMIT predictionChanged();
    }
}

void AnnotationDocument::setDisplay(const DisplayAdjustment& display)
{
    if (m_display != display) {
        m_display = display;
        m_isDisplayChosen = true;
        makeWindowed();
        Q_EMIT displayChanged();
    }
}

void AnnotationDocument::usePrediction(const editing::EditRules& rules)
{
    if (m_prediction == nullptr || m_prediction->labels.size() != m_size) {
        return;
    }
    cancelStroke();
    editing::LabelEdit edit(m_labels, rules);
    edit.setPixels(m_prediction->labels.toRaster(), {0, 0});
    pushPatch(edit.commit(), UndoText::usePrediction(), m_prediction->sha256);
    dropProposal();
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

void AnnotationDocument::replaceLabels(const LabelMap& labels, const UndoText& text)
{
    if (labels.size() != m_size) {
        return;
    }
    cancelStroke();
    editing::LabelEdit edit(m_labels);
    edit.setPixels(labels.toRaster(), {0, 0});
    pushPatch(edit.commit(), text);
}

void AnnotationDocument::applyTiles(
    const std::vector<project::TileChange>& tiles, const UndoText& text)
{
    cancelStroke();
    editing::LabelEdit edit(m_labels);
    for (const project::TileChange& one : tiles) {
        const Rect bounds =
            one.tile < m_labels.tileCount() ? m_labels.tileBounds(one.tile) : Rect();
        Raster8 pixels(std::max(bounds.width, 1), std::max(bounds.height, 1));
        for (int y = 0; y < bounds.height; ++y) {
            for (int x = 0; x < bounds.width; ++x) {
                pixels.at(x, y) =
                    (*one.after)[static_cast<std::size_t>(y * LabelMap::kTileSide + x)];
            }
        }
        if (!bounds.isEmpty()) {
            edit.setPixels(pixels, {bounds.x, bounds.y});
        }
    }
    pushPatch(edit.commit(), text);
}

void AnnotationDocument::applyPatch(
    const editing::LabelPatch& patch, bool isForward, bool isAlreadyThere, const StepNote& note)
{
    if (m_isRestoring) {
        return;
    }
    if (!isAlreadyThere) {
        cancelStroke();
        if (isForward) {
            patch.apply(m_labels);
        } else {
            patch.revert(m_labels);
        }
    }
    ++m_labelsVersion;
    project::JournalEntry entry;
    entry.image = m_id;
    if (isAlreadyThere) {
        entry.text = note.text;
        entry.model = note.model;
        entry.tiles = PackedPatch::tilesOf(patch);
    } else {
        entry.kind = isForward ? project::JournalKind::Redo : project::JournalKind::Undo;
    }
    m_table.note(std::move(entry));
    Q_EMIT labelsChanged(toQRect(patch.dirtyRect()));
}

int AnnotationDocument::nextNumber() const
{
    // Not the stack's index: that stays where it is once the oldest steps go.
    const int last = m_undoStack.index();
    for (int i = last; i-- > 0;) {
        if (const int number = UndoText::numberOf(m_undoStack.text(i)); number > 0) {
            return number + last - i;
        }
    }
    const int first = m_undoStack.count() > 0 ? UndoText::numberOf(m_undoStack.text(0)) : 0;
    return last == 0 && first > 0 ? first : last + 1;
}

void AnnotationDocument::pushPatch(
    std::optional<editing::LabelPatch> patch, const UndoText& text, const QString& model)
{
    if (patch && m_isReadOnly) { // every tool ends here, so nothing gets past this
        patch->revert(m_labels);
        Q_EMIT labelsPainted(toQRect(patch->dirtyRect()));
        return;
    }
    if (patch) {
        m_undoStack.push(new PaintCommand(
            m_table,
            m_id,
            std::make_shared<PackedPatch>(std::move(*patch)),
            text.numbered(nextNumber()).text(),
            model));
        limitHistory();
        packOldSteps();
        noteModified();
    }
}

const PaintCommand* AnnotationDocument::step(int index) const
{
    return dynamic_cast<const PaintCommand*>(m_undoStack.command(index));
}

std::size_t AnnotationDocument::historyBytes() const
{
    std::size_t bytes = 0;
    for (int i = 0; i < m_undoStack.count(); ++i) {
        const PaintCommand* one = step(i);
        bytes += one != nullptr ? one->patch()->memoryBytes() : 0;
    }
    return bytes;
}

void AnnotationDocument::limitHistory()
{
    std::size_t bytes = 0;
    for (int i = m_undoStack.count(); i-- > 0;) {
        const PaintCommand* one = step(i);
        if (one == nullptr) {
            continue;
        }
        bytes += one->patch()->memoryBytes();
        if (bytes > kUndoBytes && i + 1 < m_undoStack.count()) {
            // The stack has no way to drop its oldest commands; obsolete ones go when it meets
            // them.
            const_cast<PaintCommand*>(one)->drop(); // NOLINT(cppcoreguidelines-pro-type-const-cast)
        }
    }
}

void AnnotationDocument::packOldSteps()
{
    if (m_isPacking) {
        return;
    }
    constexpr std::size_t kAtOnce = 64;
    std::vector<std::shared_ptr<PackedPatch>> old;
    for (int i = m_undoStack.count() - kPlainSteps; i-- > 0 && old.size() < kAtOnce;) {
        const PaintCommand* one = step(i);
        if (one != nullptr && !one->patch()->isPacked() && !one->isObsolete()) {
            old.push_back(one->patch());
        }
    }
    if (old.empty()) {
        return;
    }
    std::vector<editing::LabelPatch> patches;
    std::transform(old.begin(), old.end(), std::back_inserter(patches), [](const auto& one) {
        return one->patch();
    });
    m_isPacking = true;
    afterwards(
        QtConcurrent::run([patches = std::move(patches)] {
            std::vector<QByteArray> packed;
            std::transform(
                patches.begin(), patches.end(), std::back_inserter(packed), &PackedPatch::packedOf);
            return packed;
        }),
        this,
        [this, old = std::move(old)](const std::vector<QByteArray>& packed) {
            for (std::size_t i = 0; i < old.size(); ++i) {
                old[i]->setPacked(packed[i]);
            }
            m_isPacking = false;
            packOldSteps();
        });
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

void DocumentTable::note(project::JournalEntry entry) const
{
    if (m_journal) {
        m_journal(std::move(entry));
    }
}

void DocumentTable::remove(ImageId id)
{
    delete m_documents.take(id.value);
}

void DocumentTable::clear()
{
    qDeleteAll(std::exchange(m_documents, {}));
}

} // namespace guidino::ui
