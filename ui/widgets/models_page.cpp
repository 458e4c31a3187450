// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/models_page.h"

#include "ui/canvas/canvas_view.h"
#include "ui/canvas/guide_colors.h"
#include "ui/model/adoption_gate.h"
#include "ui/model/annotation_document.h"
#include "ui/model/case_pictures.h"
#include "ui/model/comparison_table.h"
#include "ui/model/comparison_text.h"
#include "ui/model/dataset_controller.h"
#include "ui/model/model_registry.h"
#include "ui/model/model_time_line.h"
#include "ui/model/project_controller.h"
#include "ui/model/tool_state.h"
#include "ui/model/view_settings.h"
#include "ui/widgets/case_strip.h"
#include "ui/widgets/gate_panel.h"
#include "ui/widgets/model_time_line_view.h"
#include "ui/widgets/theme.h"

#include <QDesktopServices>
#include <QFrame>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QSignalBlocker>
#include <QUrl>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace guidino::ui {

namespace {

constexpr int kSideWidth = 540; // two intervals beside each other; names of images

/// Images without a score come last, whichever way.
class ScoresLast : public QSortFilterProxyModel
{
public:
    using QSortFilterProxyModel::QSortFilterProxyModel;

protected:
    bool lessThan(const QModelIndex& left, const QModelIndex& right) const override
    {
        const bool hasLeft = left.data(sortRole()).isValid();
        const bool hasRight = right.data(sortRole()).isValid();
        if (hasLeft != hasRight) {
            return sortOrder() == Qt::AscendingOrder ? hasLeft : hasRight;
        }
        return QSortFilterProxyModel::lessThan(left, right);
    }
};

QLabel* words(const char* name, const char* role, QWidget* parent)
{
    auto* label = new QLabel(parent);
    label->setObjectName(QLatin1StringView(name));
    label->setProperty("role", QLatin1StringView(role));
    label->setWordWrap(true);
    return label;
}

/// The classes of a prediction in the colours of model B.
LabelClasses asModelB(const LabelClasses& classes)
{
    LabelClasses other = classes;
    for (LabelClass& one : other) {
        one.color = CanvasView::predictionColor(one.color);
    }
    return other;
}

} // namespace

ModelsPage::ModelsPage(const Parts& parts, QWidget* parent)
    : QWidget(parent)
    , m_parts(parts)
    , m_view(new ViewSettings(this))
    , m_tools(new ToolState(this))
    , m_documents(new DocumentTable(this))
    , m_rows(new ComparisonTable(parts.comparison, this))
    , m_sorted(new ScoresLast(this))
{
    setObjectName(QStringLiteral("modelsPage"));
    setAttribute(Qt::WA_StyledBackground);
    setMinimumSize(640, 420); // the other pages, with docks beside them, must fit small screens
    m_view->showOnly(PaneRole::Label);
    m_view->setSwiping(true);
    m_tools->setTool(ToolState::Tool::Pan);
    m_timeLine = new ModelTimeLineView(parts.line, parts.theme, this);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(makeStrip());
    column->addWidget(m_timeLine);
    auto* row = new QHBoxLayout;
    row->setSpacing(0);
    row->addWidget(makeStage(), 1);
    row->addWidget(makeSide());
    column->addLayout(row, 1);
    connectParts();
    refreshColors();
    noteChoice();
}

ModelsPage::~ModelsPage()
{
    m_canvas->setDocument(nullptr);
}

