// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/dashboard/log_page.h"

#include "core/protocol/run_folder.h"
#include "ui/model/run_log.h"
#include "ui/widgets/theme.h"

#include <QAction>
#include <QClipboard>
#include <QDesktopServices>
#include <QFontDatabase>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QItemSelectionModel>
#include <QLocale>
#include <QPainter>
#include <QScrollBar>
#include <QStyledItemDelegate>
#include <QUrl>
#include <QVBoxLayout>

#include <algorithm>

namespace guidino::ui {

namespace {

/// A line with its severity as a shape and a colour before it.
class LineDelegate : public QStyledItemDelegate
{
public:
    LineDelegate(Theme& theme, QObject* parent)
        : QStyledItemDelegate(parent)
        , m_theme(theme)
    {}

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index)
        const override
    {
        const auto severity = index.data(RunLog::SeverityRole).value<RunLog::Severity>();
        const bool isSelected = option.state.testFlag(QStyle::State_Selected);
        painter->save();
        if (isSelected) {
            painter->fillRect(option.rect, m_theme.color(QStringLiteral("selection")));
        }
        painter->setFont(option.font);
        const QColor text = m_theme.color(QStringLiteral("text"));
        const QColor mark = severity == RunLog::Severity::Error
                                ? m_theme.color(QStringLiteral("rejected"))
                                : m_theme.color(QStringLiteral("unsure"));
        QRect place = option.rect.adjusted(10, 0, -6, 0);
        if (severity != RunLog::Severity::Info) {
            painter->setPen(mark);
            painter->drawText(
                place,
                Qt::AlignLeft | Qt::AlignVCenter,
                severity == RunLog::Severity::Error ? QStringLiteral("✕") : QStringLiteral("▲"));
        }
        place.setLeft(place.left() + 18);
        const QString time = index.data(RunLog::TimeRole).toString();
        const int timeWidth = option.fontMetrics.horizontalAdvance(QStringLiteral("00:00:00  "));
        painter->setPen(m_theme.color(QStringLiteral("muted")));
        painter->drawText(place, Qt::AlignLeft | Qt::AlignVCenter, time);
        place.setLeft(place.left() + timeWidth);
        painter->setPen(severity == RunLog::Severity::Error ? mark : text);
        painter->drawText(
            place,
            Qt::AlignLeft | Qt::AlignVCenter,
            option.fontMetrics.elidedText(
                index.data(RunLog::TextRole).toString(), Qt::ElideRight, place.width()));
        painter->restore();
    }

    [[nodiscard]] QSize
    sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const override
    {
        return {100, option.fontMetrics.height() + 4};
    }

private:
    Theme& m_theme;
};

} // namespace

