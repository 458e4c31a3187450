// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QCoreApplication>
#include <QString>

namespace guidino::ui {

/// The name of an undoable step, translated. The constructors below are the only ones, so that no
/// command is ever named by a string that nobody translates (the idea is KDE's KUndo2MagicString).
class UndoText
{
    Q_DECLARE_TR_FUNCTIONS(guidino::ui::UndoText)

public:
    /// What is named by its tool alone, or by its tool and a class.
    enum class Step {
        Fill,
        Polygon,
        Lasso,
        Livewire,
        Wand,
        Threshold,
        GrabCut,
        Superpixels,
        SmartBrush,
        Prompt,
        Split,
        Contour,
        MoveRegion,
        CopyRegion,
        PasteRegion,
        Interpolate,
        DeleteRegion,
        FillHoles,
        KeepLargest,
        RemoveSmall,
        Grow,
        Shrink,
        Smooth,
        AcceptBrush,
        AcceptRegion,
        AcceptClass,
    };

    [[nodiscard]] static UndoText of(Step step, const QString& className = {});
    [[nodiscard]] static UndoText brush(const QString& className, int diameterPx);
    [[nodiscard]] static UndoText eraser(int diameterPx);
    [[nodiscard]] static UndoText usePrediction();
    [[nodiscard]] static UndoText adjudicated();
    [[nodiscard]] static UndoText clearLabels();
    [[nodiscard]] static UndoText backToSaved();
    [[nodiscard]] static UndoText renameClass(const QString& name);
    [[nodiscard]] static UndoText colourClass(const QString& name);
    [[nodiscard]] static UndoText lockClass(const QString& name);
    [[nodiscard]] static UndoText unlockClass(const QString& name);
    [[nodiscard]] static UndoText addClass(const QString& name);
    [[nodiscard]] static UndoText deleteClass(const QString& name);
    [[nodiscard]] static UndoText mergeClass(const QString& name, const QString& into);
    [[nodiscard]] static UndoText renumberClass(const QString& name, int number);
    [[nodiscard]] static UndoText adoptModel(const QString& name);
    [[nodiscard]] static UndoText rollBackModel(const QString& name);

    /// The same as the n-th step of its image: "Brush, polyp, 18 px (#41)".
    [[nodiscard]] UndoText numbered(int number) const;

    /// The number of a text that numbered() made, in whatever language; 0: none.
    [[nodiscard]] static int numberOf(const QString& text);

    [[nodiscard]] const QString& text() const { return m_text; }

private:
    explicit UndoText(const QString& text)
        : m_text(text)
    {}

    QString m_text;
};

} // namespace guidino::ui
