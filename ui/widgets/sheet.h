// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QFrame>
#include <QLabel>
#include <QPointer>
#include <QVBoxLayout>

class QPropertyAnimation;

namespace guidino::ui {

class Theme;

/// A panel that slides in from the right over a part of the window, for one task that is no dialog:
/// the rest of the window stays usable. Esc and its cross close it, Return presses the button that
/// has the focus or else the primary one; what it does is kept by whoever made it. Sheets are made
/// once and opened again.
class Sheet : public QFrame
{
    Q_OBJECT

public:
    /// Over `area`, whose right edge it follows; `width` in pixels.
    Sheet(const QString& title, int width, Theme& theme, QWidget& area);

    /// Where content goes, below the title.
    [[nodiscard]] QVBoxLayout& content() { return *m_content; }

    [[nodiscard]] bool isOpen() const { return m_isOpen; }

    void open();

    void close();

Q_SIGNALS:
    void closed();

protected:
    bool event(QEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    [[nodiscard]] QRect place(bool isOpen) const;
    void slide();
    void pressButton();

    QWidget& m_area;
    QVBoxLayout* m_content;
    QPropertyAnimation* m_animation;
    int m_width;
    bool m_isOpen = false;
    QPointer<QWidget> m_before; ///< had the focus and gets it back
};

/// Labels and buttons as sheets show them, with the theme's roles.
[[nodiscard]] QLabel* makeText(const QString& text, const char* role, QWidget* parent);

} // namespace guidino::ui
