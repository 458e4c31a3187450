// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/classes_sheet.h"

#include "ui/model/class_controller.h"
#include "ui/model/project_controller.h"
#include "ui/widgets/theme.h"

#include <QColorDialog>
#include <QHBoxLayout>
#include <QInputDialog>
#include <QLineEdit>
#include <QMenu>
#include <QPainter>
#include <QPixmap>
#include <QToolButton>

namespace guidino::ui {

namespace {

QIcon swatch(const QColor& color)
{
    constexpr int kSide = 16;
    QPixmap pixmap(kSide, kSide);
    pixmap.fill(color);
    return QIcon(pixmap);
}

} // namespace

ClassesSheet::ClassesSheet(
    ClassController& classes, ProjectController& project, Theme& theme, QWidget& area)
    : Sheet(tr("Classes"), 420, theme, area)
    , m_classes(classes)
    , m_project(project)
    , m_theme(theme)
    , m_rows(new QVBoxLayout)
    , m_outcome(makeText({}, "small", this))
    , m_add(new QPushButton(tr("Add a class"), this))
    , m_undo(new QPushButton(this))
    , m_redo(new QPushButton(this))
{
    m_add->setObjectName(QStringLiteral("classAdd"));
    m_undo->setObjectName(QStringLiteral("classUndo"));
    m_redo->setObjectName(QStringLiteral("classRedo"));
    theme.setIcon(m_undo, QStringLiteral("undo"));
    theme.setIcon(m_redo, QStringLiteral("redo"));
    content().addWidget(makeText(
        tr("Merging, renumbering and deleting change the labels of all images. Save afterwards to "
           "write them."),
        "muted",
        this));
    m_rows->setSpacing(2);
    content().addLayout(m_rows);
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(m_add);
    buttons->addStretch(1);
    buttons->addWidget(m_undo);
    buttons->addWidget(m_redo);
    content().addLayout(buttons);
    content().addWidget(m_outcome);
    content().addStretch(1);
    connect(m_add, &QPushButton::clicked, this, [this] { m_classes.add({}); });
    connect(m_undo, &QPushButton::clicked, &classes.undoStack(), &QUndoStack::undo);
    connect(m_redo, &QPushButton::clicked, &classes.undoStack(), &QUndoStack::redo);
    connect(&classes.undoStack(), &QUndoStack::indexChanged, this, &ClassesSheet::refresh);
    connect(&classes, &ClassController::busyChanged, this, &ClassesSheet::refresh);
    connect(&classes, &ClassController::labelsChanged, this, [this](int images) {
        m_outcome->setText(tr("Labels of %n image(s) changed.", nullptr, images));
    });
    connect(&project, &ProjectController::classesChanged, this, &ClassesSheet::refresh);
    refresh();
}

void ClassesSheet::start()
{
    m_outcome->clear();
    refresh();
    open();
}

void ClassesSheet::refresh()
{
    while (QLayoutItem* item = m_rows->takeAt(0)) {
        if (item->widget() != nullptr) {
            item->widget()->deleteLater();
        }
        delete item;
    }
    for (const LabelClass& one : m_project.classes()) {
        m_rows->addWidget(makeRow(one.index));
    }
    const QString reason = m_classes.reasonAgainst(0);
    m_add->setEnabled(reason.isEmpty());
    m_add->setToolTip(reason);
    const QUndoStack& stack = m_classes.undoStack();
    m_undo->setEnabled(reason.isEmpty() && stack.canUndo());
    m_redo->setEnabled(reason.isEmpty() && stack.canRedo());
    m_undo->setToolTip(
        stack.canUndo() ? tr("Undo: %1").arg(stack.undoText()) : tr("Nothing to undo"));
    m_redo->setToolTip(
        stack.canRedo() ? tr("Redo: %1").arg(stack.redoText()) : tr("Nothing to redo"));
    m_undo->setAccessibleName(m_undo->toolTip());
    m_redo->setAccessibleName(m_redo->toolTip());
}

QWidget* ClassesSheet::makeRow(int index)
{
    LabelClass one;
    for (const LabelClass& other : m_project.classes()) {
        one = other.index == index ? other : one;
    }
    auto* row = new QWidget(this);
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    auto* number = makeText(QString::number(index), "muted", row);
    number->setFixedWidth(24);
    auto* color = new QToolButton(row);
    color->setIcon(swatch(one.color));
    color->setToolTip(tr("Colour of %1").arg(one.name));
    color->setAccessibleName(tr("Colour of %1").arg(one.name));
    auto* name = new QLineEdit(one.name, row);
    name->setAccessibleName(tr("Name of class %1").arg(index));
    name->setObjectName(QStringLiteral("className%1").arg(index));
    auto* locked = new QToolButton(row);
    locked->setCheckable(true);
    locked->setChecked(one.isLocked);
    m_theme.setIcon(locked, one.isLocked ? QStringLiteral("lock") : QStringLiteral("unlock"));
    locked->setToolTip(
        one.isLocked ? tr("%1 is locked: no tool changes it").arg(one.name)
                     : tr("Lock %1 against all tools").arg(one.name));
    locked->setAccessibleName(locked->toolTip());
    auto* more = new QPushButton(QStringLiteral("⋯"), row);
    more->setObjectName(QStringLiteral("classMore%1").arg(index));
    more->setAccessibleName(tr("More about %1").arg(one.name));
    fillMenu(*more, index);
    layout->addWidget(number);
    layout->addWidget(color);
    layout->addWidget(name, 1);
    layout->addWidget(locked);
    layout->addWidget(more);
    const bool canChange = m_project.isOpen() && !m_project.isReadOnly();
    for (QWidget* widget : {static_cast<QWidget*>(name), static_cast<QWidget*>(color)}) {
        widget->setEnabled(canChange);
    }
    connect(color, &QToolButton::clicked, this, [this, index, one] {
        auto* dialog = new QColorDialog(one.color, this);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        connect(dialog, &QColorDialog::colorSelected, this, [this, index](const QColor& chosen) {
            m_classes.setColor(index, chosen);
        });
        dialog->open();
    });
    connect(name, &QLineEdit::editingFinished, this, [this, name, index] {
        if (name->isModified()) {
            m_classes.rename(index, name->text());
        }
    });
    connect(locked, &QToolButton::toggled, this, [this, index](bool isOn) {
        m_classes.setLocked(index, isOn);
    });
    return row;
}

void ClassesSheet::fillMenu(QPushButton& button, int index)
{
    const QString reason = m_classes.reasonAgainst(index);
    auto* menu = new QMenu(&button);
    menu->setToolTipsVisible(true);
    QMenu* into = menu->addMenu(tr("Merge into"));
    for (const LabelClass& other : m_project.classes()) {
        if (other.index != index) {
            QAction* action = into->addAction(swatch(other.color), other.name);
            action->setEnabled(m_classes.reasonAgainst(other.index).isEmpty());
            action->setToolTip(m_classes.reasonAgainst(other.index));
            connect(action, &QAction::triggered, this, [this, index, to = int{other.index}] {
                m_classes.merge(index, to);
            });
        }
    }
    into->setEnabled(reason.isEmpty() && !into->isEmpty());
    QAction* renumber = menu->addAction(tr("Give it another number…"));
    connect(renumber, &QAction::triggered, this, [this, index] {
        auto* dialog = new QInputDialog(this);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->setInputMode(QInputDialog::IntInput);
        dialog->setLabelText(tr("Number of the class in masks (1 to 254)"));
        dialog->setIntRange(1, 254);
        dialog->setIntValue(index);
        connect(dialog, &QInputDialog::intValueSelected, this, [this, index](int to) {
            m_classes.renumber(index, to);
        });
        dialog->open();
    });
    QAction* remove = menu->addAction(tr("Delete, its pixels become background"));
    connect(remove, &QAction::triggered, this, [this, index] { m_classes.remove(index); });
    for (QAction* action : {renumber, remove}) {
        action->setEnabled(reason.isEmpty());
        action->setToolTip(reason);
    }
    button.setMenu(menu);
}

} // namespace guidino::ui