QWidget* ModelsPage::makeStrip()
{
    auto* strip = new QFrame(this);
    strip->setObjectName(QStringLiteral("reviewStrip"));
    auto* row = new QHBoxLayout(strip);
    row->setContentsMargins(12, 6, 8, 6);
    row->setSpacing(8);
    auto* mode = new QLabel(tr("MODELS"), strip);
    mode->setProperty("role", QStringLiteral("heading"));
    row->addWidget(mode);
    m_looks = new QLabel(strip);
    m_looks->setObjectName(QStringLiteral("lockedLooks"));
    m_looks->setProperty("role", QStringLiteral("muted"));
    row->addWidget(m_looks, 1);
    for (QAction* action : {&m_parts.adopt, &m_parts.rollBack}) {
        auto* button = new QToolButton(strip);
        button->setDefaultAction(action);
        button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        row->addWidget(button);
    }
    auto* leave = new QToolButton(strip);
    leave->setText(tr("Close"));
    leave->setToolTip(tr("Close (%1)").arg(QStringLiteral("Esc")));
    leave->setAccessibleName(tr("Close the page of models"));
    leave->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_parts.theme.setIcon(leave, QStringLiteral("cancel"));
    connect(leave, &QToolButton::clicked, this, &ModelsPage::leaveRequested);
    row->addWidget(leave);
    return strip;
}

QWidget* ModelsPage::makeStage()
{
    auto* stage = new QWidget(this);
    auto* column = new QVBoxLayout(stage);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* bar = new QWidget(stage);
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(12, 4, 12, 4);
    row->setSpacing(4);
    m_views = new QButtonGroup(this);
    const auto addView = [&](const QString& text, const QString& name, View view) {
        auto* button = new QToolButton(bar);
        button->setText(text);
        button->setObjectName(name);
        button->setCheckable(true);
        button->setProperty("chip", true);
        m_views->addButton(button, static_cast<int>(view));
        row->addWidget(button);
    };
    addView(tr("On the image"), QStringLiteral("viewSwipe"), View::Swipe);
    addView(tr("Before and after"), QStringLiteral("viewStrip"), View::Strip);
    addView(tr("Gate"), QStringLiteral("viewGate"), View::Gate);
    row->addStretch(1);
    auto* hint = new QLabel(
        tr("Drag the divider: A on its left, B on its right, the label as a "
           "white line"),
        bar);
    hint->setProperty("role", QStringLiteral("small"));
    row->addWidget(hint);
    column->addWidget(bar);
    m_stage = new QStackedWidget(stage);
    m_canvas = new CanvasView(PaneRole::Label, m_transform, *m_view, *m_tools, m_stage);
    m_canvas->setObjectName(QStringLiteral("swipeCanvas"));
    m_canvas->setAccessibleName(tr("The image with the labels of both models"));
    m_cases = new CaseStrip(m_parts.comparison, m_parts.pictures, m_parts.theme, m_stage);
    m_cases->setObjectName(QStringLiteral("caseStrip"));
    m_cases->setAccessibleName(tr("Images before and after"));
    m_gate = new GatePanel(
        m_parts.gate, m_parts.comparison, m_parts.pictures, m_parts.line, m_parts.theme, m_stage);
    m_stage->addWidget(m_canvas);
    m_stage->addWidget(m_cases);
    m_stage->addWidget(m_gate);
    column->addWidget(m_stage, 1);
    connect(m_views, &QButtonGroup::idClicked, this, [this](int view) {
        show(static_cast<View>(view));
    });
    show(View::Swipe);
    return stage;
}

QWidget* ModelsPage::makeSide()
{
    auto* side = new QFrame(this);
    side->setObjectName(QStringLiteral("reviewSide"));
    side->setFixedWidth(kSideWidth);
    auto* layout = new QVBoxLayout(side);
    layout->setContentsMargins(12, 8, 12, 12);
    layout->setSpacing(8);
    addChoice(*layout);
    addCard(*layout);
    addTable(*layout);
    auto* gateRow = new QHBoxLayout;
    auto* text = new QLabel(tr("A new model may lose on any locked image at most"), side);
    text->setProperty("role", QStringLiteral("muted"));
    m_limit = new QDoubleSpinBox(side);
    m_limit->setObjectName(QStringLiteral("gateLimit"));
    m_limit->setAccessibleName(tr("Largest loss of DSC on a locked image"));
    m_limit->setRange(0, 1);
    m_limit->setSingleStep(0.01);
    m_limit->setDecimals(3);
    m_limit->setSuffix(tr(" DSC"));
    m_limit->setToolTip(
        tr("Training the same again with another seed changes 95 of 100 images by less than %1")
            .arg(ComparisonText::number(ModelRegistry::kDefaultGateLimit, 2)));
    gateRow->addWidget(text);
    gateRow->addWidget(m_limit);
    gateRow->addStretch(1);
    layout->addLayout(gateRow);
    return side;
}

