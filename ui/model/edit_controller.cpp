// SPDX-License-Identifier: Apache-2.0
#include "ui/model/edit_controller.h"

#include "core/editing/cleanup.h"
#include "core/editing/interpolation.h"
#include "ui/model/annotation_document.h"
#include "ui/model/dataset_controller.h"
#include "ui/model/label_files.h"
#include "ui/model/tool_state.h"

#include <algorithm>
#include <cmath>

namespace guidino::ui {

namespace {

/// How far an image is looked for that has the class, in rows of the list.
constexpr int kFarthest = 100;

bool hasClass(const LabelMap& labels, std::uint8_t value)
{
    LabelMap::TilePtr last; // large parts of a map are one shared tile
    for (std::size_t i = 0; i < labels.tileCount(); ++i) {
        const LabelMap::TilePtr& tile = labels.tile(i);
        if (tile != last && std::find(tile->begin(), tile->end(), value) != tile->end()) {
            return true;
        }
        last = tile;
    }
    return false;
}

} // namespace

EditController::EditController(DatasetController& dataset, ToolState& tools, QObject* parent)
    : QObject(parent)
    , m_dataset(dataset)
    , m_tools(tools)
{}

void EditController::changeClass(
    UndoText::Step step, const std::function<void(editing::LabelEdit&, std::uint8_t)>& edit)
{
    AnnotationDocument* shown = m_dataset.current();
    const std::uint8_t value = m_tools.labelClass();
    if (shown == nullptr || value == 0) {
        return;
    }
    shown->change(
        m_tools.rules(),
        UndoText::of(step, classNameOf(m_dataset.classes(), value)),
        [&](editing::LabelEdit& open) { edit(open, value); });
}

void EditController::fillHoles()
{
    changeClass(UndoText::Step::FillHoles, [](editing::LabelEdit& edit, std::uint8_t value) {
        editing::fillHoles(edit, value);
    });
}

void EditController::keepLargest()
{
    changeClass(UndoText::Step::KeepLargest, editing::keepLargest);
}

void EditController::removeSmall()
{
    changeClass(UndoText::Step::RemoveSmall, [](editing::LabelEdit& edit, std::uint8_t value) {
        const std::int64_t area = editing::regionOfClass(edit.map(), value).area();
        editing::removeSmall(edit, value, std::max<std::int64_t>(area / 100, 2));
    });
}

void EditController::grow()
{
    changeClass(UndoText::Step::Grow, [this](editing::LabelEdit& edit, std::uint8_t value) {
        editing::grow(edit, value, m_tools.stepPx());
    });
}

void EditController::shrink()
{
    changeClass(UndoText::Step::Shrink, [this](editing::LabelEdit& edit, std::uint8_t value) {
        editing::shrink(edit, value, m_tools.stepPx());
    });
}

void EditController::smooth()
{
    changeClass(UndoText::Step::Smooth, [this](editing::LabelEdit& edit, std::uint8_t value) {
        editing::smooth(edit, value, m_tools.stepPx());
    });
}

// ---- between images ---------------------------------------------------------------------------

/// As far as it is known without reading files.
bool EditController::mayHoldClass(int row) const
{
    const ImageEntry& entry = m_dataset.images().entry(row);
    const std::uint8_t value = m_tools.labelClass();
    if (const AnnotationDocument* document = m_dataset.document(entry.id)) {
        return document->size() == m_dataset.current()->size()
               && hasClass(document->labels(), value);
    }
    const bool isKnown = !entry.classes.empty() && !entry.isEdited;
    return entry.isLabelled && (entry.size.isEmpty() || entry.size == m_dataset.current()->size())
           && (!isKnown
               || std::find(entry.classes.begin(), entry.classes.end(), value)
                      != entry.classes.end());
}

/// The nearest from a row on (that one not), of the same patient or case.
std::optional<int> EditController::rowOfNeighbour(int from, int step) const
{
    const ImageListModel& images = m_dataset.images();
    const int shown = images.rowOf(m_dataset.current()->id());
    for (int row = from + step;
         row >= 0 && row < images.rowCount() && std::abs(row - shown) <= kFarthest;
         row += step) {
        if (images.entry(row).group != images.entry(shown).group) {
            break;
        }
        if (mayHoldClass(row)) {
            return row;
        }
    }
    return std::nullopt;
}

std::optional<EditController::Neighbour> EditController::neighbour(int step) const
{
    const AnnotationDocument& shown = *m_dataset.current();
    const int from = m_dataset.images().rowOf(shown.id());
    for (auto row = rowOfNeighbour(from, step); row; row = rowOfNeighbour(*row, step)) {
        const ImageEntry& entry = m_dataset.images().entry(*row);
        const AnnotationDocument* document = m_dataset.document(entry.id);
        const LabelMap labels =
            document != nullptr ? document->labels()
                                : findLabels(m_dataset.labelSourceOf(entry), shown.size()).labels;
        editing::Region region = editing::regionOfClass(labels, m_tools.labelClass());
        if (region.area() > 0) {
            return Neighbour{std::move(region), std::abs(*row - from)};
        }
    }
    return std::nullopt;
}

void EditController::interpolate()
{
    if (!reasonNoInterpolation().isEmpty()) {
        return;
    }
    const std::optional<Neighbour> before = neighbour(-1);
    const std::optional<Neighbour> after = neighbour(1);
    if (!before || !after) {
        Q_EMIT problemOccurred(
            {Notice::Severity::Warning,
             tr("There is nothing to interpolate between."),
             tr("The labels of the images before and after this one do not have the class %1.")
                 .arg(classNameOf(m_dataset.classes(), m_tools.labelClass())),
             Notice::Action::None,
             QStringLiteral("image")});
        return;
    }
    const double share = static_cast<double>(before->rows) / (before->rows + after->rows);
    const editing::Region between =
        editing::shapeBetween(before->region, after->region, share, m_dataset.current()->size());
    changeClass(UndoText::Step::Interpolate, [&](editing::LabelEdit& edit, std::uint8_t value) {
        editing::replaceInRegion(edit, between, 0, value);
    });
}

void EditController::acceptProposal()
{
    if (AnnotationDocument* shown = m_dataset.current()) {
        shown->usePrediction(m_tools.rules());
    }
}

void EditController::acceptRegion(PointF image)
{
    if (AnnotationDocument* shown = m_dataset.current()) {
        shown->acceptRegion(
            {static_cast<int>(std::floor(image.x)), static_cast<int>(std::floor(image.y))},
            m_tools.rules(),
            m_dataset.classes());
    }
}

void EditController::acceptClass()
{
    AnnotationDocument* shown = m_dataset.current();
    if (shown != nullptr && m_tools.labelClass() != 0) {
        shown->acceptClass(m_tools.labelClass(), m_tools.rules(), m_dataset.classes());
    }
}

void EditController::dropProposal()
{
    if (AnnotationDocument* shown = m_dataset.current()) {
        shown->dropProposal();
    }
}

void EditController::toggleLock()
{
    const std::uint8_t value = m_tools.labelClass();
    m_tools.setLocked(value, !m_tools.rules().lockedClasses.test(value));
}

QString EditController::reasonNoEdit() const
{
    if (m_dataset.current() == nullptr) {
        return tr("Open an image first.");
    }
    if (m_tools.labelClass() == 0) {
        return tr("Choose a class first: the background cannot be cleaned up.");
    }
    if (m_tools.rules().lockedClasses.test(m_tools.labelClass())) {
        return tr("The class is locked (Ctrl+L).");
    }
    return {};
}

QString EditController::reasonNoInterpolation() const
{
    const QString noEdit = reasonNoEdit();
    if (!noEdit.isEmpty()) {
        return noEdit;
    }
    const int row = m_dataset.images().rowOf(m_dataset.current()->id());
    return rowOfNeighbour(row, -1) && rowOfNeighbour(row, 1)
               ? QString()
               : tr("An image before and one after this one, of the same size and case, must have "
                    "the class.");
}

QString EditController::reasonNoProposal() const
{
    const AnnotationDocument* shown = m_dataset.current();
    if (shown == nullptr) {
        return tr("Open an image first.");
    }
    if (shown->prediction() == nullptr) {
        return tr("Run the model first (R).");
    }
    return shown->hasProposal() ? QString() : tr("The prediction was taken or dropped already.");
}

} // namespace guidino::ui
