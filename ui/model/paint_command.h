// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/ids.h"
#include "core/editing/label_patch.h"
#include "ui/model/annotation_document.h"
#include "ui/model/undo_text.h"

#include <QPointer>
#include <QUndoCommand>

namespace guidino::ui {

/// A committed edit on the undo stack. Its pixels are already in the label map when it is pushed,
/// so the first redo() only tells. Holds the image's id, never its document.
class PaintCommand : public QUndoCommand
{
public:
    PaintCommand(
        DocumentTable& table, ImageId image, editing::LabelPatch patch, const UndoText& text);

    void undo() override;
    void redo() override;

private:
    void apply(bool isForward);

    QPointer<DocumentTable> m_table;
    ImageId m_image;
    editing::LabelPatch m_patch;
    bool m_isApplied = true;
};

} // namespace guidino::ui
