// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/model_desk.h"

#include "ui/model/adoption_gate.h"
#include "ui/model/annotation_document.h"
#include "ui/model/case_pictures.h"
#include "ui/model/comparison_controller.h"
#include "ui/model/dataset_controller.h"
#include "ui/model/jobs_controller.h"
#include "ui/model/model_registry.h"
#include "ui/model/model_time_line.h"
#include "ui/model/prediction_controller.h"
#include "ui/model/project_controller.h"
#include "ui/model/review_controller.h"
#include "ui/model/training_controller.h"
#include "ui/widgets/guide_workspace.h"
#include "ui/widgets/main_window.h"
#include "ui/widgets/message_bar.h"
#include "ui/widgets/models_page.h"
#include "ui/widgets/review_desk.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/usable_action.h"

#include <QDesktopServices>
#include <QDockWidget>
#include <QEvent>
#include <QFileInfo>
#include <QMenu>
#include <QMenuBar>
#include <QMessageBox>
#include <QPushButton>
#include <QStackedWidget>
#include <QToolBar>
#include <QUrl>

#include <utility>

namespace guidino::ui {

namespace {

const QString kOfferTopic = QStringLiteral("model offer");

} // namespace

ModelDesk::ModelDesk(
    MainWindow& window,
    const WindowServices& services,
    QStackedWidget& pages,
    QWidget& canvas,
    QWidget& tools)
    : QObject(&window)
    , m_window(window)
    , m_services(services)
    , m_pages(pages)
    , m_canvas(canvas)
    , m_tools(tools)
    , m_line(new ModelTimeLine(services.models, this))
    , m_comparison(new ComparisonController(
          services.project, services.dataset, services.jobs, services.models, this))
    , m_gate(new AdoptionGate(services.models, *m_comparison, this))
    , m_pictures(new CasePictures(this))
{
    start =
        add(QStringLiteral("showModels"),
            tr("&Models and comparison"),
            QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_C),
            QStringLiteral("history"));
    start->setCheckable(true);
    stepBack =
        add(QStringLiteral("previousModel"),
            tr("&Previous model"),
            QKeySequence(Qt::ALT | Qt::Key_BracketLeft),
            {});
    stepForward =
        add(QStringLiteral("nextModel"),
            tr("&Next model"),
            QKeySequence(Qt::ALT | Qt::Key_BracketRight),
            {});
    adopt = add(QStringLiteral("adoptModel"), tr("&Adopt model B"), {}, QStringLiteral("accept"));
    rollBack = add(QStringLiteral("rollBackModel"), tr("&Roll back"), {}, QStringLiteral("undo"));
    m_page = new ModelsPage(
        {services.project,
         services.dataset,
         services.models,
         *m_line,
         *m_comparison,
         *m_gate,
         *m_pictures,
         services.theme,
         *adopt,
         *rollBack},
        &pages);
    pages.addWidget(m_page);
    services.dataset.undoGroup().addStack(&services.models.undoStack());
    connectModels();
    window.installEventFilter(this);
    connect(this, &ModelDesk::problemOccurred, &window.messages(), &MessageBar::show);
    if (auto* menu = window.menuBar()->findChild<QMenu*>(QStringLiteral("modelMenu"))) {
        menu->addSeparator();
        menu->addActions({start, stepBack, stepForward, adopt, rollBack});
        menu->setToolTipsVisible(true);
    }
    refresh();
}

QAction* ModelDesk::add(
    const QString& name, const QString& text, const QKeySequence& keys, const QString& icon)
{
    auto* action = new QAction(text, this);
    action->setObjectName(name);
    if (!keys.isEmpty()) {
        action->setShortcut(keys);
    }
    if (!icon.isEmpty()) {
        m_services.theme.setIcon(action, icon);
    }
    m_window.addAction(action);
    return action;
}

