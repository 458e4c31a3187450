// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/model_time_line_view.h"

#include "ui/canvas/canvas_view.h"
#include "ui/model/label_class.h"
#include "ui/model/model_time_line.h"
#include "ui/widgets/theme.h"

#include <QContextMenuEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>
#include <QStyledItemDelegate>

namespace guidino::ui {

namespace {

constexpr int kCardWidth = 196;
constexpr int kCardHeight = 92;
constexpr int kMargin = 8;

/// Draws a model as a card on a line.
class CardDelegate : public QStyledItemDelegate
{
public:
    CardDelegate(Theme& theme, QObject* parent)
        : QStyledItemDelegate(parent)
        , m_theme(theme)
    {}

    QSize
    sizeHint(const QStyleOptionViewItem& /*option*/, const QModelIndex& /*index*/) const override
    {
        return {kCardWidth, kCardHeight};
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index)
        const override
    {
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        const auto color = [this](const char* name) {
            return m_theme.color(QLatin1StringView(name));
        };
        const QRectF whole(option.rect);
        const QRectF card = whole.adjusted(kMargin, 16, -kMargin, -4);
        // The line that joins the models, with a knot for each.
        painter->setPen(QPen(color("muted"), 2));
        const bool isFirst = index.row() == 0;
        const bool isLast = index.row() + 1 == index.model()->rowCount();
        const QPointF knot(card.left() + 14, whole.top() + 8);
        painter->drawLine(QPointF(isFirst ? knot.x() : whole.left(), knot.y()), knot);
        painter->drawLine(knot, QPointF(isLast ? knot.x() : whole.right(), knot.y()));
        const auto state =
            static_cast<project::ModelState>(index.data(ModelTimeLine::StateRole).toInt());
        const QColor mark = state == project::ModelState::Current   ? color("accepted")
                            : state == project::ModelState::Offered ? color("text")
                                                                    : color("disabled");
        painter->setPen(QPen(mark, 2));
        painter->setBrush(state == project::ModelState::Current ? mark : color("panel"));
        if (state == project::ModelState::Retired) { // a shape as well as a colour
            painter->drawRect(QRectF(knot - QPointF(4, 4), QSizeF(8, 8)));
        } else {
            painter->drawEllipse(knot, 5, 5);
        }
        const int side = index.data(ModelTimeLine::SideRole).toInt();
        const QColor first = defaultClassColor(1);
        const QColor sideColor = side == 1 ? first : CanvasView::predictionColor(first);
        const bool isHot = option.state.testFlag(QStyle::State_MouseOver)
                           || option.state.testFlag(QStyle::State_HasFocus);
        painter->setPen(QPen(
            side != 0 ? sideColor
            : isHot   ? color("focus")
                      : color("border"),
            side != 0 ? 2 : 1));
        painter->setBrush(isHot ? color("hover") : color("base"));
        painter->drawRoundedRect(card, 6, 6);
        QFont plain = option.font;
        plain.setPixelSize(11);
        QFont strong = option.font;
        strong.setPixelSize(13);
        strong.setWeight(QFont::DemiBold);
        const QRectF text = card.adjusted(10, 6, -10, -6);
        const double nameWidth = text.width() - (side != 0 ? 26 : 0);
        painter->setFont(strong);
        painter->setPen(state == project::ModelState::Retired ? color("muted") : color("text"));
        painter->drawText(
            QRectF(text.left(), text.top(), nameWidth, 18),
            Qt::AlignLeft | Qt::AlignVCenter,
            QFontMetricsF(strong).elidedText(
                index.data(Qt::DisplayRole).toString(), Qt::ElideRight, nameWidth));
        if (side != 0) {
            const QRectF chip(text.right() - 20, text.top(), 20, 18);
            painter->setPen(Qt::NoPen);
            painter->setBrush(sideColor);
            painter->drawRoundedRect(chip, 4, 4);
            painter->setPen(QColor(0x14, 0x14, 0x14));
            painter->drawText(
                chip, Qt::AlignCenter, side == 1 ? QStringLiteral("A") : QStringLiteral("B"));
        }
        painter->setFont(plain);
        painter->setPen(state == project::ModelState::Current ? color("accepted") : color("muted"));
        const auto line = [&](int row, const QString& content) {
            painter->drawText(
                QRectF(text.left(), text.top() + 20 + 15 * row, text.width(), 15),
                Qt::AlignLeft | Qt::AlignVCenter,
                QFontMetricsF(plain).elidedText(content, Qt::ElideRight, text.width()));
        };
        const QString parent = index.data(ModelTimeLine::ParentRole).toString();
        const QString stand = index.data(ModelTimeLine::StateTextRole).toString();
        line(0, parent.isEmpty() ? stand : ModelTimeLine::tr("%1, %2").arg(stand, parent));
        painter->setPen(color("muted"));
        const QString validation = index.data(ModelTimeLine::ValidationRole).toString();
        const QString locked = index.data(ModelTimeLine::LockedRole).toString();
        line(
            1,
            locked.isEmpty() ? index.data(ModelTimeLine::WhenRole).toString()
                             : ModelTimeLine::tr("DSC on locked images %1").arg(locked));
        if (!validation.isEmpty()) {
            line(2, validation);
        }
        painter->restore();
    }

private:
    Theme& m_theme;
};

} // namespace

ModelTimeLineView::ModelTimeLineView(ModelTimeLine& line, Theme& theme, QWidget* parent)
    : QListView(parent)
    , m_line(line)
{
    setObjectName(QStringLiteral("modelTimeLine"));
    setAccessibleName(tr("Models in their order"));
    setModel(&line);
    setItemDelegate(new CardDelegate(theme, this));
    setFlow(QListView::LeftToRight);
    setWrapping(false);
    setMouseTracking(true);
    setSelectionMode(QAbstractItemView::NoSelection);
    setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setToolTip(tr("Click: compare as B. Shift and click: as A"));
    connect(&theme, &Theme::changed, viewport(), qOverload<>(&QWidget::update));
    connect(&line, &ModelTimeLine::chosen, this, [this] {
        if (const int row = m_line.rowOf(m_line.b()); row >= 0) {
            scrollTo(m_line.index(row));
        }
        viewport()->update();
    });
}

QSize ModelTimeLineView::sizeHint() const
{
    return {3 * kCardWidth, kCardHeight + 12};
}

QSize ModelTimeLineView::minimumSizeHint() const
{
    return {kCardWidth, kCardHeight + 12};
}

void ModelTimeLineView::choose(const QModelIndex& index, bool isA)
{
    if (!index.isValid()) {
        return;
    }
    const QString sha256 = index.data(ModelTimeLine::ShaRole).toString();
    if (isA) {
        m_line.setA(sha256);
    } else {
        m_line.setB(sha256);
    }
}

void ModelTimeLineView::mouseReleaseEvent(QMouseEvent* event)
{
    QListView::mouseReleaseEvent(event);
    if (event->button() == Qt::LeftButton) {
        choose(
            indexAt(event->position().toPoint()), event->modifiers().testFlag(Qt::ShiftModifier));
    }
}

void ModelTimeLineView::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter
        || event->key() == Qt::Key_Space) {
        choose(currentIndex(), event->modifiers().testFlag(Qt::ShiftModifier));
        return;
    }
    QListView::keyPressEvent(event);
}

