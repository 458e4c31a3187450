// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/model/notice.h"

#include <QFrame>
#include <QLabel>
#include <QList>
#include <QPointer>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

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

    /// The bar is in `column` as its first item. While `canvas` is shown it lies over the upper
    /// edge of the canvas instead: an image that moves under the pointer spoils the stroke or
    /// polygon that is being drawn. Once, when both are in their window.
    void standAside(QVBoxLayout& column, QWidget& canvas);

    /// The shown message; empty text: none.
    [[nodiscard]] Notice shown() const;

Q_SIGNALS:
    void actionRequested(guidino::ui::Notice::Action action);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void refresh();
    void place();
    [[nodiscard]] static QString buttonText(Notice::Action action);

    Theme& m_theme;
    QPointer<QVBoxLayout> m_column;
    QWidget* m_canvas = nullptr;
    QList<Notice> m_notices;
    QLabel* m_icon;
    QLabel* m_text;
    QPushButton* m_action;
    QToolButton* m_close;
};

} // namespace guidino::ui
