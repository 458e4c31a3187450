// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/geometry.h"
#include "core/editing/region.h"
#include "ui/model/notice.h"
#include "ui/model/undo_text.h"

#include <QObject>
#include <QString>

#include <functional>
#include <optional>

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

    /// Gives the background the class in hand where it should lie between the nearest images before
    /// and after this one that have it: slices of a stack, pictures of a sequence.
    void interpolate();

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
    [[nodiscard]] QString reasonNoInterpolation() const;

Q_SIGNALS:
    void problemOccurred(const guidino::ui::Notice& notice);

private:
    /// An image of the list with the class in hand, so many rows from the shown one.
    struct Neighbour
    {
        editing::Region region;
        int rows = 0;
    };

    [[nodiscard]] bool mayHoldClass(int row) const;
    [[nodiscard]] std::optional<int> rowOfNeighbour(int from, int step) const;
    [[nodiscard]] std::optional<Neighbour> neighbour(int step) const;
    void changeClass(
        UndoText::Step step, const std::function<void(editing::LabelEdit&, std::uint8_t)>& edit);

    DatasetController& m_dataset;
    ToolState& m_tools;
};

} // namespace guidino::ui
