// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/image_list_panel.h"

#include "ui/model/image_list_model.h"
#include "ui/model/image_search.h"
#include "ui/widgets/theme.h"

#include <QCompleter>
#include <QGuiApplication>
#include <QItemSelectionModel>
#include <QKeyEvent>
#include <QPainter>
#include <QScrollBar>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

#include <algorithm>
#include <array>
#include <utility>

namespace guidino::ui {

namespace {

/// Names of states of ImageSearch, in the order of the box; the first shows all.
const std::array<const char*, 12> kStateTerms{
    "",
    "state::labelled",
    "state::unlabelled",
    "state::unsaved",
    "state::predicted",
    "state::stale",
    "state::open",
    "state::accepted",
    "state::rejected",
    "state::unsure",
    "state::corrected",
    "state::missing"};

/// Asks the entries themselves: a hundred thousand rows are filtered in some milliseconds.
class Filter : public QSortFilterProxyModel
{
public:
    Filter(ImageListModel& images, QObject* parent)
        : QSortFilterProxyModel(parent)
        , m_images(images)
    {
        setSourceModel(&images);
    }

    void search(ImageSearch state, ImageSearch text)
    {
        m_state = std::move(state);
        m_text = std::move(text);
        invalidateFilter();
    }

protected:
    [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex& /*parent*/) const override
    {
        const ImageEntry& entry = m_images.entry(row);
        return m_state.matches(entry, row) && m_text.matches(entry, row);
    }

private:
    ImageListModel& m_images;
    ImageSearch m_state;
    ImageSearch m_text;
};

/// Completes the last word of a search.
class WordCompleter : public QCompleter
{
public:
    using QCompleter::QCompleter;

    [[nodiscard]] QStringList splitPath(const QString& path) const override
    {
        return {path.mid(path.lastIndexOf(QLatin1Char(' ')) + 1)};
    }

    [[nodiscard]] QString pathFromIndex(const QModelIndex& index) const override
    {
        const auto* line = qobject_cast<const QLineEdit*>(widget());
        const QString text = line != nullptr ? line->text() : QString();
        return text.left(text.lastIndexOf(QLatin1Char(' ')) + 1) + QCompleter::pathFromIndex(index);
    }
};

/// Thumbnail, name, and the states as small shapes: disc = labelled, square = predicted (dotted: by
/// a model that is not in use any more), triangle = not saved, tick, cross and question mark =
/// decisions, diamond = guide corrected, dashed frame = the file is missing.
class ThumbnailDelegate : public QStyledItemDelegate
{
public:
    ThumbnailDelegate(const ImageListModel& images, Theme& theme, QObject* parent)
        : QStyledItemDelegate(parent)
        , m_images(images)
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
        const bool isSelected = option.state.testFlag(QStyle::State_Selected);
        const bool isHovered = option.state.testFlag(QStyle::State_MouseOver);
        if (isCurrent || isSelected || isHovered) {
            painter->fillRect(
                option.rect,
                m_theme.color(
                    isCurrent || isSelected ? QStringLiteral("selection")
                                            : QStringLiteral("hover")));
        }
        if (option.state.testFlag(QStyle::State_HasFocus)) { // where arrow keys have come to
            painter->setPen(QPen(m_theme.color(QStringLiteral("focus")), 1));
            painter->drawRect(QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -0.5));
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
        const ImageEntry& entry = m_images.entry(index.data(ImageListModel::RowRole).toInt());
        const bool isUsable = entry.problem.isEmpty() && !entry.isMissing;
        if (entry.isMissing) {
            painter->setPen(QPen(m_theme.color(QStringLiteral("unsure")), 1.4, Qt::DashLine));
            painter->drawRect(frame.adjusted(1, 1, -1, -1));
            painter->drawText(frame, Qt::AlignCenter, QStringLiteral("?"));
        }
        painter->setPen(
            m_theme.color(isUsable ? QStringLiteral("text") : QStringLiteral("disabled")));
        painter->drawText(
            text,
            Qt::AlignVCenter | Qt::AlignLeft,
            option.fontMetrics.elidedText(entry.stem, Qt::ElideMiddle, text.width()));
        const double right =
            paintStates(*painter, entry, QPointF(text.left() + 5, text.bottom() + 14));
        if (!entry.tags.isEmpty()) {
            const QRectF rest(
                right + 4, text.bottom() + 5, text.right() - right - 4, text.height() - 4);
            QFont small = painter->font();
            small.setPixelSize(11);
            painter->setFont(small);
            painter->setPen(m_theme.color(QStringLiteral("muted")));
            painter->drawText(
                rest,
                Qt::AlignVCenter | Qt::AlignLeft,
                QFontMetrics(small).elidedText(
                    entry.tags.join(QLatin1String(", ")),
                    Qt::ElideRight,
                    static_cast<int>(rest.width())));
        }
        painter->restore();
    }

private:
    /// Returns where the shapes end.
    double paintStates(QPainter& painter, const ImageEntry& entry, QPointF at) const
    {
        constexpr double step = 18;
        const auto line = [&](const char* color, double width) {
            painter.setPen(QPen(m_theme.color(QLatin1StringView(color)), width));
            painter.setBrush(Qt::NoBrush);
        };
        if (!entry.problem.isEmpty()) {
            line("rejected", 1.8);
            painter.drawRect(QRectF(at.x() - 5, at.y() - 5, 10, 10));
            painter.drawLine(at + QPointF(-5, -5), at + QPointF(5, 5));
            return at.x() + step;
        }
        if (entry.isLabelled) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(m_theme.color(QStringLiteral("text")));
            painter.drawEllipse(at, 4.5, 4.5);
        } else {
            painter.setPen(QPen(m_theme.color(QStringLiteral("muted")), 1.2, Qt::DotLine));
            painter.setBrush(Qt::NoBrush);
            painter.drawEllipse(at, 4.5, 4.5);
        }
        at.rx() += step;
        if (entry.isPredicted) {
            line(entry.isStale ? "muted" : "text", 1.6);
            if (entry.isStale) { // of a model that is not the one in use
                painter.setPen(QPen(m_theme.color(QStringLiteral("muted")), 1.4, Qt::DotLine));
            }
            painter.drawRect(QRectF(at.x() - 4, at.y() - 4, 8, 8));
            at.rx() += step;
        }
        if (entry.verdict == project::Verdict::Accepted) {
            line("accepted", 2.2);
            painter.drawPolyline(
                QPolygonF({at + QPointF(-5, 0), at + QPointF(-1, 4), at + QPointF(6, -5)}));
            at.rx() += step;
        } else if (entry.verdict == project::Verdict::Rejected) {
            line("rejected", 2.2);
            painter.drawLine(at + QPointF(-4, -4), at + QPointF(4, 4));
            painter.drawLine(at + QPointF(-4, 4), at + QPointF(4, -4));
            at.rx() += step;
        } else if (entry.verdict == project::Verdict::Unsure) {
            line("unsure", 1.6);
            painter.drawText(
                QRectF(at.x() - 6, at.y() - 9, 12, 18), Qt::AlignCenter, QStringLiteral("?"));
            at.rx() += step;
        }
        if (entry.hasGuideCorrection) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(m_theme.color(QStringLiteral("guide")));
            painter.drawPolygon(QPolygonF(
                {at + QPointF(0, -5),
                 at + QPointF(5, 0),
                 at + QPointF(0, 5),
                 at + QPointF(-5, 0)}));
            at.rx() += step;
        }
        if (entry.isEdited) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(m_theme.color(QStringLiteral("unsure")));
            painter.drawPolygon(
                QPolygonF({at + QPointF(0, -5), at + QPointF(5, 4.5), at + QPointF(-5, 4.5)}));
            at.rx() += step;
        }
        return at.x() - 6;
    }

    const ImageListModel& m_images;
    Theme& m_theme;
};

} // namespace