void ModelDesk::connectModels()
{
    connect(start, &QAction::triggered, this, [this](bool isOn) {
        if (isOn) {
            enter();
        } else {
            leave();
        }
    });
    connect(stepBack, &QAction::triggered, this, [this] { step(-1); });
    connect(stepForward, &QAction::triggered, this, [this] { step(1); });
    connect(adopt, &QAction::triggered, this, [this] { judge(m_line->b()); });
    connect(rollBack, &QAction::triggered, this, &ModelDesk::confirmRollBack);
    connect(m_page, &ModelsPage::leaveRequested, this, &ModelDesk::leave);
    connect(m_page, &ModelsPage::imageActivated, this, &ModelDesk::open);
    connect(m_page, &ModelsPage::problemOccurred, this, &ModelDesk::problemOccurred);
    connect(
        m_comparison, &ComparisonController::problemOccurred, this, &ModelDesk::problemOccurred);
    connect(&m_services.jobs, &JobsController::resultRequested, this, [this](JobId id) {
        const jobs::Job* job = m_services.jobs.queue().job(id);
        if (job != nullptr && job->kind == jobs::JobKind::Compare && m_comparison->show(id)) {
            enter();
        }
    });
    connect(m_gate, &AdoptionGate::problemOccurred, this, &ModelDesk::problemOccurred);
    connect(m_gate, &AdoptionGate::stateChanged, this, &ModelDesk::refresh);
    connect(m_gate, &AdoptionGate::adopted, this, [this](const QString& sha256) {
        Q_EMIT problemOccurred(
            {Notice::Severity::Info,
             tr("%1 is current now. Undo takes it back.").arg(m_line->nameOf(sha256)),
             {},
             Notice::Action::None,
             QStringLiteral("models")});
    });
    ModelRegistry& models = m_services.models;
    connect(&models, &ModelRegistry::problemOccurred, this, &ModelDesk::problemOccurred);
    connect(&models, &ModelRegistry::changed, this, &ModelDesk::refresh);
    connect(&models, &ModelRegistry::adoptionAsked, this, &ModelDesk::judge);
    connect(&models, &ModelRegistry::offered, this, &ModelDesk::noteOffer);
    connect(&models, &ModelRegistry::nothingBetter, this, [this](const QString& sha256) {
        Q_EMIT problemOccurred(
            {Notice::Severity::Info,
             tr("No epoch was better on the validation images than the model it started from. "
                "There is no new model to adopt; %1 stays as it is.")
                 .arg(m_line->nameOf(sha256)),
             tr("More corrected images help most. A longer training, or training more parts of the "
                "model, may help, too."),
             Notice::Action::None,
             QStringLiteral("training")});
    });
    connect(m_line, &ModelTimeLine::chosen, this, &ModelDesk::refresh);
    connect(&m_pages, &QStackedWidget::currentChanged, this, [this] {
        if (m_isShown && m_pages.currentWidget() != m_page) {
            giveDocksBack(); // another page was asked for
        }
    });
    connect(&m_services.dataset, &DatasetController::currentChanged, this, [this] {
        if (m_isShown) {
            takeUndo();
        }
    });
    connect(&m_window.review(), &ReviewDesk::turning, this, [this] {
        if (m_isShown) {
            giveDocksBack();
        }
    });
    connect(this, &ModelDesk::entering, &m_window.review(), &ReviewDesk::close);
    connect(
        &m_services.training,
        &TrainingController::finished,
        this,
        [this](const QString& bundle, const QString& runFolder) {
            m_services.models.offer(bundle, runFolder); // once more is the same offer
        });
    connect(&m_services.project, &ProjectController::opened, this, &ModelDesk::refresh);
    connect(&m_services.project, &ProjectController::closed, this, [this] {
        leave();
        refresh();
    });
}

void ModelDesk::noteOffer(const QString& sha256)
{
    const project::ModelRecord* model = m_services.models.find(sha256);
    if (model == nullptr) {
        return;
    }
    const Notice offer{
        Notice::Severity::Info,
        tr("%1 is offered. Compare it and adopt it under Model > Models and comparison (%2).")
            .arg(model->name, start->shortcut().toString(QKeySequence::NativeText)),
        {},
        Notice::Action::None,
        kOfferTopic};
    if (m_comparison->isRunning() && !m_services.models.current().isEmpty()) {
        // Choosing another pair would end what is under way.
        Q_EMIT problemOccurred(offer);
        return;
    }
    // What it was fine-tuned from is what it is compared with.
    const QString parent = m_services.models.find(model->parent) != nullptr
                               ? model->parent
                               : m_services.models.current();
    if (!parent.isEmpty() && parent != sha256) {
        m_line->setA(parent);
    }
    m_line->setB(sha256);
    if (m_services.models.current().isEmpty()) {
        m_gate->judge(sha256); // there is none that it would replace
        return;
    }
    if (m_comparison->countOf(ComparisonController::Set::Corrected) > 0) {
        // What was corrected, before and after the training that followed.
        m_page->setSet(ComparisonController::Set::Corrected);
        m_page->show(ModelsPage::View::Strip);
    }
    Q_EMIT problemOccurred(offer);
}

void ModelDesk::judge(const QString& sha256)
{
    if (m_services.models.find(sha256) == nullptr) {
        return;
    }
    enter();
    const QString current = m_services.models.current();
    if (!current.isEmpty() && current != sha256) {
        m_line->setA(current);
    }
    m_line->setB(sha256);
    m_gate->judge(sha256);
    if (m_gate->state() != AdoptionGate::State::Idle) {
        m_page->setSet(ComparisonController::Set::Locked);
    }
}

