// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/review_desk.h"

#include "ui/model/adjudication_controller.h"
#include "ui/model/annotation_document.h"
#include "ui/model/dataset_controller.h"
#include "ui/model/export_controller.h"
#include "ui/model/prediction_controller.h"
#include "ui/model/project_controller.h"
#include "ui/model/readers_controller.h"
#include "ui/model/review_controller.h"
#include "ui/model/review_scan.h"
#include "ui/model/review_text.h"
#include "ui/widgets/adjudication_page.h"
#include "ui/widgets/audit_dialog.h"
#include "ui/widgets/export_dialog.h"
#include "ui/widgets/readers_dialog.h"
#include "ui/widgets/redaction_dialog.h"
#include "ui/widgets/review_keys.h"
#include "ui/widgets/review_page.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/usable_action.h"

#include <QDockWidget>
#include <QEvent>
#include <QLabel>
#include <QMenu>
#include <QToolButton>

#include <algorithm>

namespace guidino::ui {

ReviewDesk::ReviewDesk(const Parts& parts)
    : QObject(&parts.window)
    , m_parts(parts)
    , m_review(new ReviewController(parts.project, parts.dataset, this))
    , m_scan(new ReviewScan(parts.project, parts.dataset, parts.prediction, parts.jobs, this))
    , m_adjudication(new AdjudicationController(parts.project, parts.dataset, this))
    , m_export(new ExportController(parts.project, this))
    , m_readersController(new ReadersController(parts.project, this))
    , m_keys(new ReviewKeys(*m_review, parts.keys, this))
    , m_page(new ReviewPage(*m_review, *m_keys, parts.project, parts.theme, &parts.pages))
    , m_adjudicationPage(new AdjudicationPage(
          *m_adjudication, parts.project, parts.dataset, parts.theme, &parts.pages))
{
    parts.pages.addWidget(m_page);
    parts.pages.addWidget(m_adjudicationPage);
    makeActions();
    makeCorrectionBar();
    connectReview();
    parts.window.installEventFilter(this);
    refresh();
}

ReviewDesk::~ReviewDesk() = default;

void ReviewDesk::makeActions()
{
    start =
        add("reviewDesk",
            tr("&Review desk"),
            {QKeySequence(Qt::CTRL | Qt::Key_4)},
            QStringLiteral("review"));
    start->setCheckable(true);
    next = add("nextValuable", tr("&Next most valuable image"), {QKeySequence(Qt::Key_N)}, {});
    back = add(
        "backValuable", tr("&Back to the image before"), {QKeySequence(Qt::SHIFT | Qt::Key_N)}, {});
    nextUnreviewed =
        add("nextUnreviewed",
            tr("Next image that is not &decided"),
            {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_D)},
            {});
    previousUnreviewed =
        add("previousUnreviewed",
            tr("Pre&vious image that is not decided"),
            {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_A)},
            {});
    predictAll = add("predictAll", tr("&Predict all images"), {}, QStringLiteral("predict"));
    predictMirrored = add("predictMirrored", tr("Predict all images, &mirrored views too"), {}, {});
    compare = add("compareReaders", tr("&Compare readers"), {}, QStringLiteral("readers"));
    compare->setCheckable(true);
    readers = add("splitReaders", tr("&Split and merge for readers…"), {}, {});
    exportAction =
        add("export",
            tr("&Export…"),
            {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_E)},
            QStringLiteral("export"));
    audit = add("auditTrail", tr("&Audit trail…"), {}, QStringLiteral("audit"));
    redact = add("redact", tr("&Hide burned-in identifiers…"), {}, QStringLiteral("redact"));
    doneCorrecting =
        add("doneCorrecting",
            tr("&Done correcting"),
            {QKeySequence(Qt::CTRL | Qt::Key_Return), QKeySequence(Qt::CTRL | Qt::Key_Enter)},
            QStringLiteral("accept"));
}

QAction* ReviewDesk::add(
    const char* name, const QString& text, const QList<QKeySequence>& keys, const QString& icon)
{
    auto* action = new QAction(text, this);
    action->setObjectName(QLatin1StringView(name));
    action->setShortcuts(keys);
    if (!icon.isEmpty()) {
        m_parts.theme.setIcon(action, icon);
    }
    m_parts.window.addAction(action);
    return action;
}

