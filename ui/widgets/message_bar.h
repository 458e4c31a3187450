// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/model/notice.h"

#include <QFrame>
#include <QLabel>
#include <QList>
#include <QPushButton>
#include <QToolButton>

namespace guidino::ui {

class Theme;

/// The bar above the canvas: one message with at most one action. The latest is shown; closing it
/// brings back the one before. A newer message of a topic takes the place of the older.
class MessageBar : public QFrame
{
    Q_OBJECT

public:
    explicit MessageBar(Theme& theme, QWidget* parent = nullptr);

    void show(const Notice& notice);

    /// Takes a topic's message away: it is no longer true.
    void clear(const QString& topic);

    /// The shown message; empty text: none.
    [[nodiscard]] Notice shown() const;

Q_SIGNALS:
    void actionRequested(guidino::ui::Notice::Action action);

private:
    void refresh();
    [[nodiscard]] static QString buttonText(Notice::Action action);

    Theme& m_theme;
    QList<Notice> m_notices;
    QLabel* m_icon;
    QLabel* m_text;
    QPushButton* m_action;
    QToolButton* m_close;
};

} // namespace guidino::ui
