// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/dashboard/film_cell.h"

#include "ui/model/run_previews.h"
#include "ui/widgets/theme.h"

#include <QMouseEvent>
#include <QPainter>

#include <algorithm>

namespace guidino::ui {

namespace {

constexpr int kText = 18;
constexpr int kGap = 2; ///< between image and guide
constexpr int kEdge = 3;

} // namespace

FilmCell::FilmCell(Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
{
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
}

void FilmCell::setContent(
    const QString& title, const QImage& picture, const QString& measured, const QString& note)
{
    m_title = title;
    m_measured = measured;
    m_note = note;
    if (picture.isNull()) {
        if (!note.isEmpty()) {
            m_outlined = m_guide = {};
        } // else the last picture stays until the new one is read
    } else {
        const PreviewHalves halves = halvesOf(picture);
        m_outlined = halves.outlined;
        m_guide = halves.guide;
        if (m_hasGuide == m_guide.isNull()) {
            m_hasGuide = !m_guide.isNull();
            updateGeometry();
        }
    }
    setAccessibleName(measured.isEmpty() ? title : title + QStringLiteral(", ") + measured);
    setToolTip(title);
    update();
}

void FilmCell::setChosen(bool isChosen)
{
    m_isChosen = isChosen;
    update();
}

void FilmCell::setLarge(bool isLarge)
{
    m_isLarge = isLarge;
    updateGeometry();
}

QSize FilmCell::sizeHint() const
{
    const int width = m_isLarge ? 420 : 200;
    return {width, heightForWidth(width)};
}

int FilmCell::heightForWidth(int width) const
{
    const int inside = width - 2 * kEdge;
    return (m_hasGuide ? (inside - kGap) / 2 : std::min(inside, 240)) + kText + 2 * kEdge;
}

void FilmCell::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    painter.setRenderHint(QPainter::Antialiasing);
    if (m_isChosen && !m_isLarge) {
        painter.setPen(QPen(m_theme.color(QStringLiteral("focus")), 1.5));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 3, 3);
    }
    const int side = height() - kText - 2 * kEdge;
    const QRect left(kEdge, kEdge, side, side);
    const QRect right(kEdge + side + kGap, kEdge, side, side);
    if (m_outlined.isNull()) {
        painter.fillRect(
            m_hasGuide ? left.united(right) : left, m_theme.color(QStringLiteral("base")));
        painter.setPen(m_theme.color(QStringLiteral("muted")));
        painter.drawText(
            (m_hasGuide ? left.united(right) : left).adjusted(6, 6, -6, -6),
            Qt::AlignCenter | Qt::TextWordWrap,
            m_note);
    } else {
        painter.drawImage(left, m_outlined);
        if (!m_guide.isNull()) {
            painter.drawImage(right, m_guide);
        }
    }
    QFont small = font();
    small.setPixelSize(11);
    painter.setFont(small);
    const QFontMetrics metrics(small);
    const int measuredWidth = metrics.horizontalAdvance(m_measured);
    const QRect line(kEdge, height() - kText, width() - 2 * kEdge, kText);
    painter.setPen(m_theme.color(QStringLiteral("text")));
    painter.drawText(line, Qt::AlignRight | Qt::AlignVCenter, m_measured);
    painter.setPen(m_theme.color(QStringLiteral("muted")));
    painter.drawText(
        line,
        Qt::AlignLeft | Qt::AlignVCenter,
        metrics.elidedText(
            m_title, Qt::ElideMiddle, std::max(20, line.width() - measuredWidth - 8)));
}

void FilmCell::mousePressEvent(QMouseEvent* event)
{
    if (event->button() == Qt::LeftButton) {
        Q_EMIT chosen();
    }
    event->ignore(); // the strip takes the focus
}

} // namespace guidino::ui