void ModelsPage::addChoice(QVBoxLayout& layout)
{
    auto* row = new QHBoxLayout;
    row->setSpacing(6);
    const auto addModel = [&](const QString& letter, const QString& name, const QString& what) {
        auto* label = new QLabel(letter, this);
        label->setProperty("role", QStringLiteral("strong"));
        auto* box = new QComboBox(this);
        box->setObjectName(name);
        box->setAccessibleName(what);
        box->setMinimumWidth(110);
        row->addWidget(label);
        row->addWidget(box, 1);
        return box;
    };
    m_a = addModel(QStringLiteral("A"), QStringLiteral("modelA"), tr("Model A"));
    m_b = addModel(QStringLiteral("B"), QStringLiteral("modelB"), tr("Model B"));
    layout.addLayout(row);
    auto* second = new QHBoxLayout;
    second->setSpacing(6);
    m_set = new QComboBox(this);
    m_set->setObjectName(QStringLiteral("comparedSet"));
    m_set->setAccessibleName(tr("Compared on"));
    for (const auto one :
         {ComparisonController::Set::Locked,
          ComparisonController::Set::Validation,
          ComparisonController::Set::Corrected,
          ComparisonController::Set::Labelled}) {
        m_set->addItem(ComparisonText::nameOf(one), static_cast<int>(one));
    }
    m_set->setCurrentIndex(1);
    m_compare = new QPushButton(this);
    m_compare->setObjectName(QStringLiteral("compare"));
    m_compare->setProperty("primary", true);
    second->addWidget(m_set, 1);
    second->addWidget(m_compare);
    layout.addLayout(second);
    m_progress = new QProgressBar(this);
    m_progress->setTextVisible(false);
    m_progress->setAccessibleName(tr("Predicted and scored"));
    layout.addWidget(m_progress);
    m_waits = words("comparisonStatus", "small", this);
    layout.addWidget(m_waits);
}

void ModelsPage::addCard(QVBoxLayout& layout)
{
    auto* card = new QFrame(this);
    card->setObjectName(QStringLiteral("whatIfCard"));
    auto* column = new QVBoxLayout(card);
    column->setContentsMargins(12, 10, 12, 10);
    column->setSpacing(6);
    m_statement = words("statement", "strong", card);
    m_probability = words("probability", "", card);
    m_figures = words("figures", "", card);
    m_figures->setTextFormat(Qt::RichText);
    m_leftOut = words("leftOut", "muted", card);
    m_countAll = new QCheckBox(tr("Count them all the same"), card);
    m_countAll->setObjectName(QStringLiteral("countAll"));
    m_caution = words("caution", "muted", card);
    for (QWidget* one : std::initializer_list<QWidget*>{
             m_statement, m_probability, m_figures, m_leftOut, m_countAll, m_caution}) {
        column->addWidget(one);
    }
    layout.addWidget(card);
}

void ModelsPage::addTable(QVBoxLayout& layout)
{
    m_sorted->setSourceModel(m_rows);
    m_sorted->setSortRole(ComparisonTable::SortRole);
    m_table = new QTableView(this);
    m_table->setObjectName(QStringLiteral("comparedImages"));
    m_table->setAccessibleName(tr("Images with their scores under both models"));
    m_table->setModel(m_sorted);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->setTextElideMode(Qt::ElideMiddle); // names differ at their ends
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(26);
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_table->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
    for (int one = 1; one < ComparisonTable::ColumnCount; ++one) {
        // The theme keeps room for the sort arrow right of each heading, mostly within the margin
        // that the hint counts; with the arrow shown the hint would ask for it once more.
        const bool isChange =
            one == ComparisonTable::DscChange || one == ComparisonTable::Hd95Change;
        const int least = isChange ? 70 : 58; // of the figures below it
        constexpr int kArrow = 2;
        const int heading = m_table->horizontalHeader()->sectionSizeHint(one);
        m_table->setColumnWidth(one, std::max(least, heading + kArrow));
    }
    m_table->setSortingEnabled(true);
    m_table->sortByColumn(ComparisonTable::DscChange, Qt::AscendingOrder);
    m_table->setToolTip(tr("Return or double click opens the image for editing"));
    layout.addWidget(m_table, 1);
}

