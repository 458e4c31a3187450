// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/image_list_panel.h"

#include "ui/model/image_list_model.h"
#include "ui/widgets/theme.h"

#include <QPainter>
#include <QScrollBar>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

#include <algorithm>

namespace guidino::ui {

namespace {

enum StateFilter { All, Labelled, NotLabelled, Edited, Predicted };

class Filter : public QSortFilterProxyModel
{
public:
    using QSortFilterProxyModel::QSortFilterProxyModel;

    void setStateFilter(int filter)
    {
        m_filter = filter;
        invalidateFilter();
    }

protected:
    [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex& parent) const override
    {
        const QModelIndex item = sourceModel()->index(row, 0, parent);
        const auto is = [&](int role) { return item.data(role).toBool(); };
        const bool isOfState = m_filter == All
                               || (m_filter == Labelled && is(ImageListModel::LabelledRole))
                               || (m_filter == NotLabelled && !is(ImageListModel::LabelledRole))
                               || (m_filter == Edited && is(ImageListModel::EditedRole))
                               || (m_filter == Predicted && is(ImageListModel::PredictedRole));
        return isOfState && QSortFilterProxyModel::filterAcceptsRow(row, parent);
    }

private:
    int m_filter = All;
};

/// Thumbnail, name, and the states as small shapes: filled disc = labelled, ring = predicted,
/// triangle = edited and not saved, diamond of the guide's colour = guide corrected.
class ThumbnailDelegate : public QStyledItemDelegate
{
public:
    ThumbnailDelegate(Theme& theme, QObject* parent)
        : QStyledItemDelegate(parent)
        , m_theme(theme)
    {}

    [[nodiscard]] QSize
    sizeHint(const QStyleOptionViewItem& /*option*/, const QModelIndex& /*index*/) const override
    {
        return {160, 64};
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index)
        const override
    {
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setRenderHint(QPainter::SmoothPixmapTransform);
        const bool isCurrent = index.data(ImageListModel::CurrentRole).toBool();
        const bool isHovered = option.state.testFlag(QStyle::State_MouseOver);
        if (isCurrent || isHovered) {
            painter->fillRect(
                option.rect,
                m_theme.color(isCurrent ? QStringLiteral("selection") : QStringLiteral("hover")));
        }
        if (isCurrent) {
            painter->fillRect(
                QRect(option.rect.left(), option.rect.top(), 3, option.rect.height()),
                m_theme.color(QStringLiteral("focus")));
        }
        const QRect frame(option.rect.left() + 12, option.rect.top() + 6, 68, 52);
        const QImage thumbnail = index.data(ImageListModel::ThumbnailRole).value<QImage>();
        painter->fillRect(frame, m_theme.color(QStringLiteral("canvas")));
        if (!thumbnail.isNull()) {
            const QSize fitted = thumbnail.size().scaled(frame.size(), Qt::KeepAspectRatio);
            const QRect target(
                QPoint(
                    frame.center().x() - fitted.width() / 2 + 1,
                    frame.center().y() - fitted.height() / 2 + 1),
                fitted);
            painter->drawImage(target, thumbnail);
        }
        const QRect text(
            frame.right() + 10,
            option.rect.top() + 8,
            option.rect.right() - frame.right() - 16,
            22);
        const bool hasProblem = !index.data(ImageListModel::ProblemRole).toString().isEmpty();
        painter->setPen(
            m_theme.color(hasProblem ? QStringLiteral("disabled") : QStringLiteral("text")));
        painter->drawText(
            text,
            Qt::AlignVCenter | Qt::AlignLeft,
            option.fontMetrics.elidedText(
                index.data(Qt::DisplayRole).toString(), Qt::ElideMiddle, text.width()));
        paintStates(*painter, index, QPointF(text.left() + 5, text.bottom() + 14), hasProblem);
        painter->restore();
    }

private:
    void paintStates(QPainter& painter, const QModelIndex& index, QPointF at, bool hasProblem) const
    {
        constexpr double step = 18;
        if (hasProblem) {
            painter.setPen(QPen(m_theme.color(QStringLiteral("rejected")), 1.8));
            painter.drawLine(at + QPointF(-4, -4), at + QPointF(4, 4));
            painter.drawLine(at + QPointF(-4, 4), at + QPointF(4, -4));
            return;
        }
        if (index.data(ImageListModel::LabelledRole).toBool()) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(m_theme.color(QStringLiteral("accepted")));
            painter.drawEllipse(at, 4.5, 4.5);
        } else {
            painter.setPen(QPen(m_theme.color(QStringLiteral("muted")), 1.2, Qt::DotLine));
            painter.setBrush(Qt::NoBrush);
            painter.drawEllipse(at, 4.5, 4.5);
        }
        at.rx() += step;
        if (index.data(ImageListModel::PredictedRole).toBool()) {
            painter.setPen(QPen(m_theme.color(QStringLiteral("text")), 1.6));
            painter.setBrush(Qt::NoBrush);
            painter.drawRect(QRectF(at.x() - 4, at.y() - 4, 8, 8));
            at.rx() += step;
        }
        if (index.data(ImageListModel::EditedRole).toBool()) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(m_theme.color(QStringLiteral("unsure")));
            painter.drawPolygon(
                QPolygonF({at + QPointF(0, -5), at + QPointF(5, 4.5), at + QPointF(-5, 4.5)}));
            at.rx() += step;
        }
        if (index.data(ImageListModel::GuideCorrectionRole).toBool()) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(m_theme.color(QStringLiteral("guide")));
            painter.drawPolygon(QPolygonF(
                {at + QPointF(0, -5.5),
                 at + QPointF(5.5, 0),
                 at + QPointF(0, 5.5),
                 at + QPointF(-5.5, 0)}));
        }
    }

    Theme& m_theme;
};

} // namespace

