// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/mixer_strip.h"

#include "ui/widgets/heat_map.h"
#include "ui/widgets/theme.h"

#include <QApplication>
#include <QKeyEvent>
#include <QLocale>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace guidino::ui {

namespace {

constexpr int kMargin = 8;
constexpr int kMapSide = 56;
constexpr int kButtonSide = 26;
constexpr int kMatchSide = 22;

} // namespace

MixerStrip::MixerStrip(int group, Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_group(group)
    , m_theme(theme)
    , m_mute(new QToolButton(this))
    , m_solo(new QToolButton(this))
{
    setFocusPolicy(Qt::StrongFocus);
    setFixedHeight(sizeHint().height());
    setObjectName(QStringLiteral("mixerStrip%1").arg(group));
    m_mute->setText(tr("M", "mute"));
    m_mute->setCheckable(true);
    m_mute->setObjectName(QStringLiteral("mute%1").arg(group));
    m_solo->setText(tr("S", "solo"));
    m_solo->setCheckable(true);
    m_solo->setObjectName(QStringLiteral("solo%1").arg(group));
    for (QToolButton* button : {m_mute, m_solo}) {
        button->setFixedSize(kButtonSide, kButtonSide);
        button->setFocusPolicy(Qt::NoFocus); // the strip has the keys
    }
    connect(m_mute, &QToolButton::clicked, this, [this] { Q_EMIT muteToggled(m_group); });
    connect(m_solo, &QToolButton::clicked, this, [this] {
        Q_EMIT soloToggled(
            m_group, QApplication::keyboardModifiers().testFlag(Qt::ControlModifier));
    });
}

void MixerStrip::setContent(const Content& content)
{
    m_content = content;
    const bool isUsable = content.disabledReason.isEmpty();
    m_mute->setChecked(content.isMuted);
    m_solo->setChecked(content.isSolo);
    m_mute->setEnabled(isUsable);
    m_solo->setEnabled(isUsable);
    m_mute->setToolTip(
        isUsable ? tr("Mute %1: the guide without its share (M)").arg(content.name)
                 : content.disabledReason);
    m_solo->setToolTip(
        isUsable
            ? tr("Solo %1: its share alone (S); Ctrl+click adds to the others").arg(content.name)
            : content.disabledReason);
    m_mute->setAccessibleName(tr("Mute %1").arg(content.name));
    m_solo->setAccessibleName(tr("Solo %1").arg(content.name));
    setAccessibleName(tr("%1: share of the guide inside %2, outside %3")
                          .arg(
                              content.name,
                              signedText(content.shares.inside),
                              signedText(content.shares.outside)));
    QString tip = tr("%n prototype(s) that point the same way", nullptr, content.prototypes);
    if (!content.duplicateOf.isEmpty()) {
        tip += QLatin1Char('\n')
               + tr("Nearly the same direction as %1: muting one of them changes little, since the "
                    "other says the same.")
                     .arg(content.duplicateOf);
    }
    if (!content.matchesTip.isEmpty()) {
        tip += QLatin1Char('\n') + content.matchesTip;
    }
    setToolTip(tip);
    update();
}

QString MixerStrip::signedText(double value)
{
    // A true minus sign is as wide as the plus, so that columns of figures stand.
    const QString digits = QLocale().toString(std::abs(value), 'f', 3);
    const bool isZero = std::abs(value) < 0.0005;
    return (isZero      ? QStringLiteral("±")
            : value < 0 ? QStringLiteral("−")
                        : QStringLiteral("+"))
           + digits;
}

bool MixerStrip::event(QEvent* event)
{
    if (event->type() == QEvent::ShortcutOverride) {
        // With the focus here M and S are about the strip, not the window.
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_M || key == Qt::Key_S) {
            event->accept();
            return true;
        }
    }
    return QWidget::event(event);
}

void MixerStrip::keyPressEvent(QKeyEvent* event)
{
    if (!m_content.disabledReason.isEmpty()) {
        QWidget::keyPressEvent(event);
    } else if (event->key() == Qt::Key_M) {
        Q_EMIT muteToggled(m_group);
    } else if (event->key() == Qt::Key_S) {
        Q_EMIT soloToggled(m_group, event->modifiers().testFlag(Qt::ControlModifier));
    } else {
        QWidget::keyPressEvent(event);
    }
}

void MixerStrip::resizeEvent(QResizeEvent* /*event*/)
{
    const int right = width() - kMargin - kButtonSide;
    m_mute->move(right, kMargin + 2);
    m_solo->move(right, kMargin + kButtonSide + 6);
}

