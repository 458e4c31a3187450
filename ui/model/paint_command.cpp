// SPDX-License-Identifier: Apache-2.0
#include "ui/model/paint_command.h"

#include <utility>

namespace guidino::ui {

PaintCommand::PaintCommand(
    DocumentTable& table,
    ImageId image,
    std::shared_ptr<PackedPatch> patch,
    const QString& text,
    const QString& model)
    : QUndoCommand(text)
    , m_table(&table)
    , m_image(image)
    , m_patch(std::move(patch))
    , m_model(model)
{}

void PaintCommand::undo()
{
    apply(false);
}

void PaintCommand::redo()
{
    apply(true);
}

void PaintCommand::drop()
{
    m_patch->drop();
    setObsolete(true);
}

void PaintCommand::apply(bool isForward)
{
    AnnotationDocument* document = m_table != nullptr ? m_table->document(m_image) : nullptr;
    if (document != nullptr) {
        document->applyPatch(
            m_patch->patch(), isForward, isForward && m_isApplied, {text(), m_model});
    }
    m_isApplied = isForward;
}

} // namespace guidino::ui
