// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QColor>
#include <QHash>
#include <QIcon>
#include <QObject>
#include <QPointer>
#include <QString>

class QAbstractButton;
class QAction;
class QApplication;

namespace guidino::ui {

/// The look of the program: palette, style sheet and icons tinted to fit, dark or light, switched
/// while the program runs. Colours come from ":/themes/NAME.json". GUI thread only.
class Theme : public QObject
{
    Q_OBJECT

public:
    explicit Theme(QApplication& application, QObject* parent = nullptr);

    [[nodiscard]] bool isDark() const { return m_isDark; }

    void apply(bool isDark);

    /// A colour of the table; magenta where it has no such name.
    [[nodiscard]] QColor color(const QString& name) const;

    /// ":/icons/NAME.svg" in the theme's colours.
    [[nodiscard]] QIcon icon(const QString& name) const;

    /// Gives the icon now and at each change of the theme.
    void setIcon(QAction* action, const QString& name);
    void setIcon(QAbstractButton* button, const QString& name);

Q_SIGNALS:
    void changed();

private:
    [[nodiscard]] QPixmap
    rendered(const QString& name, const QColor& color, double ratio, int side) const;

    QApplication& m_application;
    bool m_isDark = true;
    QHash<QString, QColor> m_colors;
};

} // namespace guidino::ui