ImageListPanel::ImageListPanel(ImageListModel& images, Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_images(images)
    , m_filter(new Filter(images, this))
    , m_search(new QLineEdit(this))
    , m_words(new QStringListModel(this))
    , m_states(new QComboBox(this))
    , m_list(new QListView(this))
    , m_count(new QLabel(this))
{
    setObjectName(QStringLiteral("panel"));
    setAttribute(Qt::WA_StyledBackground);
    m_search->setPlaceholderText(tr("Search images"));
    m_search->setAccessibleName(tr("Search images"));
    m_search->setToolTip(
        tr("Name or pattern, #12, label::polyp, tag::hard, state::accepted, checked::0, "
           "score::[0,0.5], split::train, group::P12. A minus before a term turns it round."));
    m_search->setClearButtonEnabled(true);
    m_search->setObjectName(QStringLiteral("imageSearch"));
    auto* completer = new WordCompleter(m_words, this);
    completer->setCaseSensitivity(Qt::CaseInsensitive);
    completer->setFilterMode(Qt::MatchContains);
    m_search->setCompleter(completer);
    m_states->addItems(
        {tr("All images"),
         tr("Labelled"),
         tr("Not labelled"),
         tr("Not saved"),
         tr("Predicted"),
         tr("Predicted by another model"),
         tr("Not decided"),
         tr("Accepted"),
         tr("Rejected"),
         tr("Unsure"),
         tr("Guide corrected"),
         tr("File missing")});
    m_states->setAccessibleName(tr("Show images by state"));
    m_states->setObjectName(QStringLiteral("imageStates"));
    m_list->setModel(m_filter);
    m_list->setItemDelegate(new ThumbnailDelegate(images, theme, m_list));
    m_list->setUniformItemSizes(true);
    m_list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_list->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_list->setMouseTracking(true);
    m_list->setContextMenuPolicy(Qt::CustomContextMenu);
    m_list->setAccessibleName(tr("Images"));
    m_list->setObjectName(QStringLiteral("imageList"));
    m_count->setProperty("role", QStringLiteral("small"));
    m_count->setToolTip(tr(
        "Disc: labelled. Square: predicted. Triangle: not saved yet. Tick, cross, question mark: "
        "decisions. Diamond: guide corrected. Dashed frame: the file is missing."));
    m_count->setWordWrap(true);

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

    m_list->installEventFilter(this);
    connect(m_search, &QLineEdit::textChanged, this, &ImageListPanel::applyFilter);
    connect(m_states, &QComboBox::currentIndexChanged, this, &ImageListPanel::applyFilter);
    const auto choose = [this](const QModelIndex& index) {
        if (QGuiApplication::keyboardModifiers() == Qt::NoModifier) { // else it is for selecting
            Q_EMIT rowChosen(m_filter->mapToSource(index).row());
        }
    };
    connect(m_list, &QListView::clicked, this, choose);
    connect(m_list, &QListView::activated, this, choose);
    connect(m_list, &QListView::customContextMenuRequested, this, [this](QPoint position) {
        if (!selectedIds().empty()) {
            Q_EMIT contextRequested(m_list->viewport()->mapToGlobal(position));
        }
    });
    // Thumbnails and background work change rows by the hundred: counted once per turn of the loop.
    m_countTimer.setSingleShot(true);
    m_countTimer.setInterval(0);
    connect(&m_countTimer, &QTimer::timeout, this, &ImageListPanel::refreshCount);
    const auto count = [this] { m_countTimer.start(); };
    connect(&images, &QAbstractItemModel::modelReset, this, count);
    connect(&images, &QAbstractItemModel::dataChanged, this, count);
    connect(m_filter, &QAbstractItemModel::rowsInserted, this, count);
    connect(m_filter, &QAbstractItemModel::rowsRemoved, this, count);
    connect(&theme, &Theme::changed, m_list->viewport(), qOverload<>(&QWidget::update));
    refreshCount();
}

bool ImageListPanel::eventFilter(QObject* watched, QEvent* event)
{
    // Return opens the chosen image here; on the canvas it takes the prediction.
    if (watched == m_list && event->type() == QEvent::ShortcutOverride) {
        const auto* key = static_cast<QKeyEvent*>(event);
        if ((key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter)
            && key->modifiers() == Qt::NoModifier) {
            event->accept();
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

void ImageListPanel::followCurrent()
{
    const QModelIndex index = m_filter->mapFromSource(m_images.index(m_images.currentRow()));
    if (index.isValid()) {
        m_list->scrollTo(index, QAbstractItemView::EnsureVisible);
        if (m_list->currentIndex() != index) {
            // By itself the view would add to what is chosen while Ctrl or Shift is still down from
            // the key that led here.
            m_list->selectionModel()->setCurrentIndex(index, QItemSelectionModel::ClearAndSelect);
        }
    }
}

void ImageListPanel::focusSearch()
{
    m_search->setFocus();
    m_search->selectAll();
}

void ImageListPanel::setVocabulary(const LabelClasses& classes, const QStringList& tags)
{
    m_classes = classes;
    m_words->setStringList(ImageSearch::completions(classes, tags));
    applyFilter();
}

void ImageListPanel::setSearch(const QString& text)
{
    m_search->setText(text);
}

std::vector<ImageId> ImageListPanel::selectedIds() const
{
    std::vector<ImageId> ids;
    for (const QModelIndex& index : m_list->selectionModel()->selectedIndexes()) {
        ids.push_back(m_images.entry(m_filter->mapToSource(index).row()).id);
    }
    std::sort(ids.begin(), ids.end());
    return ids;
}

std::vector<ImageId> ImageListPanel::listedIds() const
{
    std::vector<ImageId> ids;
    ids.reserve(static_cast<std::size_t>(m_filter->rowCount()));
    for (int row = 0; row < m_filter->rowCount(); ++row) {
        ids.push_back(m_images.entry(m_filter->mapToSource(m_filter->index(row, 0)).row()).id);
    }
    return ids;
}

void ImageListPanel::applyFilter()
{
    const auto state = static_cast<std::size_t>(std::max(0, m_states->currentIndex()));
    static_cast<Filter*>(m_filter)->search(
        ImageSearch(QLatin1StringView(kStateTerms[state]), m_classes),
        ImageSearch(m_search->text(), m_classes));
    m_countTimer.start();
}

void ImageListPanel::refreshCount()
{
    const auto& entries = m_images.entries();
    const auto labelled = std::count_if(
        entries.begin(), entries.end(), [](const ImageEntry& entry) { return entry.isLabelled; });
    const QString whole =
        tr("%1 of %n image(s) labelled", nullptr, static_cast<int>(entries.size())).arg(labelled);
    const int shown = m_filter->rowCount();
    if (entries.empty()) {
        m_count->setText(tr("Images appear here when a project or a folder is open."));
    } else if (shown < static_cast<int>(entries.size())) {
        m_count->setText(tr("%n shown", nullptr, shown) + QStringLiteral("  ·  ") + whole);
    } else {
        m_count->setText(whole);
    }
}

} // namespace guidino::ui
