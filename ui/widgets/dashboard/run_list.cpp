// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/dashboard/run_list.h"

#include "ui/model/chart_series.h"
#include "ui/model/run_board.h"
#include "ui/widgets/dashboard/chart_style.h"
#include "ui/widgets/dashboard/state_text.h"
#include "ui/widgets/theme.h"

#include <QFileDialog>
#include <QLabel>
#include <QPainter>
#include <QPixmap>
#include <QVBoxLayout>

#include <algorithm>

namespace guidino::ui {

namespace {

constexpr int kSampleWidth = 26;
constexpr int kSampleHeight = 14;

/// The line of a run as in the charts.
QIcon sampleOf(const ChartStyle& style, int colour, double ratio)
{
    if (colour < 0) {
        return {};
    }
    QPixmap pixmap(static_cast<int>(kSampleWidth * ratio), static_cast<int>(kSampleHeight * ratio));
    pixmap.setDevicePixelRatio(ratio);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(style.linePen(colour, 2.5));
    painter.drawLine(
        QPointF(1, kSampleHeight / 2.0), QPointF(kSampleWidth - 1, kSampleHeight / 2.0));
    painter.end();
    return QIcon(pixmap);
}

QString textOf(const RunBoard::Run& run)
{
    const QString& name = run.name;
    if (!run.history || !run.history->isLoaded()) {
        return name;
    }
    QString text = name + QLatin1Char('\n') + stateText(run.history->state());
    if (const RunCurve* dsc = run.history->curves().find(QStringLiteral("dsc"))) {
        double best = dsc->values.front();
        for (const double value : dsc->values) {
            best = std::max(best, value);
        }
        text += QStringLiteral(" · ") + RunList::tr("DSC %1").arg(figureText(best));
    }
    return text;
}

} // namespace

RunList::RunList(RunBoard& runs, Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_runs(runs)
    , m_theme(theme)
    , m_list(new QListWidget(this))
    , m_add(new QPushButton(tr("Add a run…"), this))
{
    setObjectName(QStringLiteral("panel"));
    setAttribute(Qt::WA_StyledBackground);
    auto* heading = new QLabel(tr("Runs"), this);
    heading->setProperty("role", QStringLiteral("heading"));
    heading->setContentsMargins(12, 8, 12, 0);
    m_list->setObjectName(QStringLiteral("runList"));
    m_list->setAccessibleName(tr("Runs to compare"));
    m_list->setToolTip(tr("Tick runs to lay their curves over each other; double click to look at "
                          "one alone"));
    m_list->setIconSize({kSampleWidth, kSampleHeight});
    m_list->setTextElideMode(Qt::ElideRight);
    m_list->setWordWrap(false);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_add->setToolTip(tr("Show the folder of a run from elsewhere"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 8);
    column->setSpacing(6);
    column->addWidget(heading);
    column->addWidget(m_list, 1);
    auto* foot = new QVBoxLayout;
    foot->setContentsMargins(12, 0, 12, 0);
    foot->addWidget(m_add);
    column->addLayout(foot);
    connect(m_list, &QListWidget::itemChanged, this, &RunList::take);
    connect(m_list, &QListWidget::itemActivated, this, [this](QListWidgetItem* item) {
        m_runs.setCurrent(item->data(Qt::UserRole).toULongLong());
    });
    connect(m_add, &QPushButton::clicked, this, &RunList::chooseFolder);
    connect(&runs, &RunBoard::listChanged, this, &RunList::refresh);
    connect(&runs, &RunBoard::currentChanged, this, &RunList::refresh);
    connect(&runs, &RunBoard::changed, this, &RunList::refresh);
    connect(&theme, &Theme::changed, this, &RunList::refresh);
}

void RunList::take(QListWidgetItem* item)
{
    if (m_isFilling) {
        return;
    }
    // Not at once: the list is filled anew by it, and still speaks of this item.
    const std::size_t index = item->data(Qt::UserRole).toULongLong();
    const bool isShown = item->checkState() == Qt::Checked;
    QMetaObject::invokeMethod(
        this,
        [this, index, isShown] {
            m_runs.setShown(index, isShown);
            refresh();
        },
        Qt::QueuedConnection);
}

void RunList::refresh()
{
    m_isFilling = true;
    const ChartStyle style = ChartStyle::of(m_theme);
    const auto& runs = m_runs.runs();
    const bool isComparison = m_runs.shown().size() > 1;
    while (m_list->count() > static_cast<int>(runs.size())) {
        delete m_list->takeItem(m_list->count() - 1);
    }
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const RunBoard::Run& run = runs[i];
        QListWidgetItem* item = m_list->item(static_cast<int>(i));
        if (item == nullptr) {
            item = new QListWidgetItem(m_list);
        }
        const bool isCurrent = i == m_runs.currentIndex();
        QFont strong = font();
        strong.setWeight(isCurrent ? QFont::DemiBold : QFont::Normal);
        item->setFont(strong);
        item->setText(textOf(run));
        item->setData(Qt::UserRole, static_cast<qulonglong>(i));
        item->setToolTip(QString::fromStdString(run.folder.string()));
        item->setIcon(
            sampleOf(style, run.isShown && isComparison ? run.colour : -1, devicePixelRatioF()));
        // The one that is looked at is always there.
        item->setFlags(
            isCurrent ? Qt::ItemIsEnabled | Qt::ItemIsSelectable
                      : Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable);
        item->setCheckState(run.isShown ? Qt::Checked : Qt::Unchecked);
    }
    m_isFilling = false;
}

void RunList::chooseFolder()
{
    auto* dialog = new QFileDialog(this, tr("Choose the folder of a run"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& folder) {
        if (!m_runs.add(folder.toStdString())) {
            Q_EMIT said(
                tr("There is no run in %1: a run has messages.jsonl or metrics.csv.").arg(folder),
                true);
        }
    });
    dialog->open();
}

} // namespace guidino::ui