void ModelTimeLineView::contextMenuEvent(QContextMenuEvent* event)
{
    const QModelIndex at =
        event->reason() == QContextMenuEvent::Keyboard ? currentIndex() : indexAt(event->pos());
    if (!at.isValid()) {
        return;
    }
    const QString sha256 = at.data(ModelTimeLine::ShaRole).toString();
    const auto state = static_cast<project::ModelState>(at.data(ModelTimeLine::StateRole).toInt());
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(tr("Compare as &A"), this, [this, sha256] { m_line.setA(sha256); });
    menu->addAction(tr("Compare as &B"), this, [this, sha256] { m_line.setB(sha256); });
    menu->addSeparator();
    if (state != project::ModelState::Current) {
        menu->addAction(tr("A&dopt…"), this, [this, sha256] { Q_EMIT adoptRequested(sha256); });
        const bool isRetired = state == project::ModelState::Retired;
        menu->addAction(
            isRetired ? tr("&Offer again") : tr("&Put aside"), this, [this, sha256, isRetired] {
                Q_EMIT retireRequested(sha256, !isRetired);
            });
    }
    menu->addAction(
        tr("Show its &folder"), this, [this, sha256] { Q_EMIT folderRequested(sha256); });
    menu->popup(event->globalPos());
}

} // namespace guidino::ui
