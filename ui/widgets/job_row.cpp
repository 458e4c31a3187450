// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/job_row.h"

#include "core/jobs/job_state.h"
#include "ui/model/jobs_controller.h"
#include "ui/widgets/theme.h"

#include <QMouseEvent>
#include <QPainter>

#include <algorithm>

namespace guidino::ui {

using jobs::JobState;

namespace {

constexpr int kHeight = 46;
constexpr int kLeft = 34;
constexpr int kMargin = 10;
constexpr int kLeastText = 120;
constexpr int kGap = 6;      ///< between two buttons
constexpr int kPadding = 22; ///< of a button's text, both sides

} // namespace

JobRow::JobRow(Theme& theme, QObject* parent)
    : QStyledItemDelegate(parent)
    , m_theme(theme)
{}

QSize JobRow::sizeHint(const QStyleOptionViewItem& /*option*/, const QModelIndex& /*index*/) const
{
    return {2 * kLeastText, kHeight};
}

QRect JobRow::buttonOf(const QRect& row, const QString& text, const QFont& font)
{
    if (text.isEmpty()) {
        return {};
    }
    constexpr int kButtonHeight = 26;
    const int width = std::min(
        QFontMetrics(font).horizontalAdvance(text) + kPadding,
        std::max(0, row.width() - kLeft - kLeastText));
    return {
        row.right() - kMargin - width, row.center().y() - kButtonHeight / 2, width, kButtonHeight};
}

QRect JobRow::dashboardButtonOf(
    const QRect& row, const QString& proposal, const QString& text, const QFont& font)
{
    const QRect first = buttonOf(row, proposal, font);
    QRect rest = row;
    if (!first.isNull()) {
        rest.setRight(first.left() + kMargin - kGap);
    }
    const int wanted = QFontMetrics(font).horizontalAdvance(text) + kPadding;
    const bool hasRoom = rest.width() - kLeft - kLeastText >= wanted;
    return hasRoom ? buttonOf(rest, text, font) : QRect();
}

void JobRow::paintButton(
    QPainter& painter,
    const QRect& place,
    const QString& text,
    const QStyleOptionViewItem& option) const
{
    painter.setFont(option.font);
    painter.setPen(m_theme.color(QStringLiteral("border")));
    painter.setBrush(m_theme.color(QStringLiteral("control")));
    painter.drawRoundedRect(QRectF(place).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4);
    painter.setPen(m_theme.color(QStringLiteral("text")));
    painter.drawText(
        place,
        Qt::AlignCenter,
        option.fontMetrics.elidedText(text, Qt::ElideRight, place.width() - 12));
}

void JobRow::paint(
    QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const bool isSelected = option.state.testFlag(QStyle::State_Selected);
    const bool isHovered = option.state.testFlag(QStyle::State_MouseOver);
    if (isSelected || isHovered) {
        painter->fillRect(
            option.rect,
            m_theme.color(isSelected ? QStringLiteral("selection") : QStringLiteral("hover")));
    }
    if (isSelected && option.state.testFlag(QStyle::State_HasFocus)) {
        painter->fillRect(
            QRect(option.rect.left(), option.rect.top(), 3, option.rect.height()),
            m_theme.color(QStringLiteral("focus")));
    }
    const int state = index.data(JobsController::StateRole).toInt();
    constexpr double kShape = 14;
    paintShape(
        *painter,
        QRectF(
            option.rect.left() + kMargin + 2,
            option.rect.center().y() - kShape / 2,
            kShape,
            kShape),
        state);

    const QString proposal = index.data(JobsController::ProposalRole).toString();
    const QRect button = buttonOf(option.rect, proposal, option.font);
    const QString curves = index.data(JobsController::DashboardRole).toString();
    const QRect dashboard = dashboardButtonOf(option.rect, proposal, curves, option.font);
    const QRect& leftmost = dashboard.isNull() ? button : dashboard;
    const int right = (leftmost.isNull() ? option.rect.right() : leftmost.left()) - kMargin;
    const QRect name(option.rect.left() + kLeft, option.rect.top() + 5, right - kLeft, 18);
    painter->setPen(m_theme.color(QStringLiteral("text")));
    painter->drawText(
        name,
        Qt::AlignVCenter | Qt::AlignLeft,
        option.fontMetrics.elidedText(
            index.data(Qt::DisplayRole).toString(), Qt::ElideMiddle, name.width()));
    QFont small = option.font;
    small.setPixelSize(11);
    painter->setFont(small);
    painter->setPen(m_theme.color(QStringLiteral("muted")));
    const QRect status = name.translated(0, 18).adjusted(0, 0, 0, -2);
    painter->drawText(
        status,
        Qt::AlignVCenter | Qt::AlignLeft,
        QFontMetrics(small).elidedText(
            index.data(JobsController::StatusRole).toString(), Qt::ElideRight, status.width()));
    if (const double share = index.data(JobsController::ShareRole).toDouble(); share >= 0) {
        const QRectF bar(name.left(), status.bottom() + 2, name.width(), 3);
        painter->setPen(Qt::NoPen);
        painter->setBrush(m_theme.color(QStringLiteral("control")));
        painter->drawRoundedRect(bar, 1.5, 1.5);
        const bool isPaused = state == static_cast<int>(JobState::Paused);
        painter->setBrush(
            m_theme.color(isPaused ? QStringLiteral("muted") : QStringLiteral("primary")));
        painter->drawRoundedRect(
            QRectF(bar.left(), bar.top(), bar.width() * share, bar.height()), 1.5, 1.5);
    }
    if (!button.isNull()) {
        paintButton(*painter, button, proposal, option);
    }
    if (!dashboard.isNull()) {
        paintButton(*painter, dashboard, curves, option);
    }
    painter->restore();
}

/// Each state has a shape of its own, so that colour is not needed to tell them apart.
void JobRow::paintShape(QPainter& painter, const QRectF& place, int state) const
{
    painter.save();
    const auto line = [&](const char* color) {
        painter.setPen(QPen(m_theme.color(QLatin1StringView(color)), 1.8));
        painter.setBrush(Qt::NoBrush);
    };
    const auto fill = [&](const char* color) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(m_theme.color(QLatin1StringView(color)));
    };
    const QPointF middle = place.center();
    switch (static_cast<JobState>(state)) {
    case JobState::Queued:
        line("muted");
        painter.drawEllipse(place.adjusted(2, 2, -2, -2));
        break;
    case JobState::Starting:
    case JobState::Running:
        fill("text");
        painter.drawPolygon(QPolygonF{
            place.topLeft() + QPointF(3, 1),
            place.bottomLeft() + QPointF(3, -1),
            QPointF(place.right() - 1, middle.y())});
        break;
    case JobState::Paused:
        fill("muted");
        painter.drawRect(QRectF(place.left() + 3, place.top() + 2, 3, place.height() - 4));
        painter.drawRect(QRectF(place.right() - 6, place.top() + 2, 3, place.height() - 4));
        break;
    case JobState::Finished:
        line("accepted");
        painter.drawPolyline(QPolygonF{
            QPointF(place.left() + 1, middle.y()),
            QPointF(middle.x() - 1, place.bottom() - 3),
            QPointF(place.right() - 1, place.top() + 3)});
        break;
    case JobState::Cancelled:
        fill("muted");
        painter.drawRect(place.adjusted(3, 3, -3, -3));
        break;
    case JobState::Stalled:
    case JobState::Lost:
        line("unsure");
        painter.drawPolygon(QPolygonF{
            QPointF(middle.x(), place.top() + 1),
            place.bottomLeft() + QPointF(1, -1),
            place.bottomRight() + QPointF(-1, -1)});
        painter.drawLine(middle + QPointF(0, -1), middle + QPointF(0, 3));
        break;
    case JobState::Failed:
    case JobState::Crashed:
        line("rejected");
        painter.drawLine(place.topLeft() + QPointF(2, 2), place.bottomRight() - QPointF(2, 2));
        painter.drawLine(place.topRight() + QPointF(-2, 2), place.bottomLeft() + QPointF(2, -2));
        break;
    }
    painter.restore();
}

bool JobRow::editorEvent(
    QEvent* event,
    QAbstractItemModel* model,
    const QStyleOptionViewItem& option,
    const QModelIndex& index)
{
    if (event->type() == QEvent::MouseButtonRelease) {
        const auto* mouse = static_cast<QMouseEvent*>(event);
        const QString text = index.data(JobsController::ProposalRole).toString();
        if (mouse->button() == Qt::LeftButton
            && buttonOf(option.rect, text, option.font).contains(mouse->position().toPoint())) {
            Q_EMIT proposalClicked(index);
            return true;
        }
        const QString curves = index.data(JobsController::DashboardRole).toString();
        if (mouse->button() == Qt::LeftButton
            && dashboardButtonOf(option.rect, text, curves, option.font)
                   .contains(mouse->position().toPoint())) {
            Q_EMIT dashboardClicked(index);
            return true;
        }
    }
    return QStyledItemDelegate::editorEvent(event, model, option, index);
}

} // namespace guidino::ui
