// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/case_strip.h"

#include "ui/model/case_pictures.h"
#include "ui/model/comparison_controller.h"
#include "ui/model/comparison_text.h"
#include "ui/widgets/theme.h"

#include <QPainter>
#include <QStyledItemDelegate>

#include <algorithm>
#include <limits>

namespace guidino::ui {

namespace {

constexpr int kSide = 132;
constexpr int kGap = 8;
constexpr int kCaption = 16;
constexpr int kTitle = 22;
constexpr int kCells = 6;

} // namespace

CaseStripModel::CaseStripModel(ComparisonController& comparison, QObject* parent)
    : QAbstractListModel(parent)
    , m_comparison(comparison)
{
    connect(&comparison, &ComparisonController::rowsReset, this, &CaseStripModel::refresh);
    connect(&comparison, &ComparisonController::rowChanged, this, [this](int row) {
        const auto found = std::find(m_order.begin(), m_order.end(), row);
        if (found != m_order.end()) {
            const QModelIndex at = index(static_cast<int>(found - m_order.begin()));
            Q_EMIT dataChanged(at, at);
        }
    });
    connect(&comparison, &ComparisonController::stateChanged, this, [this] {
        if (!m_comparison.isRunning()) {
            refresh();
        }
    });
    refresh();
}

void CaseStripModel::refresh()
{
    beginResetModel();
    m_order.clear();
    const auto& rows = m_comparison.rows();
    if (m_isOffendersOnly) {
        for (const std::size_t row : m_comparison.gate().offenders) {
            m_order.push_back(static_cast<int>(row));
        }
    } else {
        for (int row = 0; row < static_cast<int>(rows.size()); ++row) {
            m_order.push_back(row);
        }
        const auto changeOf = [&](int row) {
            return rows[static_cast<std::size_t>(row)].score.dscChange().value_or(
                std::numeric_limits<double>::infinity());
        };
        std::stable_sort(m_order.begin(), m_order.end(), [&](int left, int right) {
            return changeOf(left) < changeOf(right);
        });
    }
    endResetModel();
}

void CaseStripModel::setOffendersOnly(bool isOn)
{
    m_isOffendersOnly = isOn;
    refresh();
}

int CaseStripModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_order.size());
}

QVariant CaseStripModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount()) {
        return {};
    }
    const int row = m_order[static_cast<std::size_t>(index.row())];
    if (row >= static_cast<int>(m_comparison.rows().size())) {
        return {};
    }
    const ComparisonController::Row& one = m_comparison.rows()[static_cast<std::size_t>(row)];
    switch (role) {
    case Qt::DisplayRole:
        return QString::fromStdString(one.score.name);
    case RowRole:
        return row;
    case ImageIdRole:
        return QVariant::fromValue(static_cast<qint64>(one.image.value));
    case FiguresRole:
        if (!one.score.a || !one.score.b) {
            return one.hasFailedA || one.hasFailedB ? tr("could not be predicted")
                                                    : tr("not predicted by both yet");
        }
        return tr("DSC %1 → %2 (%3)   HD95 %4 → %5 px")
            .arg(
                ComparisonText::number(one.score.a->dsc),
                ComparisonText::number(one.score.b->dsc),
                ComparisonText::change(*one.score.dscChange()),
                ComparisonText::number(one.score.a->hd95, 1),
                ComparisonText::number(one.score.b->hd95, 1));
    case Qt::AccessibleTextRole:
        return tr("%1, %2").arg(
            data(index, Qt::DisplayRole).toString(), data(index, FiguresRole).toString());
    default:
        return {};
    }
}

/// Draws a row: its name, its figures and its pictures with captions.
class CaseStrip::Delegate : public QStyledItemDelegate
{
public:
    Delegate(
        ComparisonController& comparison, CasePictures& pictures, Theme& theme, QObject* parent)
        : QStyledItemDelegate(parent)
        , m_comparison(comparison)
        , m_pictures(pictures)
        , m_theme(theme)
    {}

    void setNames(const QString& a, const QString& b)
    {
        m_a = a;
        m_b = b;
    }

