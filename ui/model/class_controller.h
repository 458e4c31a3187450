// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/ids.h"
#include "ui/model/label_class.h"
#include "ui/model/notice.h"
#include "ui/model/undo_text.h"

#include <QByteArray>
#include <QObject>
#include <QString>
#include <QThreadPool>
#include <QUndoStack>

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace guidino::ui {

class DatasetController;
class ProjectController;

/// The classes of the project: their list, and what happens to labels where classes are merged,
/// renumbered or deleted. Every change is a step of the project's own undo stack. Changes of pixels
/// reach all images, loaded or not, as steps of their journals, so they are unsaved labels like any
/// other. Locked classes cannot be merged, renumbered or deleted. GUI thread only.
class ClassController : public QObject
{
    Q_OBJECT

public:
    ClassController(
        ProjectController& project, DatasetController& dataset, QObject* parent = nullptr);
    ~ClassController() override;

    /// The project's: classes only, never strokes. Empty again when another project is opened.
    [[nodiscard]] QUndoStack& undoStack() { return m_undoStack; }

    /// Labels of images are being changed; no other change begins meanwhile.
    [[nodiscard]] bool isBusy() const { return m_isBusy; }

    /// Why this class cannot be changed now, for tool tips; empty when it can.
    [[nodiscard]] QString reasonAgainst(int index) const;

    void rename(int index, const QString& name);
    void setColor(int index, const QColor& color);
    void setLocked(int index, bool isLocked);
    /// With the lowest free number; 0 where there is none.
    int add(const QString& name);

    /// All pixels of `index` become `into`, and the class goes. Into 0: it is deleted.
    void merge(int index, int into);
    /// The class and its pixels get another number, which no class has.
    void renumber(int index, int to);
    void remove(int index) { merge(index, 0); }

Q_SIGNALS:
    void busyChanged(bool isBusy);
    /// Labels of so many images were changed.
    void labelsChanged(int images);
    void problemOccurred(const guidino::ui::Notice& notice);

private:
    friend class ClassPixelsCommand;
    friend class ClassListCommand;

    /// What became of the labels of one image: packed tiles, as the journal stores them.
    struct ChangedImage
    {
        ImageId image;
        QByteArray tiles;
    };
    using Mapping = std::array<std::uint8_t, 256>;
    using Changes = std::vector<ChangedImage>;

    void push(const LabelClasses& after, const QString& text);
    void pushPixels(const Mapping& mapping, const LabelClasses& after, const UndoText& text);
    void become(bool isBusy);
    /// Maps the labels of all images that may hold the classes; `done` gets what changed.
    void mapPixels(
        const Mapping& mapping, const UndoText& text, const std::function<void(Changes)>& done);
    /// Puts pixels that still are as the change left them back to what they were.
    void takeBack(const Changes& changes, const UndoText& text);

    ProjectController& m_project;
    DatasetController& m_dataset;
    QUndoStack m_undoStack;
    bool m_isBusy = false;
    QThreadPool m_pool;
};

} // namespace guidino::ui
