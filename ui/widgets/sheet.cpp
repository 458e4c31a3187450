// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/sheet.h"

#include "ui/widgets/theme.h"

#include <QApplication>
#include <QEvent>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QPropertyAnimation>
#include <QPushButton>
#include <QScrollArea>
#include <QToolButton>

#include <algorithm>

namespace guidino::ui {

namespace {

bool isPlainReturn(const QKeyEvent& event)
{
    return (event.key() == Qt::Key_Return || event.key() == Qt::Key_Enter)
           && (event.modifiers() & ~Qt::KeypadModifier) == Qt::NoModifier;
}

} // namespace

Sheet::Sheet(const QString& title, int width, Theme& theme, QWidget& area)
    : QFrame(&area)
    , m_area(area)
    , m_content(nullptr)
    , m_animation(new QPropertyAnimation(this, "geometry", this))
    , m_width(width)
{
    setObjectName(QStringLiteral("sheet"));
    setAttribute(Qt::WA_StyledBackground);
    setAccessibleName(title);
    setFocusPolicy(Qt::StrongFocus);
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->setSpacing(0);
    auto* head = new QHBoxLayout;
    head->setContentsMargins(20, 14, 12, 10);
    head->addWidget(makeText(title, "title", this), 1);
    auto* cross = new QToolButton(this);
    cross->setToolTip(tr("Close (Esc)"));
    cross->setAccessibleName(tr("Close"));
    cross->setObjectName(QStringLiteral("sheetClose"));
    theme.setIcon(cross, QStringLiteral("cancel"));
    connect(cross, &QToolButton::clicked, this, &Sheet::close);
    head->addWidget(cross);
    outer->addLayout(head);
    auto* scroll = new QScrollArea(this);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* inner = new QWidget(scroll);
    inner->setObjectName(QStringLiteral("panelContent"));
    m_content = new QVBoxLayout(inner);
    m_content->setContentsMargins(20, 4, 20, 20);
    m_content->setSpacing(10);
    scroll->setWidget(inner);
    outer->addWidget(scroll, 1);
    constexpr int kSlideMs = 140;
    m_animation->setDuration(kSlideMs);
    m_animation->setEasingCurve(QEasingCurve::OutCubic);
    connect(m_animation, &QPropertyAnimation::finished, this, [this] { setVisible(m_isOpen); });
    area.installEventFilter(this);
    hide();
}

QRect Sheet::place(bool isOpen) const
{
    const int width = std::min(m_width, m_area.width());
    return {isOpen ? m_area.width() - width : m_area.width(), 0, width, m_area.height()};
}

void Sheet::open()
{
    if (m_isOpen) {
        raise();
        return;
    }
    m_isOpen = true;
    m_before = QApplication::focusWidget();
    setGeometry(place(false));
    show();
    raise();
    slide();
    setFocus();
}

void Sheet::close()
{
    if (!m_isOpen) {
        return;
    }
    m_isOpen = false;
    slide();
    if (m_before != nullptr && m_before->isVisible()) {
        m_before->setFocus();
    } else {
        m_area.setFocus();
    }
    Q_EMIT closed();
}

void Sheet::slide()
{
    m_animation->stop();
    m_animation->setStartValue(geometry());
    m_animation->setEndValue(place(m_isOpen));
    m_animation->start();
}

bool Sheet::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == &m_area && event->type() == QEvent::Resize && m_isOpen) {
        m_animation->stop();
        setGeometry(place(true));
    }
    return QFrame::eventFilter(watched, event);
}

bool Sheet::event(QEvent* event)
{
    // Return belongs to the sheet that has the focus: the canvas behind it takes the prediction as
    // label with that key.
    if (event->type() == QEvent::ShortcutOverride
        && isPlainReturn(*static_cast<QKeyEvent*>(event))) {
        event->accept();
        return true;
    }
    return QFrame::event(event);
}

void Sheet::pressButton()
{
    auto* focused = qobject_cast<QPushButton*>(QApplication::focusWidget());
    if (focused != nullptr && isAncestorOf(focused)) {
        focused->click();
        return;
    }
    for (QPushButton* button : findChildren<QPushButton*>()) {
        if (button->property("primary").toBool() && button->isVisible()) {
            button->click(); // nothing while it is disabled
            return;
        }
    }
}

void Sheet::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Escape) {
        close();
    } else if (isPlainReturn(*event)) {
        pressButton();
    } else {
        QFrame::keyPressEvent(event);
    }
}

QLabel* makeText(const QString& text, const char* role, QWidget* parent)
{
    auto* label = new QLabel(text, parent);
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    label->setProperty("role", QString::fromLatin1(role));
    return label;
}

} // namespace guidino::ui