LogPage::LogPage(Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_log(new RunLog(this))
    , m_words(new QLineEdit(this))
    , m_least(new QComboBox(this))
    , m_followEnd(new QToolButton(this))
    , m_counts(new QLabel(this))
    , m_view(new QListView(this))
    , m_openFile(new QPushButton(tr("Open the file"), this))
{
    setObjectName(QStringLiteral("panel"));
    setAttribute(Qt::WA_StyledBackground);
    m_words->setObjectName(QStringLiteral("logWords"));
    m_words->setPlaceholderText(tr("Filter: all of these words"));
    m_words->setClearButtonEnabled(true);
    m_words->setAccessibleName(tr("Words that lines must have"));
    m_least->setObjectName(QStringLiteral("logSeverity"));
    m_least->setAccessibleName(tr("Least severity"));
    m_least->addItem(tr("All lines"), QVariant::fromValue(RunLog::Severity::Info));
    m_least->addItem(tr("Warnings and errors"), QVariant::fromValue(RunLog::Severity::Warning));
    m_least->addItem(tr("Errors"), QVariant::fromValue(RunLog::Severity::Error));
    m_followEnd->setObjectName(QStringLiteral("logFollow"));
    m_followEnd->setText(tr("Follow"));
    m_followEnd->setToolTip(tr("Keeps the newest line in view"));
    m_followEnd->setCheckable(true);
    m_followEnd->setChecked(true);
    m_followEnd->setProperty("chip", true);
    m_counts->setProperty("role", QStringLiteral("small"));
    m_view->setObjectName(QStringLiteral("logView"));
    m_view->setModel(m_log);
    m_view->setUniformItemSizes(true);
    m_view->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_view->setItemDelegate(new LineDelegate(theme, m_view));
    QFont fixed = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    fixed.setPixelSize(12);
    m_view->setFont(fixed);
    m_view->setStyleSheet(
        QStringLiteral("font-family: \"%1\"; font-size: 12px").arg(fixed.family()));
    m_view->setAccessibleName(tr("Lines of the log"));
    auto* copyLines = new QAction(tr("Copy lines"), m_view);
    copyLines->setObjectName(QStringLiteral("logCopy"));
    copyLines->setShortcut(QKeySequence::Copy);
    copyLines->setShortcutContext(Qt::WidgetShortcut);
    m_view->addAction(copyLines);
    m_view->setContextMenuPolicy(Qt::ActionsContextMenu);

    auto* tools = new QHBoxLayout;
    tools->setContentsMargins(12, 6, 12, 6);
    tools->setSpacing(8);
    tools->addWidget(m_words, 1);
    tools->addWidget(m_least);
    tools->addWidget(m_followEnd);
    tools->addWidget(m_counts);
    tools->addStretch(0);
    tools->addWidget(m_openFile);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(tools);
    column->addWidget(m_view, 1);

    m_log->setActive(false); // until it is shown
    connect(m_words, &QLineEdit::textChanged, m_log, &RunLog::setWords);
    connect(m_least, &QComboBox::currentIndexChanged, m_log, [this] {
        m_log->setLeast(m_least->currentData().value<RunLog::Severity>());
    });
    connect(m_log, &RunLog::grown, this, &LogPage::follow);
    connect(m_followEnd, &QToolButton::toggled, this, &LogPage::follow);
    // Scrolling up is to read: the end is no longer followed.
    connect(m_view->verticalScrollBar(), &QScrollBar::sliderMoved, this, [this](int value) {
        m_followEnd->setChecked(value >= m_view->verticalScrollBar()->maximum());
    });
    connect(copyLines, &QAction::triggered, this, &LogPage::copy);
    connect(m_openFile, &QPushButton::clicked, this, [this] {
        const std::string file = protocol::RunPaths{m_folder}.log().string();
        QDesktopServices::openUrl(QUrl::fromLocalFile(QString::fromStdString(file)));
    });
}

void LogPage::open(const std::filesystem::path& runFolder)
{
    m_folder = runFolder;
    m_log->open(runFolder);
}

void LogPage::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    m_log->setActive(true);
}

void LogPage::hideEvent(QHideEvent* event)
{
    QWidget::hideEvent(event);
    m_log->setActive(false);
}

void LogPage::follow()
{
    const QLocale locale;
    const int warnings = m_log->count(RunLog::Severity::Warning);
    const int errors = m_log->count(RunLog::Severity::Error);
    QStringList parts{
        tr("%1 of %2 lines")
            .arg(locale.toString(m_log->rowCount()), locale.toString(m_log->totalLines()))};
    if (warnings > 0) {
        parts.append(tr("%n warning(s)", nullptr, warnings));
    }
    if (errors > 0) {
        parts.append(tr("%n error(s)", nullptr, errors));
    }
    if (m_log->isCut()) {
        parts.append(tr("older lines are in the file"));
    }
    m_counts->setText(parts.join(QStringLiteral(" · ")));
    if (m_followEnd->isChecked()) {
        m_view->scrollToBottom();
    }
}

void LogPage::copy()
{
    QModelIndexList chosen = m_view->selectionModel()->selectedIndexes();
    std::sort(chosen.begin(), chosen.end(), [](const QModelIndex& a, const QModelIndex& b) {
        return a.row() < b.row();
    });
    QStringList lines;
    for (const QModelIndex& index : chosen) {
        lines.append(index.data(Qt::DisplayRole).toString());
    }
    QGuiApplication::clipboard()->setText(lines.join(QLatin1Char('\n')));
}

} // namespace guidino::ui