void ReviewDesk::connectReview()
{
    connect(start, &QAction::triggered, this, [this](bool isWanted) {
        if (!isWanted && isCovered()) {
            start->setChecked(true);
            Q_EMIT turning(); // it is to be seen again
        } else {
            m_review->setActive(isWanted);
        }
    });
    connect(next, &QAction::triggered, this, [this] { showValuable(true); });
    connect(back, &QAction::triggered, this, [this] { showValuable(false); });
    connect(nextUnreviewed, &QAction::triggered, this, [this] { showUnreviewed(true); });
    connect(previousUnreviewed, &QAction::triggered, this, [this] { showUnreviewed(false); });
    connect(predictAll, &QAction::triggered, m_scan, [this] { m_scan->start(false); });
    connect(predictMirrored, &QAction::triggered, m_scan, [this] { m_scan->start(true); });
    connect(compare, &QAction::triggered, this, [this](bool isWanted) {
        if (isWanted) {
            showComparison();
        } else if (isCovered()) {
            compare->setChecked(true);
            Q_EMIT turning();
        } else {
            leaveComparison();
        }
    });
    connect(readers, &QAction::triggered, this, &ReviewDesk::showReaders);
    connect(exportAction, &QAction::triggered, this, &ReviewDesk::showExport);
    connect(audit, &QAction::triggered, this, &ReviewDesk::showAudit);
    connect(redact, &QAction::triggered, this, &ReviewDesk::showRedaction);
    connect(doneCorrecting, &QAction::triggered, m_review, &ReviewController::finishCorrection);
    connect(m_review, &ReviewController::activeChanged, this, [this](bool isActive) {
        start->setChecked(isActive);
        if (isActive) {
            leaveComparison();
            enter();
        } else {
            leave();
        }
        refresh();
    });
    connect(m_review, &ReviewController::correctingChanged, this, &ReviewDesk::setCorrecting);
    connect(m_review, &ReviewController::problemOccurred, this, &ReviewDesk::problemOccurred);
    connect(m_review, &ReviewController::finished, this, [this] {
        Q_EMIT problemOccurred(
            {Notice::Severity::Info,
             tr("Every image is decided."),
             {},
             Notice::Action::None,
             QStringLiteral("review")});
    });
    connect(
        m_adjudication,
        &AdjudicationController::problemOccurred,
        this,
        &ReviewDesk::problemOccurred);
    connect(
        m_adjudicationPage, &AdjudicationPage::leaveRequested, this, &ReviewDesk::leaveComparison);
    connect(m_scan, &ReviewScan::problemOccurred, this, &ReviewDesk::problemOccurred);
    connect(m_scan, &ReviewScan::runningChanged, this, &ReviewDesk::refresh);
    connect(m_scan, &ReviewScan::progressed, this, [this](int done, int total) {
        Q_EMIT problemOccurred(
            {Notice::Severity::Info,
             tr("Predicting all images: %1 of %2").arg(done).arg(total),
             {},
             Notice::Action::None,
             QStringLiteral("scan")});
    });
    connect(m_scan, &ReviewScan::scanned, this, [this](int count) {
        m_review->rank();
        if (count > 1) {
            Q_EMIT problemOccurred(
                {Notice::Severity::Info,
                 tr("%n image(s) are ranked by review value.", nullptr, count),
                 {},
                 Notice::Action::None,
                 QStringLiteral("scan")});
        }
        refresh();
    });
    connect(&m_parts.project, &ProjectController::opened, this, &ReviewDesk::refresh);
    connect(&m_parts.project, &ProjectController::closed, this, [this] {
        leaveComparison();
        m_looked.clear();
        refresh();
    });
    connect(&m_parts.dataset, &DatasetController::currentChanged, this, &ReviewDesk::refresh);
    connect(&m_parts.prediction, &PredictionController::modelChanged, this, &ReviewDesk::refresh);
}

