// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/theme.h"

#include <QAbstractButton>
#include <QAction>
#include <QApplication>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QPainter>
#include <QPalette>
#include <QPixmap>
#include <QStyle>
#include <QSvgRenderer>

#include <algorithm>

namespace guidino::ui {

namespace {

QByteArray contentOf(const QString& file)
{
    QFile source(file);
    return source.open(QIODevice::ReadOnly) ? source.readAll() : QByteArray();
}

} // namespace

Theme::Theme(QApplication& application, QObject* parent)
    : QObject(parent)
    , m_application(application)
{}

void Theme::apply(bool isDark)
{
    m_isDark = isDark;
    const QString table =
        isDark ? QStringLiteral(":/themes/dark.json") : QStringLiteral(":/themes/light.json");
    const QJsonObject colors = QJsonDocument::fromJson(contentOf(table)).object();
    m_colors.clear();
    QString sheet = QString::fromUtf8(contentOf(QStringLiteral(":/themes/workbench.qss")));
    // Long names first, so that "$text" does not cut "$textMuted".
    QStringList names = colors.keys();
    std::sort(names.begin(), names.end(), [](const QString& a, const QString& b) {
        return a.size() > b.size();
    });
    for (const QString& name : names) {
        const QString value = colors.value(name).toString();
        m_colors.insert(name, QColor(value));
        sheet.replace(QLatin1Char('$') + name, value);
    }
    QPalette palette;
    const auto set = [&](QPalette::ColorRole role, const QString& name) {
        palette.setColor(role, color(name));
    };
    set(QPalette::Window, QStringLiteral("window"));
    set(QPalette::WindowText, QStringLiteral("text"));
    set(QPalette::Base, QStringLiteral("base"));
    set(QPalette::AlternateBase, QStringLiteral("panel"));
    set(QPalette::Text, QStringLiteral("text"));
    set(QPalette::Button, QStringLiteral("control"));
    set(QPalette::ButtonText, QStringLiteral("text"));
    set(QPalette::BrightText, QStringLiteral("text"));
    set(QPalette::Highlight, QStringLiteral("selection"));
    set(QPalette::HighlightedText, QStringLiteral("selectedText"));
    set(QPalette::ToolTipBase, QStringLiteral("panel"));
    set(QPalette::ToolTipText, QStringLiteral("text"));
    set(QPalette::PlaceholderText, QStringLiteral("muted"));
    set(QPalette::Mid, QStringLiteral("border"));
    set(QPalette::Dark, QStringLiteral("canvas")); // around the image
    set(QPalette::Link, QStringLiteral("text"));
    for (const QPalette::ColorRole role :
         {QPalette::Text, QPalette::WindowText, QPalette::ButtonText}) {
        palette.setColor(QPalette::Disabled, role, color(QStringLiteral("disabled")));
    }
    m_application.setPalette(palette);
    m_application.setStyleSheet(sheet);
    Q_EMIT changed();
}

QColor Theme::color(const QString& name) const
{
    return m_colors.value(name, QColor(Qt::magenta));
}

QPixmap Theme::rendered(const QString& name, const QColor& color, double ratio, int side) const
{
    QByteArray svg = contentOf(QStringLiteral(":/icons/%1.svg").arg(name));
    svg.replace("#000", color.name().toLatin1());
    QSvgRenderer renderer(svg);
    QPixmap pixmap(qRound(side * ratio), qRound(side * ratio));
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    renderer.render(&painter);
    painter.end();
    pixmap.setDevicePixelRatio(ratio);
    return pixmap;
}

QIcon Theme::icon(const QString& name) const
{
    QIcon icon;
    for (const double ratio : {1.0, 2.0, 3.0}) {
        icon.addPixmap(rendered(name, color(QStringLiteral("icon")), ratio, 20));
        icon.addPixmap(
            rendered(name, color(QStringLiteral("disabled")), ratio, 20), QIcon::Disabled);
    }
    return icon;
}

void Theme::setIcon(QAction* action, const QString& name)
{
    action->setIcon(icon(name));
    connect(this, &Theme::changed, action, [this, action, name] { action->setIcon(icon(name)); });
}

void Theme::setIcon(QAbstractButton* button, const QString& name)
{
    button->setIcon(icon(name));
    button->setIconSize({20, 20});
    connect(this, &Theme::changed, button, [this, button, name] { button->setIcon(icon(name)); });
}

} // namespace guidino::ui
