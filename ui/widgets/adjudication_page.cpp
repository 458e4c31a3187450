// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/adjudication_page.h"

#include "ui/model/adjudication_controller.h"
#include "ui/model/annotation_document.h"
#include "ui/model/dataset_controller.h"
#include "ui/model/project_controller.h"
#include "ui/widgets/theme.h"

#include <QFrame>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLocale>
#include <QSignalBlocker>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <utility>

namespace guidino::ui {

namespace {

const QColor kFirstColor(0x56, 0xb4, 0xe9);  // sky blue (Okabe-Ito)
const QColor kSecondColor(0xf0, 0xe4, 0x42); // yellow
const QColor kAllColor(0x00, 0x9e, 0x73);    // bluish green

QString number(std::optional<double> value, int digits)
{
    return value ? QLocale().toString(*value, 'f', digits) : QStringLiteral("–");
}

MaskStyle outlineOf(const QColor& color, double ratio)
{
    MaskStyle style;
    style.colors.fill(color.rgb());
    style.colors[0] = 0;
    style.outlineWidth = std::round(2 * ratio);
    style.fillOpacity = 0;
    return style;
}

QString dot(const QColor& color)
{
    return QStringLiteral("<span style=\"color:%1\">■</span> ").arg(color.name());
}

} // namespace

AdjudicationPage::AdjudicationPage(
    AdjudicationController& controller,
    ProjectController& project,
    DatasetController& dataset,
    Theme& theme,
    QWidget* parent)
    : QWidget(parent)
    , m_controller(controller)
    , m_project(project)
    , m_dataset(dataset)
    , m_theme(theme)
    , m_view(new ReviewView(this))
{
    setObjectName(QStringLiteral("adjudicationPage"));
    setAttribute(Qt::WA_StyledBackground);
    m_view->setObjectName(QStringLiteral("adjudicationView"));
    m_view->setAccessibleName(tr("Image with the labels of both readers"));
    m_view->setPointing(ReviewView::Pointing::Place);
    m_view->setFocusPolicy(Qt::StrongFocus);
    m_view->setToolTip(tr("Arrow keys go from place to place, Space takes the other reader's"));
    m_view->setPlaceholder(tr("Choose an image that both have read."));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(makeStrip());
    auto* row = new QHBoxLayout;
    row->setSpacing(0);
    row->addWidget(m_view, 1);
    row->addWidget(makeSide());
    column->addLayout(row, 1);
    connect(m_view, &ReviewView::placeClicked, this, [this](PointF place) {
        m_controller.toggleAt(
            {static_cast<int>(std::floor(place.x)), static_cast<int>(std::floor(place.y))});
    });
    connect(&controller, &AdjudicationController::refreshed, this, &AdjudicationPage::refreshTable);
    connect(&controller, &AdjudicationController::currentChanged, this, [this] {
        m_place = -1;
        refreshPicture();
    });
    connect(
        &controller,
        &AdjudicationController::picksChanged,
        this,
        &AdjudicationPage::refreshPicture);
    connect(&dataset, &DatasetController::currentChanged, this, &AdjudicationPage::refreshPicture);
    connect(&theme, &Theme::changed, this, &AdjudicationPage::refreshTable);
    refreshTable();
    refreshPicture();
}

QWidget* AdjudicationPage::makeStrip()
{
    auto* strip = new QFrame(this);
    strip->setObjectName(QStringLiteral("reviewStrip"));
    auto* row = new QHBoxLayout(strip);
    row->setContentsMargins(12, 6, 8, 6);
    row->setSpacing(8);
    auto* mode = new QLabel(tr("READERS COMPARED"), strip);
    mode->setProperty("role", QStringLiteral("heading"));
    row->addWidget(mode);
    m_first = new QComboBox(strip);
    m_first->setAccessibleName(tr("First reader"));
    m_second = new QComboBox(strip);
    m_second->setAccessibleName(tr("Second reader"));
    for (QComboBox* box : {m_first, m_second}) {
        box->setMinimumWidth(140);
        auto* color = new QLabel(strip);
        color->setText(dot(box == m_first ? kFirstColor : kSecondColor));
        row->addWidget(color);
        row->addWidget(box);
        connect(box, &QComboBox::activated, this, [this] {
            m_controller.compare(m_first->currentText(), m_second->currentText());
        });
    }
    m_summary = new QLabel(strip);
    m_summary->setObjectName(QStringLiteral("agreement"));
    m_summary->setProperty("role", QStringLiteral("muted"));
    row->addWidget(m_summary, 1);
    auto* leave = new QToolButton(strip);
    leave->setText(tr("Close"));
    leave->setToolTip(tr("Close (%1)").arg(QStringLiteral("Esc")));
    leave->setAccessibleName(tr("Close the comparison"));
    leave->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_theme.setIcon(leave, QStringLiteral("cancel"));
    connect(leave, &QToolButton::clicked, this, &AdjudicationPage::leaveRequested);
    row->addWidget(leave);
    return strip;
}

QWidget* AdjudicationPage::makeSide()
{
    auto* side = new QFrame(this);
    side->setObjectName(QStringLiteral("reviewSide"));
    side->setFixedWidth(424);
    auto* layout = new QVBoxLayout(side);
    layout->setContentsMargins(12, 12, 12, 12);
    layout->setSpacing(8);
    m_table = new QTableWidget(0, 4, side);
    m_table->setObjectName(QStringLiteral("readerCases"));
    m_table->setAccessibleName(tr("Images that both have read"));
    m_table->setHorizontalHeaderLabels({tr("Case"), tr("DSC"), tr("HD95 (px)"), tr("Judged")});
    for (const int column : {1, 2}) { // as their numbers
        m_table->horizontalHeaderItem(column)->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    }
    m_table->verticalHeader()->hide();
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_table->horizontalHeader()->setStretchLastSection(true);
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setShowGrid(false);
    layout->addWidget(m_table, 1);
    m_settle = new QPushButton(side);
    m_settle->setObjectName(QStringLiteral("settleAgreed"));
    layout->addWidget(m_settle);
    connect(m_settle, &QPushButton::clicked, &m_controller, &AdjudicationController::settleAgreed);
    m_case = new QLabel(side);
    m_case->setWordWrap(true);
    layout->addWidget(m_case);
    m_takeFirst = new QPushButton(side);
    m_takeSecond = new QPushButton(side);
    m_store = new QPushButton(tr("Store as adjudicated"), side);
    m_store->setObjectName(QStringLiteral("storeAdjudication"));
    m_store->setProperty("primary", true);
    m_majority = new QPushButton(tr("Majority of all readers"), side);
    m_majority->setObjectName(QStringLiteral("majority"));
    m_staple = new QPushButton(tr("STAPLE of all readers"), side);
    m_staple->setObjectName(QStringLiteral("staple"));
    layout->addWidget(m_takeFirst);
    layout->addWidget(m_takeSecond);
    layout->addWidget(m_majority);
    layout->addWidget(m_staple);
    layout->addWidget(m_store);
    connect(m_takeFirst, &QPushButton::clicked, this, [this] {
        m_controller.pickAll(editing::Pick::First);
    });
    connect(m_takeSecond, &QPushButton::clicked, this, [this] {
        m_controller.pickAll(editing::Pick::Second);
    });
    connect(m_majority, &QPushButton::clicked, this, [this] {
        m_controller.propose(AdjudicationController::Consensus::Majority);
    });
    connect(m_staple, &QPushButton::clicked, this, [this] {
        m_controller.propose(AdjudicationController::Consensus::Staple);
    });
    connect(m_store, &QPushButton::clicked, this, [this] { (void)m_controller.store(); });
    connect(m_table, &QTableWidget::itemSelectionChanged, this, [this] {
        const QModelIndexList chosen = m_table->selectionModel()->selectedRows();
        const int row = chosen.isEmpty() ? -1 : chosen.front().row();
        const int index = row < 0 ? -1 : m_caseOfRow[static_cast<std::size_t>(row)];
        if (index >= 0 && index < static_cast<int>(m_controller.cases().size())) {
            m_controller.open(m_controller.cases()[static_cast<std::size_t>(index)].image);
        }
    });
    return side;
}

void AdjudicationPage::refreshTable()
{
    for (QComboBox* box : {m_first, m_second}) {
        const QSignalBlocker block(box);
        box->clear();
        box->addItems(m_controller.readers());
        box->setCurrentText(box == m_first ? m_controller.first() : m_controller.second());
    }
    const auto& cases = m_controller.cases();
    const QSignalBlocker block(m_table);
    m_table->clearSelection();
    m_table->clearSpans();
    m_table->setRowCount(0);
    m_caseOfRow.clear();
    using Standing = AdjudicationController::Standing;
    int open = 0;
    for (const auto& [standing, heading] : std::initializer_list<std::pair<Standing, QString>>{
             {Standing::Open, tr("TO BE SETTLED (%1)")},
             {Standing::Agreed, tr("AGREED (%1)")},
             {Standing::Settled, tr("SETTLED (%1)")}}) {
        const auto count =
            std::count_if(cases.begin(), cases.end(), [standing = standing](const auto& one) {
                return one.standing == standing;
            });
        open = standing == Standing::Open ? static_cast<int>(count) : open;
        if (count > 0) {
            addHeading(heading.arg(count));
        }
        for (std::size_t i = 0; i < cases.size(); ++i) {
            if (cases[i].standing == standing) {
                addCase(static_cast<int>(i));
            }
        }
    }
    double dsc = 0;
    double hd95 = 0;
    int dscCount = 0;
    int hd95Count = 0;
    for (const auto& one : cases) {
        if (one.dsc) {
            dsc += *one.dsc;
            ++dscCount;
        }
        if (one.hd95) {
            hd95 += *one.hd95;
            ++hd95Count;
        }
    }
    m_summary->setText(
        cases.empty()
            ? tr("No image was read by both. Merge a reader's package, or read with another name.")
            : tr("%1 images by both · mean DSC %2 · mean HD95 %3 px · %4 to be settled")
                  .arg(cases.size())
                  .arg(dscCount > 0 ? number(dsc / dscCount, 3) : QStringLiteral("–"))
                  .arg(hd95Count > 0 ? number(hd95 / hd95Count, 1) : QStringLiteral("–"))
                  .arg(open));
    const int agreed = m_controller.agreedButContested();
    m_settle->setVisible(agreed > 0);
    m_settle->setText(tr("Settle %n agreed case(s)", nullptr, agreed));
    m_settle->setEnabled(!m_project.isReadOnly());
    m_settle->setToolTip(
        m_project.isReadOnly()
            ? tr("The project is open for reading only.")
            : tr("Both drew the same, each for themselves: stores it once, so that it can train"));
    m_takeFirst->setText(tr("All from %1").arg(m_controller.first()));
    m_takeSecond->setText(tr("All from %1").arg(m_controller.second()));
}

/// A row that only names what follows.
void AdjudicationPage::addHeading(const QString& text)
{
    const int row = m_table->rowCount();
    m_table->insertRow(row);
    auto* item = new QTableWidgetItem(text);
    item->setFlags(Qt::NoItemFlags);
    item->setForeground(m_theme.color(QStringLiteral("muted")));
    m_table->setItem(row, 0, item);
    m_table->setSpan(row, 0, 1, m_table->columnCount());
    m_caseOfRow.push_back(-1);
}

void AdjudicationPage::addCase(int index)
{
    using Standing = AdjudicationController::Standing;
    const auto& one = m_controller.cases()[static_cast<std::size_t>(index)];
    const int row = m_table->rowCount();
    m_table->insertRow(row);
    m_caseOfRow.push_back(index);
    const QStringList texts{
        one.name,
        number(one.dsc, 3),
        number(one.hd95, 1),
        !one.verdicts.isEmpty()             ? one.verdicts
        : one.standing == Standing::Open    ? tr("drawn differently")
        : one.standing == Standing::Settled ? tr("settled")
        : one.isContested                   ? tr("agreed, not settled")
                                            : tr("agreed")};
    for (int column = 0; column < texts.size(); ++column) {
        auto* item = new QTableWidgetItem(texts[column]);
        if (column == 1 || column == 2) {
            item->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
        }
        if (one.standing == Standing::Open) {
            QFont font = m_table->font();
            font.setBold(true);
            item->setFont(font);
        }
        m_table->setItem(row, column, item);
    }
    if (one.image == m_controller.current()) {
        m_table->selectRow(row);
    }
}

QString AdjudicationPage::consensusText() const
{
    const QStringList& readers = m_controller.labellers();
    if (*m_controller.consensus() == AdjudicationController::Consensus::Majority) {
        return tr("Green: what most of %1 readers drew (%2). Click a place to pick instead.")
            .arg(readers.size())
            .arg(readers.join(QStringLiteral(", ")));
    }
    const editing::Staple& staple = m_controller.staple();
    QStringList figures;
    for (qsizetype i = 0; i < readers.size(); ++i) {
        const auto reader = static_cast<std::size_t>(i);
        figures << tr("%1: sensitivity %2, specificity %3")
                       .arg(
                           readers[i],
                           number(staple.sensitivity[reader], 3),
                           number(staple.specificity[reader], 3));
    }
    return tr("Green: the likeliest truth by STAPLE, which weighs readers by their agreement.\n%1")
        .arg(figures.join(QLatin1Char('\n')));
}

void AdjudicationPage::refreshPicture()
{
    const AnnotationDocument* shown = m_dataset.current();
    const bool isShown = shown != nullptr && m_controller.current().isValid()
                         && shown->id() == m_controller.current();
    m_view->setImage(isShown ? shown->image() : nullptr);
    const auto& found = m_controller.disagreement();
    const bool hasMaps = isShown && !found.regionOf.empty();
    std::vector<ReviewView::Layer> layers;
    int second = 0;
    if (hasMaps) {
        // Places of disagreement filled with the colour of whose labels they take.
        Raster8 picks(found.size.width, found.size.height);
        for (std::size_t i = 0; i < found.regionOf.size(); ++i) {
            if (found.regionOf[i] > 0) {
                picks.pixels()[i] =
                    m_controller.pickOf(found.regionOf[i] - 1) == editing::Pick::First ? 1 : 2;
            }
        }
        MaskStyle fill;
        fill.colors[1] = kFirstColor.rgb();
        fill.colors[2] = kSecondColor.rgb();
        fill.fillOpacity = 0.45;
        fill.outlineWidth = 0;
        fill.hasHalo = false;
        if (m_controller.consensus()) {
            MaskStyle all = fill;
            all.colors.fill(kAllColor.rgb());
            all.colors[0] = 0;
            all.colors[kIgnoreLabel] = 0;
            layers.push_back({m_controller.result(), all});
        } else {
            layers.push_back({LabelMap::fromRaster(picks), fill});
        }
        layers.push_back({m_controller.firstLabels(), outlineOf(kFirstColor, devicePixelRatioF())});
        layers.push_back(
            {m_controller.secondLabels(), outlineOf(kSecondColor, devicePixelRatioF())});
        for (std::size_t i = 0; i < found.regions.size(); ++i) {
            second += m_controller.pickOf(static_cast<int>(i)) == editing::Pick::Second ? 1 : 0;
        }
    }
    m_view->setLayers(std::move(layers));
    m_case->setText(
        hasMaps && m_controller.consensus() ? consensusText()
        : !hasMaps                          ? tr("Bold cases are to be settled. Choose one.")
        : found.regions.empty()
            ? tr("Both drew the same.")
            : tr("%1 places differ: %2 from %3, %4 from %5. Click a place to take the other "
                 "reader's labels there (by keys: arrows and Space).")
                  .arg(found.regions.size())
                  .arg(static_cast<int>(found.regions.size()) - second)
                  .arg(m_controller.first())
                  .arg(second)
                  .arg(m_controller.second()));
    refreshPlace();
    const bool canStore = hasMaps && !m_project.isReadOnly();
    const auto offer = [&](QPushButton* button, AdjudicationController::Consensus kind) {
        const QString why = m_controller.reasonNoConsensus(kind);
        button->setEnabled(hasMaps && why.isEmpty());
        button->setToolTip(
            !why.isEmpty() ? why
            : hasMaps      ? tr("Of %1. Shown in green; nothing is stored yet")
                            .arg(m_controller.labellers().join(QStringLiteral(", ")))
                      : tr("Choose an image that both have read."));
    };
    offer(m_majority, AdjudicationController::Consensus::Majority);
    offer(m_staple, AdjudicationController::Consensus::Staple);
    m_store->setText(
        !m_controller.consensus() ? tr("Store as adjudicated")
        : *m_controller.consensus() == AdjudicationController::Consensus::Majority
            ? tr("Store the majority")
            : tr("Store the STAPLE estimate"));
    const QString why = m_project.isReadOnly() ? tr("The project is open for reading only.")
                        : !hasMaps             ? tr("Choose an image that both have read.")
                                               : QString();
    for (QPushButton* button : {m_takeFirst, m_takeSecond, m_store}) {
        button->setEnabled(canStore);
    }
    m_takeFirst->setToolTip(
        canStore ? tr("All places as %1 drew them").arg(m_controller.first()) : why);
    m_takeSecond->setToolTip(
        canStore ? tr("All places as %1 drew them").arg(m_controller.second()) : why);
    m_store->setToolTip(
        canStore ? tr("A new revision, accepted by you; nothing of the readers is changed") : why);
}

void AdjudicationPage::goToPlace(int step)
{
    const int count = static_cast<int>(m_controller.disagreement().regions.size());
    if (count > 0) {
        m_place = m_place < 0 ? (step > 0 ? 0 : count - 1) : (m_place + step + count) % count;
        refreshPlace();
    }
}

/// A pin on the place that keys have come to.
void AdjudicationPage::refreshPlace()
{
    const auto& found = m_controller.disagreement();
    if (m_place < 0 || m_place >= static_cast<int>(found.regions.size())) {
        m_view->setPins({});
        m_view->setAccessibleDescription({});
        return;
    }
    const Rect& bounds = found.regions[static_cast<std::size_t>(m_place)].bounds;
    const QString text =
        tr("Place %1 of %2, from %3")
            .arg(m_place + 1)
            .arg(found.regions.size())
            .arg(
                m_controller.pickOf(m_place) == editing::Pick::First ? m_controller.first()
                                                                     : m_controller.second());
    m_view->setPins({ReviewView::Pin{
        {bounds.x + bounds.width / 2.0, bounds.y + bounds.height / 2.0}, text, false}});
    m_view->setAccessibleDescription(text);
}

void AdjudicationPage::keyPressEvent(QKeyEvent* event)
{
    if (m_view->hasFocus() && m_controller.current().isValid()) {
        const auto& found = m_controller.disagreement();
        switch (event->key()) {
        case Qt::Key_Left:
        case Qt::Key_Up:
            goToPlace(-1);
            return;
        case Qt::Key_Right:
        case Qt::Key_Down:
            goToPlace(1);
            return;
        case Qt::Key_Space:
            for (std::size_t i = 0; i < found.regionOf.size(); ++i) {
                if (m_place >= 0 && found.regionOf[i] == m_place + 1) {
                    const auto width = static_cast<std::size_t>(found.size.width);
                    m_controller.toggleAt(
                        {static_cast<int>(i % width), static_cast<int>(i / width)});
                    break;
                }
            }
            return;
        default:
            break;
        }
    }
    if (event->key() == Qt::Key_Escape) {
        Q_EMIT leaveRequested();
        return;
    }
    QWidget::keyPressEvent(event);
}

} // namespace guidino::ui
