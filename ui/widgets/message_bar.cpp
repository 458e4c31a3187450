// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/message_bar.h"

#include "ui/widgets/sheet.h"
#include "ui/widgets/theme.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QStyle>
#include <QVariant>

namespace guidino::ui {

MessageBar::MessageBar(Theme& theme, QWidget* parent)
    : QFrame(parent)
    , m_theme(theme)
    , m_icon(new QLabel(this))
    , m_text(new QLabel(this))
    , m_action(new QPushButton(this))
    , m_close(new QToolButton(this))
{
    setObjectName(QStringLiteral("messageBar"));
    setAccessibleName(tr("Message"));
    m_text->setObjectName(QStringLiteral("messageText"));
    m_text->setWordWrap(true);
    m_text->setTextFormat(Qt::PlainText);
    m_action->setObjectName(QStringLiteral("messageAction"));
    m_close->setToolTip(tr("Close this message"));
    m_close->setAccessibleName(tr("Close this message"));
    theme.setIcon(m_close, QStringLiteral("cancel"));
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(12, 6, 8, 6);
    layout->setSpacing(10);
    layout->addWidget(m_icon);
    layout->addWidget(m_text, 1);
    layout->addWidget(m_action);
    layout->addWidget(m_close);
    connect(m_action, &QPushButton::clicked, this, [this] {
        const Notice::Action action = shown().action;
        if (!m_notices.isEmpty()) {
            m_notices.removeLast();
        }
        refresh();
        Q_EMIT actionRequested(action);
    });
    connect(m_close, &QToolButton::clicked, this, [this] {
        if (!m_notices.isEmpty()) {
            m_notices.removeLast();
        }
        refresh();
    });
    connect(&theme, &Theme::changed, this, &MessageBar::refresh);
    refresh();
}

void MessageBar::show(const Notice& notice)
{
    if (!notice.topic.isEmpty()) {
        m_notices.removeIf([&](const Notice& other) { return other.topic == notice.topic; });
    }
    constexpr int kMost = 8;
    if (m_notices.size() >= kMost) {
        m_notices.removeFirst();
    }
    m_notices.append(notice);
    refresh();
}

void MessageBar::standAside(QVBoxLayout& column, QWidget& canvas)
{
    m_column = &column;
    m_canvas = &canvas;
    canvas.installEventFilter(this);
    parentWidget()->installEventFilter(this);
    if (canvas.isVisible()) {
        m_column->removeWidget(this);
        place();
    }
}

bool MessageBar::eventFilter(QObject* watched, QEvent* event)
{
    const bool isOfCanvas = watched == m_canvas && m_column != nullptr;
    if (isOfCanvas && event->type() == QEvent::Show) {
        m_column->removeWidget(this);
        place();
    } else if (isOfCanvas && event->type() == QEvent::Hide && m_column->indexOf(this) < 0) {
        m_column->insertWidget(0, this);
    } else if (event->type() == QEvent::Resize || event->type() == QEvent::Move) {
        place();
    }
    return QFrame::eventFilter(watched, event);
}

void MessageBar::place()
{
    if (m_column == nullptr || m_column->indexOf(this) >= 0) {
        return; // the layout does
    }
    const int left = m_canvas->mapTo(parentWidget(), QPoint()).x();
    const int width = m_canvas->width();
    setGeometry(left, 0, width, layout()->totalHeightForWidth(width));
    raise();
    for (Sheet* sheet : parentWidget()->findChildren<Sheet*>(Qt::FindDirectChildrenOnly)) {
        sheet->raise(); // what the user is at stays whole
    }
}

void MessageBar::clear(const QString& topic)
{
    m_notices.removeIf([&](const Notice& notice) { return notice.topic == topic; });
    refresh();
}

Notice MessageBar::shown() const
{
    return m_notices.isEmpty() ? Notice() : m_notices.constLast();
}

QString MessageBar::buttonText(Notice::Action action)
{
    switch (action) {
    case Notice::Action::None:
        break;
    case Notice::Action::RestartWorker:
        return tr("Restart");
    case Notice::Action::ChooseLabelsFolder:
        return tr("Choose another folder…");
    case Notice::Action::SaveAll:
        return tr("Save now");
    case Notice::Action::OpenFolder:
        return tr("Open another folder…");
    case Notice::Action::ChooseModel:
        return tr("Choose a model…");
    case Notice::Action::ShowLog:
        return tr("Show the log");
    case Notice::Action::ShowRecovered:
        return tr("Show what came back…");
    case Notice::Action::LocateImages:
        return tr("Find missing images…");
    case Notice::Action::TakeOver:
        return tr("Take over…");
    }
    return {};
}

void MessageBar::refresh()
{
    const Notice notice = shown();
    setVisible(!notice.text.isEmpty());
    if (notice.text.isEmpty()) {
        return;
    }
    const char* severity = notice.severity == Notice::Severity::Error     ? "error"
                           : notice.severity == Notice::Severity::Warning ? "warning"
                                                                          : "info";
    setProperty("severity", QString::fromLatin1(severity));
    style()->unpolish(this);
    style()->polish(this);
    m_icon->setPixmap(m_theme.icon(QString::fromLatin1(severity)).pixmap(20, 20));
    m_text->setText(notice.text);
    m_text->setToolTip(notice.detail);
    m_text->setAccessibleDescription(notice.detail);
    setToolTip(notice.detail);
    m_action->setText(buttonText(notice.action));
    m_action->setVisible(notice.action != Notice::Action::None);
    place();
}

} // namespace guidino::ui
