// SPDX-License-Identifier: Apache-2.0
#include "ui/model/undo_text.h"

#include <iterator>

namespace guidino::ui {

UndoText UndoText::brush(const QString& className, int diameterPx)
{
    return UndoText(tr("Brush, %1, %2 px").arg(className).arg(diameterPx));
}

UndoText UndoText::eraser(int diameterPx)
{
    return UndoText(tr("Eraser, %1 px").arg(diameterPx));
}

namespace {

/// Of each Step in its order.
constexpr const char* kSteps[] = {
    QT_TRANSLATE_NOOP("guidino::ui::UndoText", "Fill"),
    QT_TRANSLATE_NOOP("guidino::ui::UndoText", "Polygon"),
    QT_TRANSLATE_NOOP("guidino::ui::UndoText", "Lasso"),
    QT_TRANSLATE_NOOP("guidino::ui::UndoText", "Livewire"),
    QT_TRANSLATE_NOOP("guidino::ui::UndoText", "Wand"),
    QT_TRANSLATE_NOOP("guidino::ui::UndoText", "Threshold"),
    QT_TRANSLATE_NOOP("guidino::ui::UndoText", "GrabCut"),
    QT_TRANSLATE_NOOP("guidino::ui::UndoText", "Superpixels"),
    QT_TRANSLATE_NOOP("guidino::ui::UndoText", "Smart brush"),
    QT_TRANSLATE_NOOP("guidino::ui::UndoText", "Prompts"),
    QT_TRANSLATE_NOOP("guidino::ui::UndoText", "Split object"),
    QT_TRANSLATE_NOOP("guidino::ui::UndoText", "Edit contour"),
    QT_TRANSLATE_NOOP("guidino::ui::UndoText", "Move object"),
    QT_TRANSLATE_NOOP("guidino::ui::UndoText", "Copy object"),
    QT_TRANSLATE_NOOP("guidino::ui::UndoText", "Paste object"),
    QT_TRANSLATE_NOOP("guidino::ui::UndoText", "Interpolate between images"),
    QT_TRANSLATE_NOOP("guidino::ui::UndoText", "Delete object"),
    QT_TRANSLATE_NOOP("guidino::ui::UndoText", "Fill holes"),
    QT_TRANSLATE_NOOP("guidino::ui::UndoText", "Keep largest"),
    QT_TRANSLATE_NOOP("guidino::ui::UndoText", "Remove small parts"),
    QT_TRANSLATE_NOOP("guidino::ui::UndoText", "Grow"),
    QT_TRANSLATE_NOOP("guidino::ui::UndoText", "Shrink"),
    QT_TRANSLATE_NOOP("guidino::ui::UndoText", "Smooth"),
    QT_TRANSLATE_NOOP("guidino::ui::UndoText", "Accept by brush"),
    QT_TRANSLATE_NOOP("guidino::ui::UndoText", "Accept object"),
    QT_TRANSLATE_NOOP("guidino::ui::UndoText", "Accept class"),
};

} // namespace

UndoText UndoText::of(Step step, const QString& className)
{
    static_assert(std::size(kSteps) == static_cast<std::size_t>(Step::AcceptClass) + 1);
    const QString name = QCoreApplication::translate(
        "guidino::ui::UndoText", kSteps[static_cast<std::size_t>(step)]);
    return UndoText(className.isEmpty() ? name : tr("%1, %2").arg(name, className));
}

UndoText UndoText::numbered(int number) const
{
    return UndoText(tr("%1 (#%2)").arg(m_text).arg(number));
}

int UndoText::numberOf(const QString& text)
{
    const qsizetype sign = text.lastIndexOf(QLatin1Char('#'));
    int number = 0;
    for (qsizetype i = sign + 1; sign >= 0 && i < text.size() && text[i].isDigit(); ++i) {
        number = 10 * number + text[i].digitValue();
    }
    return number;
}

UndoText UndoText::usePrediction()
{
    return UndoText(tr("Use prediction as label"));
}

UndoText UndoText::adjudicated()
{
    return UndoText(tr("Adjudicated labels"));
}

UndoText UndoText::clearLabels()
{
    return UndoText(tr("Clear labels"));
}

UndoText UndoText::backToSaved()
{
    return UndoText(tr("Back to the saved labels"));
}

UndoText UndoText::renameClass(const QString& name)
{
    return UndoText(tr("Rename class to %1").arg(name));
}

UndoText UndoText::colourClass(const QString& name)
{
    return UndoText(tr("Colour of %1").arg(name));
}

UndoText UndoText::lockClass(const QString& name)
{
    return UndoText(tr("Lock %1").arg(name));
}

UndoText UndoText::unlockClass(const QString& name)
{
    return UndoText(tr("Unlock %1").arg(name));
}

UndoText UndoText::addClass(const QString& name)
{
    return UndoText(tr("Add class %1").arg(name));
}

UndoText UndoText::deleteClass(const QString& name)
{
    return UndoText(tr("Delete class %1").arg(name));
}

UndoText UndoText::mergeClass(const QString& name, const QString& into)
{
    return UndoText(tr("Merge %1 into %2").arg(name, into));
}

UndoText UndoText::renumberClass(const QString& name, int number)
{
    return UndoText(tr("Number of %1: %2").arg(name).arg(number));
}

UndoText UndoText::adoptModel(const QString& name)
{
    return UndoText(tr("Adopt %1").arg(name));
}

UndoText UndoText::rollBackModel(const QString& name)
{
    return UndoText(tr("Roll back to %1").arg(name));
}

} // namespace guidino::ui