    QSize
    sizeHint(const QStyleOptionViewItem& /*option*/, const QModelIndex& /*index*/) const override
    {
        return {kCells * (kSide + kGap) + kGap, kTitle + kSide + kCaption + 2 * kGap};
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index)
        const override
    {
        const int row = index.data(CaseStripModel::RowRole).toInt();
        if (row >= static_cast<int>(m_comparison.rows().size())) {
            return;
        }
        const auto color = [this](const char* name) {
            return m_theme.color(QLatin1StringView(name));
        };
        painter->save();
        painter->fillRect(
            option.rect,
            option.state.testFlag(QStyle::State_Selected) ? color("selection") : color("panel"));
        painter->setPen(color("border"));
        painter->drawLine(option.rect.bottomLeft(), option.rect.bottomRight());
        const ComparisonController::Row& one = m_comparison.rows()[static_cast<std::size_t>(row)];
        QRectF title(option.rect.left() + kGap, option.rect.top() + 4, 240, kTitle - 4);
        QFont strong = option.font;
        strong.setPixelSize(13);
        strong.setWeight(QFont::DemiBold);
        painter->setFont(strong);
        painter->setPen(color("text"));
        const QString name = QFontMetricsF(strong).elidedText(
            index.data(Qt::DisplayRole).toString(), Qt::ElideMiddle, title.width());
        painter->drawText(title, Qt::AlignLeft | Qt::AlignVCenter, name);
        QFont plain = option.font;
        plain.setPixelSize(12);
        painter->setFont(plain);
        const double change = one.score.dscChange().value_or(0);
        painter->setPen(
            change >= 0.0005    ? color("accepted")
            : change <= -0.0005 ? color("rejected")
                                : color("muted"));
        title.setLeft(title.left() + QFontMetricsF(strong).horizontalAdvance(name) + 16);
        title.setRight(option.rect.right() - kGap);
        painter->drawText(
            title,
            Qt::AlignLeft | Qt::AlignVCenter,
            index.data(CaseStripModel::FiguresRole).toString());
        paintPictures(painter, option.rect, one);
        painter->restore();
    }

private:
    void
    paintPictures(QPainter* painter, const QRect& rect, const ComparisonController::Row& one) const
    {
        const CasePicture* picture = m_pictures.of(m_comparison.filesOf(one));
        const QImage none;
        const QStringList captions{
            CaseStrip::tr("Image"),
            CaseStrip::tr("Label"),
            m_a,
            m_b,
            CaseStrip::tr("Guide, %1").arg(m_a),
            CaseStrip::tr("Guide, %1").arg(m_b)};
        const QImage* images[kCells] = {
            picture != nullptr ? &picture->image : &none,
            picture != nullptr ? &picture->reference : &none,
            picture != nullptr ? &picture->labels[0] : &none,
            picture != nullptr ? &picture->labels[1] : &none,
            picture != nullptr ? &picture->guides[0] : &none,
            picture != nullptr ? &picture->guides[1] : &none};
        QFont small = painter->font();
        small.setPixelSize(11);
        painter->setFont(small);
        for (int cell = 0; cell < kCells; ++cell) {
            const QRect place(
                rect.left() + kGap + cell * (kSide + kGap), rect.top() + kTitle + 4, kSide, kSide);
            painter->fillRect(place, m_theme.color(QStringLiteral("canvas")));
            painter->setPen(m_theme.color(QStringLiteral("muted")));
            if (images[cell]->isNull()) {
                painter->drawText(
                    place,
                    Qt::AlignCenter,
                    picture == nullptr ? QStringLiteral("…") : QStringLiteral("–"));
            } else {
                const QSize size = images[cell]->size().scaled(place.size(), Qt::KeepAspectRatio);
                painter->drawImage(
                    QRect(
                        place.left() + (place.width() - size.width()) / 2,
                        place.top() + (place.height() - size.height()) / 2,
                        size.width(),
                        size.height()),
                    *images[cell]);
            }
            painter->drawText(
                QRect(place.left(), place.bottom() + 1, kSide, kCaption),
                Qt::AlignLeft | Qt::AlignVCenter,
                QFontMetricsF(small).elidedText(captions[cell], Qt::ElideRight, kSide));
        }
    }

    ComparisonController& m_comparison;
    CasePictures& m_pictures;
    Theme& m_theme;
    QString m_a;
    QString m_b;
};

CaseStrip::CaseStrip(
    ComparisonController& comparison, CasePictures& pictures, Theme& theme, QWidget* parent)
    : QListView(parent)
    , m_theme(theme)
    , m_rows(new CaseStripModel(comparison, this))
    , m_delegate(new Delegate(comparison, pictures, theme, this))
{
    setModel(m_rows);
    setItemDelegate(m_delegate);
    setUniformItemSizes(true);
    setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    setSelectionMode(QAbstractItemView::SingleSelection);
    connect(&pictures, &CasePictures::made, viewport(), qOverload<>(&QWidget::update));
    connect(&theme, &Theme::changed, viewport(), qOverload<>(&QWidget::update));
    const auto imageOf = [](const QModelIndex& index) {
        return ImageId{index.data(CaseStripModel::ImageIdRole).toLongLong()};
    };
    connect(
        selectionModel(),
        &QItemSelectionModel::currentChanged,
        this,
        [this, imageOf](const QModelIndex& now) {
            if (now.isValid()) {
                Q_EMIT imageChosen(imageOf(now));
            }
        });
    connect(this, &QListView::activated, this, [this, imageOf](const QModelIndex& index) {
        Q_EMIT imageActivated(imageOf(index));
    });
}

void CaseStrip::setHint(const QString& hint)
{
    m_hint = hint;
    setAccessibleDescription(hint);
    viewport()->update();
}

void CaseStrip::paintEvent(QPaintEvent* event)
{
    QListView::paintEvent(event);
    if (m_rows->rowCount() > 0 || m_hint.isEmpty()) {
        return;
    }
    QPainter painter(viewport());
    painter.setPen(m_theme.color(QStringLiteral("muted")));
    constexpr int kMargin = 48;
    painter.drawText(
        viewport()->rect().adjusted(kMargin, kMargin, -kMargin, -kMargin),
        Qt::AlignCenter | Qt::TextWordWrap,
        m_hint);
}

void CaseStrip::setNames(const QString& a, const QString& b)
{
    m_delegate->setNames(a, b);
    viewport()->update();
}

} // namespace guidino::ui
