// SPDX-License-Identifier: Apache-2.0
#include "ui/model/edit_controller.h"

#include "core/editing/cleanup.h"
#include "core/editing/region.h"
#include "ui/model/annotation_document.h"
#include "ui/model/dataset_controller.h"
#include "ui/model/tool_state.h"

#include <algorithm>
#include <cmath>

namespace guidino::ui {

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