ImageListPanel::ImageListPanel(ImageListModel& images, Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_images(images)
    , m_filter(new Filter(this))
    , m_search(new QLineEdit(this))
    , m_states(new QComboBox(this))
    , m_list(new QListView(this))
    , m_count(new QLabel(this))
{
    setObjectName(QStringLiteral("panel"));
    setAttribute(Qt::WA_StyledBackground);
    m_filter->setSourceModel(&images);
    m_filter->setFilterCaseSensitivity(Qt::CaseInsensitive);
    m_search->setPlaceholderText(tr("Search images"));
    m_search->setAccessibleName(tr("Search images"));
    m_search->setClearButtonEnabled(true);
    m_states->addItems(
        {tr("All images"), tr("Labelled"), tr("Not labelled"), tr("Not saved"), tr("Predicted")});
    m_states->setAccessibleName(tr("Show images by state"));
    m_list->setModel(m_filter);
    m_list->setItemDelegate(new ThumbnailDelegate(theme, m_list));
    m_list->setUniformItemSizes(true);
    m_list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_list->setSelectionMode(QAbstractItemView::NoSelection);
    m_list->setMouseTracking(true);
    m_list->setAccessibleName(tr("Images"));
    m_list->setObjectName(QStringLiteral("imageList"));
    m_count->setProperty("role", QStringLiteral("small"));
    m_count->setToolTip(tr("Disc: labelled. Square: predicted. Triangle: edited, not saved yet."));

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 8, 0, 8);
    layout->setSpacing(8);
    auto* top = new QVBoxLayout;
    top->setContentsMargins(12, 0, 12, 0);
    top->setSpacing(8);
    top->addWidget(m_search);
    top->addWidget(m_states);
    layout->addLayout(top);
    layout->addWidget(m_list, 1);
    auto* bottom = new QVBoxLayout;
    bottom->setContentsMargins(12, 0, 12, 0);
    bottom->addWidget(m_count);
    layout->addLayout(bottom);

    connect(
        m_search, &QLineEdit::textChanged, m_filter, &QSortFilterProxyModel::setFilterFixedString);
    connect(m_states, &QComboBox::currentIndexChanged, m_filter, [this](int index) {
        static_cast<Filter*>(m_filter)->setStateFilter(index);
    });
    const auto choose = [this](const QModelIndex& index) {
        Q_EMIT rowChosen(m_filter->mapToSource(index).row());
    };
    connect(m_list, &QListView::clicked, this, choose);
    connect(m_list, &QListView::activated, this, choose);
    connect(&images, &QAbstractItemModel::modelReset, this, &ImageListPanel::refreshCount);
    connect(&images, &QAbstractItemModel::dataChanged, this, &ImageListPanel::refreshCount);
    connect(&theme, &Theme::changed, m_list->viewport(), qOverload<>(&QWidget::update));
    refreshCount();
}

void ImageListPanel::followCurrent()
{
    const QModelIndex index = m_filter->mapFromSource(m_images.index(m_images.currentRow()));
    if (index.isValid()) {
        m_list->scrollTo(index, QAbstractItemView::EnsureVisible);
        m_list->setCurrentIndex(index);
    }
}

void ImageListPanel::focusSearch()
{
    m_search->setFocus();
    m_search->selectAll();
}

void ImageListPanel::refreshCount()
{
    const auto& entries = m_images.entries();
    const auto labelled = std::count_if(
        entries.begin(), entries.end(), [](const ImageEntry& entry) { return entry.isLabelled; });
    m_count->setText(
        entries.empty()
            ? tr("Images appear here when a folder is open.")
            : tr("%1 of %n image(s) labelled", nullptr, static_cast<int>(entries.size()))
                  .arg(labelled));
    m_count->setWordWrap(true);
}

} // namespace guidino::ui