void ReviewDesk::makeCorrectionBar()
{
    m_correctionBar = new QToolBar(tr("Correction"), &m_parts.window);
    m_correctionBar->setObjectName(QStringLiteral("correctionBar"));
    m_correctionBar->setMovable(false);
    m_correctionBar->toggleViewAction()->setVisible(false);
    auto* text = new QLabel(m_correctionBar);
    text->setObjectName(QStringLiteral("correctionText"));
    text->setContentsMargins(8, 0, 8, 0);
    m_correctionBar->addWidget(text);
    m_correctionBar->addAction(doneCorrecting);
    if (auto* button =
            qobject_cast<QToolButton*>(m_correctionBar->widgetForAction(doneCorrecting))) {
        button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    }
    m_parts.window.addToolBarBreak(Qt::TopToolBarArea);
    m_parts.window.addToolBar(Qt::TopToolBarArea, m_correctionBar);
    m_correctionBar->hide();
    connect(m_review, &ReviewController::currentChanged, text, [this, text] {
        const ReviewController::Item* now = m_review->current();
        text->setText(
            now != nullptr ? tr("Correcting %1. Then back to the review:").arg(now->name)
                           : QString());
    });
}

void ReviewDesk::setMainToolsVisible(bool isVisible)
{
    if (auto* bar = m_parts.window.findChild<QToolBar*>(QStringLiteral("topBar"))) {
        bar->setVisible(isVisible);
    }
}

void ReviewDesk::enter()
{
    Q_EMIT turning();
    m_layout = m_parts.window.saveState();
    const auto docks = m_parts.window.findChildren<QDockWidget*>();
    for (QDockWidget* dock : docks) {
        dock->hide();
    }
    m_parts.tools.hide();
    setMainToolsVisible(false);
    m_parts.pages.setCurrentWidget(m_page);
    m_page->setFocus();
}

void ReviewDesk::leave()
{
    Q_EMIT turning();
    m_isComparing = false;
    compare->setChecked(false);
    if (!m_layout.isEmpty()) {
        m_parts.window.restoreState(m_layout);
        m_layout.clear();
    }
    m_correctionBar->hide();
    m_parts.tools.show();
    setMainToolsVisible(true);
    if (m_parts.project.isOpen()) {
        m_parts.pages.setCurrentWidget(&m_parts.canvas);
        m_parts.canvas.setFocus();
    }
}

void ReviewDesk::setCorrecting(bool isCorrecting)
{
    // The classes are what one corrects with; everything else stays away.
    const auto docks = m_parts.window.findChildren<QDockWidget*>();
    for (QDockWidget* dock : docks) {
        dock->setVisible(isCorrecting && dock->objectName() == QLatin1StringView("layers"));
    }
    m_parts.tools.setVisible(isCorrecting);
    setMainToolsVisible(isCorrecting);
    m_correctionBar->setVisible(isCorrecting);
    m_parts.pages.setCurrentWidget(isCorrecting ? &m_parts.canvas : m_page);
    if (isCorrecting) {
        m_parts.canvas.setFocus();
    } else {
        m_page->setFocus();
    }
    refresh();
}

void ReviewDesk::showValuable(bool isForward)
{
    const AnnotationDocument* shown = m_parts.dataset.current();
    const qint64 current = shown != nullptr ? shown->id().value : 0;
    ImageListModel& images = m_parts.dataset.images();
    if (!isForward) {
        while (!m_looked.empty()) {
            const qint64 before = m_looked.back();
            m_looked.pop_back();
            if (before != current) {
                m_parts.dataset.show(images.rowOf(ImageId{before}));
                return;
            }
        }
        return;
    }
    m_review->rank();
    const auto& queue = m_review->queue();
    const auto isNext = [&](const ReviewController::Item& one) {
        return one.isOpen() && one.image.value != current
               && std::find(m_looked.begin(), m_looked.end(), one.image.value) == m_looked.end();
    };
    const auto found = std::find_if(queue.begin(), queue.end(), isNext);
    if (found == queue.end()) {
        m_looked.clear(); // begin anew
        return;
    }
    m_looked.push_back(current);
    m_parts.dataset.show(images.rowOf(found->image));
    Q_EMIT problemOccurred(
        {Notice::Severity::Info,
         found->scores.empty() ? tr("Not predicted yet")
                               : ReviewText::reason(found->scores.front()),
         {},
         Notice::Action::None,
         QStringLiteral("review")});
}