void MixerStrip::paintBar(
    QPainter& painter, const QRectF& row, const QString& label, double value) const
{
    QFont small = font();
    small.setPixelSize(11);
    painter.setFont(small);
    painter.setPen(m_theme.color(QStringLiteral("muted")));
    constexpr double kLabel = 46;
    constexpr double kNumber = 48;
    painter.drawText(
        QRectF(row.left(), row.top(), kLabel, row.height()),
        Qt::AlignVCenter | Qt::AlignLeft,
        QFontMetricsF(small).elidedText(label, Qt::ElideRight, kLabel - 4));
    painter.setPen(m_theme.color(QStringLiteral("text")));
    painter.drawText(
        QRectF(row.right() - kNumber, row.top(), kNumber, row.height()),
        Qt::AlignVCenter | Qt::AlignRight,
        signedText(value));
    const QRectF track(
        row.left() + kLabel, row.center().y() - 3, row.width() - kLabel - kNumber - 6, 6);
    painter.setPen(Qt::NoPen);
    painter.setBrush(m_theme.color(QStringLiteral("control")));
    painter.drawRoundedRect(track, 2, 2);
    const double middle = track.center().x();
    const double reach =
        std::clamp(value / std::max(m_content.range, 1e-9), -1.0, 1.0) * track.width() / 2;
    // Full colours: the lightest ones of the map would vanish on a light ground.
    painter.setBrush(value < 0 ? QColor(0xc9, 0x7b, 0x1e) : m_theme.color(QStringLiteral("guide")));
    painter.drawRect(
        QRectF(std::min(middle, middle + reach), track.top(), std::abs(reach), track.height()));
    painter.setBrush(m_theme.color(QStringLiteral("muted")));
    painter.drawRect(QRectF(middle - 0.5, track.top() - 2, 1, track.height() + 4));
}

void MixerStrip::paintEvent(QPaintEvent* /*event*/)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    if (hasFocus()) {
        painter.setPen(QPen(m_theme.color(QStringLiteral("focus")), 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(rect()).adjusted(2.5, 1.5, -2.5, -1.5), 4, 4);
    }
    painter.setOpacity(m_content.isHeard ? 1.0 : 0.4);
    const QRectF frame(kMargin, kMargin, kMapSide, kMapSide);
    if (!m_content.map.isNull()) {
        QSizeF fitted = QSizeF(m_content.map.size()).scaled(frame.size(), Qt::KeepAspectRatio);
        QRectF target(QPointF(), fitted);
        target.moveCenter(frame.center());
        painter.drawImage(target, m_content.map);
    }
    const double left = frame.right() + 10;
    const double right = width() - kMargin - kButtonSide - 8;
    QFont title = font();
    title.setPixelSize(13);
    title.setWeight(QFont::DemiBold);
    title.setStrikeOut(!m_content.isHeard);
    painter.setFont(title);
    painter.setPen(m_theme.color(QStringLiteral("text")));
    const QRectF titleRect(left, kMargin - 3, right - left, 18);
    painter.drawText(titleRect, Qt::AlignVCenter | Qt::AlignLeft, m_content.name);
    const double matchesWidth = static_cast<double>(m_content.matches.size()) * (kMatchSide + 2);
    if (!m_content.duplicateOf.isEmpty()) {
        QFont small = font();
        small.setPixelSize(11);
        painter.setFont(small);
        painter.setPen(m_theme.color(QStringLiteral("unsure")));
        const double used = QFontMetricsF(title).horizontalAdvance(m_content.name) + 8;
        const QRectF room(
            left + used,
            titleRect.top(),
            right - left - used - matchesWidth - 4,
            titleRect.height());
        painter.drawText(
            room,
            Qt::AlignVCenter | Qt::AlignLeft,
            QFontMetricsF(small).elidedText(
                tr("≈ %1").arg(m_content.duplicateOf), Qt::ElideRight, room.width()));
    }
    double matchLeft = right - matchesWidth;
    for (const QImage& match : m_content.matches) {
        painter.drawImage(QRectF(matchLeft, kMargin - 4, kMatchSide, kMatchSide), match);
        matchLeft += kMatchSide + 2;
    }
    const double rowHeight = 16;
    double top = kMargin + 19;
    const auto addRow = [&](const QString& label, double value) {
        paintBar(painter, QRectF(left, top, right - left, rowHeight), label, value);
        top += rowHeight;
    };
    addRow(tr("inside"), m_content.shares.inside);
    addRow(tr("outside"), m_content.shares.outside);
    if (m_content.here) {
        addRow(tr("here"), *m_content.here);
    }
    painter.setOpacity(1);
    painter.setPen(m_theme.color(QStringLiteral("border")));
    painter.drawLine(0, height() - 1, width(), height() - 1);
}

} // namespace guidino::ui
