// SPDX-License-Identifier: Apache-2.0
#include "ui/model/undo_text.h"

namespace guidino::ui {

UndoText UndoText::brush(const QString& className, int diameterPx)
{
    return UndoText(tr("Brush, %1, %2 px").arg(className).arg(diameterPx));
}

UndoText UndoText::eraser(int diameterPx)
{
    return UndoText(tr("Eraser, %1 px").arg(diameterPx));
}

UndoText UndoText::fill(const QString& className)
{
    return UndoText(tr("Fill, %1").arg(className));
}

UndoText UndoText::polygon(const QString& className)
{
    return UndoText(tr("Polygon, %1").arg(className));
}

UndoText UndoText::usePrediction()
{
    return UndoText(tr("Use prediction as label"));
}

UndoText UndoText::clearLabels()
{
    return UndoText(tr("Clear labels"));
}

UndoText UndoText::backToSaved()
{
    return UndoText(tr("Back to the saved labels"));
}

} // namespace guidino::ui