void ModelsPage::connectParts()
{
    const ComparisonController& comparison = m_parts.comparison;
    connect(&m_parts.models, &ModelRegistry::changed, this, &ModelsPage::refresh);
    connect(&m_parts.line, &ModelTimeLine::chosen, this, &ModelsPage::noteChoice);
    connect(m_a, &QComboBox::activated, this, [this] {
        m_parts.line.setA(m_a->currentData().toString());
    });
    connect(m_b, &QComboBox::activated, this, [this] {
        m_parts.line.setB(m_b->currentData().toString());
    });
    connect(m_set, &QComboBox::activated, this, &ModelsPage::noteChoice);
    connect(m_compare, &QPushButton::clicked, this, &ModelsPage::compare);
    connect(m_countAll, &QCheckBox::toggled, this, [this](bool counts) {
        m_parts.comparison.setCountsOwnCases(counts);
        m_table->viewport()->update();
    });
    connect(m_limit, &QDoubleSpinBox::editingFinished, this, [this] {
        if (m_parts.project.isOpen() && m_limit->value() != m_parts.models.gateLimit()) {
            (void)m_parts.models.setGateLimit(m_limit->value());
        }
    });
    connect(&comparison, &ComparisonController::takenUp, this, &ModelsPage::showComparison);
    connect(&comparison, &ComparisonController::stateChanged, this, &ModelsPage::refresh);
    connect(&comparison, &ComparisonController::progressed, this, &ModelsPage::refreshFigures);
    connect(&comparison, &ComparisonController::caseLoaded, this, &ModelsPage::showCase);
    connect(&comparison, &ComparisonController::rowsReset, this, [this] {
        m_parts.pictures.clear();
        showDocument();
        m_parts.comparison.load(m_chosen);
    });
    connect(&comparison, &ComparisonController::rowChanged, this, [this](int row) {
        const ImageId image = m_parts.comparison.rows()[static_cast<std::size_t>(row)].image;
        m_parts.pictures.forget(image);
        m_cases->viewport()->update();
        if (image == m_chosen) {
            m_parts.comparison.load(image);
        }
    });
    connect(
        m_table->selectionModel(),
        &QItemSelectionModel::currentRowChanged,
        this,
        [this](const QModelIndex& now) {
            if (now.isValid()) {
                choose(ImageId{now.data(ComparisonTable::ImageIdRole).toLongLong()});
            }
        });
    connect(m_table, &QTableView::activated, this, [this](const QModelIndex& index) {
        Q_EMIT imageActivated(ImageId{index.data(ComparisonTable::ImageIdRole).toLongLong()});
    });
    connect(m_cases, &CaseStrip::imageChosen, this, &ModelsPage::choose);
    connect(m_cases, &CaseStrip::imageActivated, this, &ModelsPage::imageActivated);
    connect(m_gate, &GatePanel::imageChosen, this, &ModelsPage::choose);
    connect(m_gate, &GatePanel::imageActivated, this, &ModelsPage::imageActivated);
    connect(&m_parts.gate, &AdoptionGate::stateChanged, this, [this](AdoptionGate::State state) {
        if (state == AdoptionGate::State::Refused) {
            show(View::Gate);
        } else if (m_stage->currentWidget() == m_gate) {
            show(View::Swipe);
            m_table->setFocus();
        }
        refresh();
    });
    connect(&m_parts.dataset, &DatasetController::currentChanged, this, &ModelsPage::showDocument);
    connect(&m_parts.dataset, &DatasetController::classesChanged, this, &ModelsPage::refreshColors);
    connect(&m_parts.theme, &Theme::changed, this, &ModelsPage::refreshColors);
    connect(
        m_timeLine,
        &ModelTimeLineView::retireRequested,
        this,
        [this](const QString& sha256, bool isRetired) {
            if (const Status status = m_parts.models.setRetired(sha256, isRetired); !status) {
                Q_EMIT problemOccurred(noticeFor(
                    status.error(), tr("The model stays as it was."), Notice::Action::None));
            }
        });
    connect(m_timeLine, &ModelTimeLineView::folderRequested, this, [this](const QString& sha256) {
        if (const project::ModelRecord* model = m_parts.models.find(sha256)) {
            QDesktopServices::openUrl(QUrl::fromLocalFile(model->path));
        }
    });
    connect(
        m_timeLine,
        &ModelTimeLineView::adoptRequested,
        &m_parts.models,
        &ModelRegistry::askToAdopt);
}