void ModelDesk::confirmRollBack()
{
    const QString former = m_services.models.former();
    auto* question = new QMessageBox(
        QMessageBox::Question,
        tr("Roll back?"),
        tr("%1 becomes current again in place of %2. This can be undone.")
            .arg(m_line->nameOf(former), m_line->nameOf(m_services.models.current())),
        QMessageBox::NoButton,
        &m_window);
    question->setObjectName(QStringLiteral("rollBackQuestion"));
    question->setAttribute(Qt::WA_DeleteOnClose);
    QPushButton* yes = question->addButton(tr("Roll back"), QMessageBox::AcceptRole);
    question->setEscapeButton(question->addButton(tr("Cancel"), QMessageBox::RejectRole));
    connect(question, &QMessageBox::buttonClicked, this, [this, yes](QAbstractButton* button) {
        if (button != yes) {
            return;
        }
        if (const Status status = m_services.models.rollBack(); !status) {
            Q_EMIT problemOccurred(
                noticeFor(status.error(), tr("The model stays as it was."), Notice::Action::None));
        }
    });
    question->open();
}

void ModelDesk::step(int by)
{
    if (!m_isShown) {
        enter();
    }
    (void)m_line->step(by);
}

void ModelDesk::takeUndo()
{
    m_services.dataset.undoGroup().setActiveStack(&m_services.models.undoStack());
}

void ModelDesk::enter()
{
    if (m_isShown || !m_services.project.isOpen()) {
        start->setChecked(m_isShown);
        return;
    }
    Q_EMIT entering();
    m_window.messages().clear(kOfferTopic); // its reader is there
    m_isShown = true;
    start->setChecked(true);
    m_layout = m_window.saveState();
    const auto docks = m_window.findChildren<QDockWidget*>();
    for (QDockWidget* dock : docks) {
        dock->hide();
    }
    m_tools.hide();
    m_window.guideWorkspace().setLensShown(false);
    m_pages.setCurrentWidget(m_page);
    m_page->setFocus();
    takeUndo();
}

void ModelDesk::giveDocksBack()
{
    m_isShown = false;
    start->setChecked(false);
    if (!m_layout.isEmpty()) {
        m_window.restoreState(std::exchange(m_layout, {}));
    }
    m_tools.show();
    m_window.guideWorkspace().setLensShown(m_services.project.isOpen());
    AnnotationDocument* shown = m_services.dataset.current();
    m_services.dataset.undoGroup().setActiveStack(shown != nullptr ? &shown->undoStack() : nullptr);
}

void ModelDesk::leave()
{
    if (!m_isShown) {
        return;
    }
    giveDocksBack();
    m_pages.setCurrentWidget(&m_canvas);
    m_canvas.setFocus();
}

void ModelDesk::open(ImageId image)
{
    leave();
    m_services.dataset.show(m_services.dataset.images().rowOf(image));
}

void ModelDesk::refresh()
{
    const ModelRegistry& models = m_services.models;
    const bool isOpen = m_services.project.isOpen();
    const bool canWrite = isOpen && !m_services.project.isReadOnly();
    const QString& b = m_line->b();
    const bool isCurrent = !b.isEmpty() && b == models.current();
    start->setEnabled(isOpen);
    start->setToolTip(
        isOpen ? tr("Compare models and choose the one to use") : tr("Open a project first."));
    const QString noOther = !isOpen ? tr("Open a project first.")
                            : models.models().size() > 1
                                ? QString()
                                : tr("The project has one model only; fine-tune one (Ctrl+T).");
    for (QAction* action : {stepBack, stepForward}) {
        setUsable(action, noOther);
    }
    const bool canAdopt =
        canWrite && !b.isEmpty() && !isCurrent && m_gate->state() != AdoptionGate::State::Judging;
    adopt->setText(b.isEmpty() ? tr("&Adopt model B") : tr("&Adopt %1").arg(m_line->nameOf(b)));
    adopt->setEnabled(canAdopt);
    adopt->setToolTip(
        canAdopt    ? tr("Judges it on the locked images, then makes it the model in use")
        : isCurrent ? tr("It is the current model.")
        : !canWrite ? tr("Open a project for writing first.")
                    : tr("Choose a model as B first."));
    const QString former = models.former();
    const bool canGoBack = canWrite && models.find(former) != nullptr;
    rollBack->setEnabled(canGoBack);
    rollBack->setToolTip(
        canGoBack ? tr("Back to %1").arg(m_line->nameOf(former))
                  : tr("No other model was current before."));
}

bool ModelDesk::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == &m_window && event->type() == QEvent::Close) {
        leave(); // the window remembers its layout as it was before the docks were hidden
    }
    return QObject::eventFilter(watched, event);
}

} // namespace guidino::ui