void ReviewDesk::showUnreviewed(bool isForward)
{
    m_review->rank(); // reads the states
    ImageListModel& images = m_parts.dataset.images();
    const int count = images.rowCount();
    const int now = images.currentRow();
    for (int i = 1; i <= count; ++i) {
        const int row = ((isForward ? now + i : now - i) % count + count) % count;
        const ReviewController::Item* item = m_review->item(images.entry(row).id);
        if (row != now && (item == nullptr || item->isOpen())) {
            m_parts.dataset.show(row);
            return;
        }
    }
    Q_EMIT problemOccurred(
        {Notice::Severity::Info,
         tr("No other image is left to be decided."),
         {},
         Notice::Action::None,
         QStringLiteral("review")});
}

void ReviewDesk::refresh()
{
    const QString noProject =
        m_parts.project.isOpen() ? QString() : tr("Open a folder or a project first.");
    for (QAction* action : {start, compare, readers, exportAction, audit}) {
        setUsable(action, noProject);
    }
    const QString notNow = m_review->isActive() ? tr("The review has keys of its own.") : noProject;
    for (QAction* action : {next, back, nextUnreviewed, previousUnreviewed}) {
        setUsable(action, notNow);
    }
    setUsable(
        redact,
        !noProject.isEmpty()                   ? noProject
        : m_parts.project.isReadOnly()         ? tr("The project is open for reading only.")
        : m_parts.dataset.current() == nullptr ? tr("Open an image first.")
                                               : QString());
    setUsable(
        doneCorrecting,
        m_review->isCorrecting() ? QString()
                                 : tr("It ends a correction that began in the review (E)."));
    const QString noScan = noProject.isEmpty() ? m_scan->reasonUnavailable() : noProject;
    for (QAction* action : {predictAll, predictMirrored}) {
        setUsable(action, noScan);
    }
}

void ReviewDesk::fillMenu(QMenu& menu) const
{
    menu.setToolTipsVisible(true);
    menu.addActions({start, next, back, nextUnreviewed, previousUnreviewed});
    menu.addSeparator();
    menu.addActions({predictAll, predictMirrored});
    menu.addSeparator();
    menu.addActions({readers, compare});
    menu.addSeparator();
    menu.addActions({exportAction, redact, audit});
}

void ReviewDesk::showExport()
{
    const AnnotationDocument* shown = m_parts.dataset.current();
    auto* dialog = new ExportDialog(
        *m_export,
        m_parts.project,
        shown != nullptr ? shown->id() : ImageId{},
        QStringLiteral("GuiDINO Workbench %1").arg(m_parts.version),
        &m_parts.window);
    dialog->show();
}

void ReviewDesk::showAudit()
{
    auto* dialog = new AuditDialog(m_parts.project, m_parts.theme, &m_parts.window);
    dialog->show();
}

void ReviewDesk::showReaders()
{
    auto* dialog =
        new ReadersDialog(*m_readersController, m_parts.project, *m_review, &m_parts.window);
    connect(dialog, &ReadersDialog::compareRequested, this, &ReviewDesk::showComparison);
    dialog->show();
}

void ReviewDesk::showRedaction()
{
    auto* dialog = new RedactionDialog(m_parts.project, m_parts.dataset, &m_parts.window);
    dialog->show();
}

void ReviewDesk::showComparison()
{
    close();
    enter();
    m_isComparing = true;
    compare->setChecked(true);
    m_parts.pages.setCurrentWidget(m_adjudicationPage);
    m_adjudicationPage->setFocus();
    m_adjudication->refresh();
}

void ReviewDesk::leaveComparison()
{
    if (m_isComparing) {
        leave();
    }
}

/// The dashboard was called from the review and lies above it.
bool ReviewDesk::isCovered() const
{
    const QWidget* shown = m_parts.pages.currentWidget();
    return shown != m_page && shown != m_adjudicationPage && shown != &m_parts.canvas;
}

void ReviewDesk::close()
{
    m_review->setActive(false);
    leaveComparison();
}

bool ReviewDesk::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == &m_parts.window && event->type() == QEvent::Close) {
        // The window remembers its layout as it was before the review hid the docks.
        close();
    }
    return QObject::eventFilter(watched, event);
}

} // namespace guidino::ui
