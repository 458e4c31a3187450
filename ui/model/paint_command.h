// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/ids.h"
#include "ui/model/annotation_document.h"
#include "ui/model/packed_patch.h"
#include "ui/model/undo_text.h"

#include <QPointer>
#include <QUndoCommand>

#include <memory>

namespace guidino::ui {

/// One step of an image's labels. Holds ids, never a document: where that is gone, it does nothing.
class PaintCommand : public QUndoCommand
{
public:
    /// The patch is in the labels already; the first redo() only announces it. `model`: whose
    /// prediction the step took pixels of.
    PaintCommand(
        DocumentTable& table,
        ImageId image,
        std::shared_ptr<PackedPatch> patch,
        const QString& text,
        const QString& model = {});

    void undo() override;
    void redo() override;

    [[nodiscard]] const std::shared_ptr<PackedPatch>& patch() const { return m_patch; }

    /// Gives the step up, the oldest first, where the history takes too much memory.
    void drop();

private:
    void apply(bool isForward);

    QPointer<DocumentTable> m_table;
    ImageId m_image;
    std::shared_ptr<PackedPatch> m_patch;
    QString m_model;
    bool m_isApplied = true;
};

} // namespace guidino::ui