ComparisonController::Set ModelsPage::set() const
{
    return static_cast<ComparisonController::Set>(m_set->currentData().toInt());
}

void ModelsPage::setSet(ComparisonController::Set set)
{
    m_set->setCurrentIndex(m_set->findData(static_cast<int>(set)));
    noteChoice();
}

void ModelsPage::showComparison()
{
    const ComparisonController& comparison = m_parts.comparison;
    m_isFollowing = true;
    m_parts.line.setB(comparison.modelB());
    m_parts.line.setA(comparison.modelA());
    m_set->setCurrentIndex(m_set->findData(static_cast<int>(comparison.set())));
    m_isFollowing = false;
    refresh();
}

void ModelsPage::show(View view)
{
    m_stage->setCurrentIndex(static_cast<int>(view));
    m_views->button(static_cast<int>(view))->setChecked(true);
}

void ModelsPage::compare()
{
    if (m_parts.comparison.isRunning()) {
        m_parts.comparison.cancel();
    } else {
        m_parts.comparison.start(m_parts.line.a(), m_parts.line.b(), set());
    }
}

void ModelsPage::noteChoice()
{
    ComparisonController& comparison = m_parts.comparison;
    const QString& a = m_parts.line.a();
    const QString& b = m_parts.line.b();
    const bool isShown =
        comparison.modelA() == a && comparison.modelB() == b && comparison.set() == set();
    if (!isShown && !m_isFollowing && m_parts.gate.state() != AdoptionGate::State::Judging) {
        // A look at the locked images is asked for; others cost nothing once they are predicted.
        const bool isFree = set() != ComparisonController::Set::Locked
                            && comparison.reasonUnavailable(a, b, set()).isEmpty()
                            && comparison.isPredicted(a, b, set());
        if (isFree) {
            comparison.start(a, b, set());
        } else if (comparison.state() != ComparisonController::State::Idle) {
            comparison.reset();
        }
    }
    refresh();
}

void ModelsPage::refreshCombos()
{
    for (QComboBox* box : {m_a, m_b}) {
        const QSignalBlocker block(box);
        box->clear();
        for (const project::ModelRecord& model : m_parts.models.models()) {
            box->addItem(model.name, model.sha256);
        }
        box->setCurrentIndex(box->findData(box == m_a ? m_parts.line.a() : m_parts.line.b()));
    }
}

void ModelsPage::refresh()
{
    refreshCombos();
    const ComparisonController& comparison = m_parts.comparison;
    const bool isRunning = comparison.isRunning();
    const QString why = comparison.reasonUnavailable(m_parts.line.a(), m_parts.line.b(), set());
    m_compare->setText(isRunning ? tr("Cancel") : tr("Compare"));
    m_compare->setEnabled(isRunning || why.isEmpty());
    m_compare->setToolTip(
        isRunning        ? tr("Ends its jobs; what is predicted stays")
        : !why.isEmpty() ? why
        : set() == ComparisonController::Set::Locked
            ? tr("Counts as a look at the locked images")
            : tr("Predicts what is missing as a job in the background"));
    m_looks->setText(
        m_parts.project.isOpen() ? tr(
            "The locked images were looked at %n time(s)", nullptr, m_parts.models.lockedLooks())
                                 : QString());
    m_limit->setEnabled(m_parts.project.isOpen() && !m_parts.project.isReadOnly());
    if (!m_limit->hasFocus()) {
        m_limit->setValue(m_parts.models.gateLimit());
    }
    auto* gateButton = m_views->button(static_cast<int>(View::Gate));
    const bool isRefused = m_parts.gate.state() == AdoptionGate::State::Refused;
    gateButton->setVisible(isRefused);
    const QString a = m_parts.line.nameOf(m_parts.line.a());
    const QString b = m_parts.line.nameOf(m_parts.line.b());
    m_rows->setNames(a, b);
    m_cases->setNames(a, b);
    m_gate->offenders().setNames(a, b);
    refreshFigures();
}

