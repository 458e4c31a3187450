// SPDX-License-Identifier: Apache-2.0
#include "ui/model/paint_command.h"

#include <utility>

namespace guidino::ui {

PaintCommand::PaintCommand(
    DocumentTable& table, ImageId image, editing::LabelPatch patch, const UndoText& text)
    : QUndoCommand(text.text())
    , m_table(&table)
    , m_image(image)
    , m_patch(std::move(patch))
{}

void PaintCommand::undo()
{
    apply(false);
}

void PaintCommand::redo()
{
    apply(true);
}

void PaintCommand::apply(bool isForward)
{
    AnnotationDocument* document = m_table != nullptr ? m_table->document(m_image) : nullptr;
    if (document != nullptr) {
        document->applyPatch(m_patch, isForward, isForward && m_isApplied);
    }
    m_isApplied = isForward;
}

} // namespace guidino::ui
