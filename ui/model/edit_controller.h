// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/geometry.h"
#include "ui/model/undo_text.h"

#include <QObject>
#include <QString>

#include <functional>

namespace guidino::editing {
class LabelEdit;
}

namespace guidino::ui {

class DatasetController;
class ToolState;

/// Edits of the shown image that need no pointer: clean-up of the class in hand, what becomes of a
/// proposal, locks. Each is one undoable step and heeds the rules of ToolState. GUI thread only.
class EditController : public QObject
{
    Q_OBJECT

public:
    EditController(DatasetController& dataset, ToolState& tools, QObject* parent = nullptr);

    void fillHoles();
    void keepLargest();
    /// Parts of less than a hundredth of the class's area.
    void removeSmall();
    /// By ToolState::stepPx().
    void grow();
    void shrink();
    void smooth();

    void acceptProposal();
    /// The object at an image position.
    void acceptRegion(PointF image);
    /// The class in hand.
    void acceptClass();
    void dropProposal();

    /// Locks the class in hand, or unlocks it.
    void toggleLock();

    /// Why clean-up cannot be done now, for tool tips; empty where it can.
    [[nodiscard]] QString reasonNoEdit() const;
    [[nodiscard]] QString reasonNoProposal() const;

private:
    void changeClass(
        UndoText::Step step, const std::function<void(editing::LabelEdit&, std::uint8_t)>& edit);

    DatasetController& m_dataset;
    ToolState& m_tools;
};

} // namespace guidino::ui