void ModelsPage::refreshFigures()
{
    const ComparisonController& comparison = m_parts.comparison;
    const report::ModelComparison& found = comparison.found();
    m_progress->setVisible(comparison.isRunning());
    m_progress->setMaximum(std::max(1, comparison.total()));
    m_progress->setValue(comparison.done());
    m_waits->setText(comparison.statusText());
    m_waits->setVisible(!m_waits->text().isEmpty());
    const bool isIdle = comparison.state() == ComparisonController::State::Idle;
    const QString why = comparison.reasonUnavailable(m_parts.line.a(), m_parts.line.b(), set());
    const ComparisonText::Names names{
        m_parts.line.nameOf(comparison.modelA()), m_parts.line.nameOf(comparison.modelB())};
    m_statement->setText(
        !isIdle ? ComparisonText::statement(found, comparison.set(), names)
        : !why.isEmpty()
            ? why
            : tr("Press Compare: both models predict %1, and what changed appears here.")
                  .arg(ComparisonText::imagesOf(set(), comparison.countOf(set()))));
    m_cases->setHint(isIdle ? m_statement->text() : QString());
    m_probability->setText(isIdle ? QString() : ComparisonText::probability(found));
    m_probability->setVisible(!m_probability->text().isEmpty());
    m_figures->setVisible(!isIdle && found.a.has_value());
    if (found.a && found.b) {
        const auto cell = [](const QString& text, bool isHead = false) {
            return QStringLiteral(
                       "<td align=\"%1\" style=\"padding-right:12px; white-space:nowrap\">%2</td>")
                .arg(
                    isHead ? QStringLiteral("left") : QStringLiteral("right"),
                    text.toHtmlEscaped());
        };
        const auto mean = [](const report::ModelSummary& one) {
            return tr("%1 (%2 to %3)")
                .arg(
                    ComparisonText::number(one.dsc.mean),
                    ComparisonText::number(one.interval.low),
                    ComparisonText::number(one.interval.high));
        };
        const auto line = [&](const QString& head, const QString& a, const QString& b) {
            return QStringLiteral("<tr>") + cell(head, true) + cell(a) + cell(b)
                   + QStringLiteral("</tr>");
        };
        QString table = QStringLiteral("<table cellspacing=\"0\">") + line({}, names.a, names.b)
                        + line(tr("DSC, mean"), mean(*found.a), mean(*found.b))
                        + line(
                            tr("DSC, median"),
                            ComparisonText::number(found.a->dsc.median),
                            ComparisonText::number(found.b->dsc.median))
                        + line(
                            tr("HD95, mean (px)"),
                            ComparisonText::number(found.a->hd95Mean, 1),
                            ComparisonText::number(found.b->hd95Mean, 1))
                        + QStringLiteral("</table>");
        table += tr("%1 better, %2 worse, %3 as before")
                     .arg(found.better.size())
                     .arg(found.worse.size())
                     .arg(found.counted - found.better.size() - found.worse.size());
        m_figures->setText(table);
    }
    m_leftOut->setText(
        isIdle ? QString() : ComparisonText::leftOut(found, comparison.countsOwnCases()));
    m_leftOut->setVisible(!m_leftOut->text().isEmpty() && !comparison.isRunning());
    m_countAll->setVisible(!isIdle && (found.leftOut > 0 || comparison.countsOwnCases()));
    const QSignalBlocker block(m_countAll);
    m_countAll->setChecked(comparison.countsOwnCases());
    m_caution->setText(
        isIdle ? QString()
               : ComparisonText::caution(comparison.set(), m_parts.models.lockedLooks()));
    m_caution->setVisible(!m_caution->text().isEmpty());
}

void ModelsPage::refreshColors()
{
    m_rows->setColors(
        m_parts.theme.color(QStringLiteral("accepted")),
        m_parts.theme.color(QStringLiteral("rejected")));
    const LabelClasses& classes = m_parts.dataset.classes();
    m_canvas->setClasses(classes);
    CasePictureStyle style;
    style.reference = classes;
    style.models = {classes, asModelB(classes)};
    for (LabelClass& one : style.reference) {
        one.color = QColor(255, 255, 255);
    }
    style.guide = guideColors();
    m_parts.pictures.setStyle(style);
}

void ModelsPage::choose(ImageId image)
{
    m_chosen = image;
    m_parts.dataset.show(m_parts.dataset.images().rowOf(image));
    m_parts.comparison.load(image);
    showDocument();
}

void ModelsPage::showDocument()
{
    const AnnotationDocument* shown = m_parts.dataset.current();
    if (shown == nullptr || shown->image() == nullptr) {
        m_canvas->setDocument(nullptr);
        m_documents->clear();
        return;
    }
    if (m_chosen != shown->id()) {
        m_chosen = shown->id();
        m_parts.comparison.load(m_chosen);
    }
    AnnotationDocument* own = m_documents->document(shown->id());
    if (own == nullptr || own->size() != shown->size()) {
        m_canvas->setDocument(nullptr);
        m_documents->clear();
        own = &m_documents->create(shown->id(), shown->size());
        own->setReadOnly(true);
        own->setImage(shown->image());
        m_transform.setImageSize(own->size(), m_canvas->size());
        m_canvas->setDocument(own);
    }
    if (m_parts.comparison.rowOf(m_chosen) < 0) {
        own->resetLabels(LabelMap(own->size()));
        own->setPrediction(nullptr);
        m_canvas->setSwipeSides({tr("A: not compared on this image"), tr("B"), {}});
    }
}

void ModelsPage::showCase(const std::shared_ptr<const ComparedCase>& found)
{
    AnnotationDocument* own = m_documents->document(found->image);
    if (own == nullptr || found->image != m_chosen) {
        return;
    }
    const auto fitting = [own](const LabelMap& labels) {
        return labels.size() == own->size() ? labels : LabelMap(own->size());
    };
    own->resetLabels(fitting(found->labels[0]));
    auto other = std::make_shared<Prediction>();
    other->labels = fitting(found->labels[1]);
    other->guide = found->guides[1];
    own->setPrediction(other);
    const int at = m_parts.comparison.rowOf(found->image);
    const auto scored = [](const QString& text, const std::optional<report::CaseScore>& score) {
        return score ? tr("%1, DSC %2").arg(text, ComparisonText::number(score->dsc))
                     : tr("%1, no prediction").arg(text);
    };
    const report::ModelCase empty;
    const report::ModelCase& score =
        at >= 0 ? m_parts.comparison.rows()[static_cast<std::size_t>(at)].score : empty;
    m_canvas->setSwipeSides(
        {scored(tr("A: %1").arg(m_parts.line.nameOf(m_parts.comparison.modelA())), score.a),
         scored(tr("B: %1").arg(m_parts.line.nameOf(m_parts.comparison.modelB())), score.b),
         found->reference});
}

bool ModelsPage::event(QEvent* event)
{
    if (event->type() == QEvent::ShortcutOverride) {
        // Plain keys are the page's: those of the hidden canvas would change the image's label.
        auto* key = static_cast<QKeyEvent*>(event);
        const auto modifiers = key->modifiers() & ~(Qt::ShiftModifier | Qt::KeypadModifier);
        const bool isFunctionKey = key->key() >= Qt::Key_F1 && key->key() <= Qt::Key_F35;
        if (modifiers == Qt::NoModifier && !isFunctionKey) {
            event->accept();
            return true;
        }
    }
    return QWidget::event(event);
}

void ModelsPage::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Escape) {
        Q_EMIT leaveRequested();
        return;
    }
    QWidget::keyPressEvent(event);
}

} // namespace guidino::ui
