// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/review_page.h"

#include "core/base/npy.h"
#include "core/project/redaction.h"
#include "ui/canvas/layer_painter.h"
#include "ui/model/annotation_document.h"
#include "ui/model/project_controller.h"
#include "ui/model/review_controller.h"
#include "ui/model/review_text.h"
#include "ui/widgets/review_keys.h"
#include "ui/widgets/review_parts.h"
#include "ui/widgets/theme.h"

#include <QDir>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLocale>
#include <QPainter>
#include <QSignalBlocker>
#include <QStyle>

#include <utility>

namespace guidino::ui {

namespace {

constexpr int kGuideWidth = 308;
constexpr int kWordsWidth = 200; // of a reason beside its bar and its cross
constexpr int kGuideHeight = 150;
constexpr const char* kPassing = "passing"; // a property of what is made anew with each image

void empty(QLayout* layout)
{
    while (QLayoutItem* item = layout->takeAt(0)) {
        if (item->layout() != nullptr) {
            empty(item->layout());
        }
        if (item->widget() != nullptr) {
            item->widget()->hide();
            item->widget()->setObjectName({}); // nobody finds it any more
            item->widget()->deleteLater();
        }
        delete item;
    }
}

/// The word that the style sheet knows a state by.
QString wordOf(project::ReviewState state)
{
    switch (state) {
    case project::ReviewState::Accepted:
        return QStringLiteral("accepted");
    case project::ReviewState::Rejected:
        return QStringLiteral("rejected");
    case project::ReviewState::Unsure:
        return QStringLiteral("unsure");
    default:
        return QStringLiteral("open");
    }
}

/// A bar of the score's length before the reason's words.
QPixmap bar(double score, const QColor& color, const QColor& ground)
{
    QPixmap pixmap(96, 20);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(ground);
    painter.drawRoundedRect(QRectF(0, 6, 96, 8), 4, 4);
    painter.setBrush(color);
    painter.drawRoundedRect(QRectF(0, 6, std::max(8.0, 96 * score), 8), 4, 4);
    painter.end();
    pixmap.setDevicePixelRatio(2);
    return pixmap;
}

} // namespace

ReviewPage::ReviewPage(
    ReviewController& review,
    ReviewKeys& keys,
    ProjectController& project,
    Theme& theme,
    QWidget* parent)
    : QWidget(parent)
    , m_review(review)
    , m_keys(keys)
    , m_project(project)
    , m_theme(theme)
    , m_view(new ReviewView(this))
    , m_noteEdit(new QLineEdit(m_view))
{
    setObjectName(QStringLiteral("reviewPage"));
    setAttribute(Qt::WA_StyledBackground);
    setFocusPolicy(Qt::StrongFocus);
    m_view->setObjectName(QStringLiteral("reviewView"));
    m_view->setAccessibleName(tr("Image under review"));
    m_view->setFocusPolicy(Qt::NoFocus);
    m_view->setPlaceholder(tr("The image is being read…"));
    m_noteEdit->setObjectName(QStringLiteral("noteEdit"));
    m_noteEdit->setPlaceholderText(tr("Note; Enter keeps it, Esc drops it"));
    m_noteEdit->setAccessibleName(tr("Text of the note"));
    m_noteEdit->hide();
    m_noteEdit->installEventFilter(this);

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(makeStrip());
    auto* row = new QHBoxLayout;
    row->setSpacing(0);
    row->addWidget(m_view, 1);
    row->addWidget(makeSide());
    column->addLayout(row, 1);

    connect(m_noteEdit, &QLineEdit::returnPressed, this, [this] {
        m_review.addNote(m_notePlace, m_noteEdit->text());
        m_noteEdit->hide();
        setFocus();
    });
    connect(&review, &ReviewController::currentChanged, this, &ReviewPage::refresh);
    connect(&review, &ReviewController::queueChanged, this, &ReviewPage::refreshQueue);
    connect(&review, &ReviewController::queueChanged, this, &ReviewPage::refreshWhy);
    connect(keys.note, &QAction::triggered, this, &ReviewPage::beginNote);
    connect(&keys, &ReviewKeys::changed, this, &ReviewPage::nameKeys);
    connect(&review, &ReviewController::reasonChanged, this, &ReviewPage::refreshReasons);
    connect(&theme, &Theme::changed, this, &ReviewPage::refresh);
    nameKeys();
}

void ReviewPage::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    setFocus();
    refresh();
}

void ReviewPage::refresh()
{
    refreshQueue();
    const ReviewController::Item* now = m_review.current();
    AnnotationDocument* shown = m_review.document();
    if (m_watched != shown) {
        disconnect(m_predicted);
        m_watched = shown;
        if (shown != nullptr) {
            m_predicted =
                connect(shown, &AnnotationDocument::predictionChanged, this, &ReviewPage::refresh);
        }
    }
    const ReviewController::Subject subject = m_review.subject();
    m_view->setImage(shown != nullptr ? shown->image() : nullptr);
    std::vector<ReviewView::Layer> layers;
    if (!subject.labels.isEmpty()) {
        layers.push_back(
            {subject.labels,
             ReviewView::styleFor(
                 m_project.classes(),
                 subject.kind == ReviewController::Subject::Kind::Prediction,
                 devicePixelRatioF())});
    }
    m_view->setLayers(std::move(layers));
    std::vector<QRectF> regions;
    if (now != nullptr && m_project.store() != nullptr) {
        if (const auto found = project::redactionsOf(*m_project.store(), now->image)) {
            for (const auto& one : *found) {
                regions.emplace_back(one.x, one.y, one.width, one.height);
            }
        }
    }
    m_view->setRegions(std::move(regions));
    m_case->setText(now != nullptr ? now->name : tr("No image"));
    m_subject->setText(
        shown == nullptr ? tr("…")
        : subject.kind == ReviewController::Subject::Kind::Nothing
            ? tr("nothing: no label and no prediction")
            : subject.text);
    const bool canDecide = shown != nullptr && !m_project.isReadOnly();
    for (QPushButton* button : {m_accept, m_reject, m_unsure}) {
        button->setEnabled(canDecide);
        button->setToolTip(
            m_project.isReadOnly() ? tr("The project is open for reading only") : QString());
    }
    m_correct->setEnabled(canDecide);
    m_note->setEnabled(canDecide);
    refreshWhy();
    refreshReasons();
    refreshNotes();
    refreshGuide();
}

void ReviewPage::refreshQueue()
{
    const int decided = m_review.decidedCount();
    const int count = m_review.count();
    m_progress->setRange(0, std::max(1, count));
    m_progress->setValue(decided);
    m_count->setText(tr("%1 of %2 decided").arg(decided).arg(count));
    m_undo->setEnabled(m_review.canUndo());
    const ReviewController::Item* now = m_review.current();
    m_state->setText(
        now == nullptr            ? QString()
        : now->status.isContested ? tr("readers disagree")
                                  : ReviewText::nameOf(now->status.state));
    m_state->setProperty(
        "verdict", now == nullptr ? QStringLiteral("open") : wordOf(now->status.state));
    m_state->style()->unpolish(m_state);
    m_state->style()->polish(m_state);
    const QSignalBlocker blockReader(m_reader);
    const QSignalBlocker blockBlinded(m_blinded);
    const QSignalBlocker blockTime(m_time);
    if (!m_reader->hasFocus()) {
        m_reader->setText(m_review.reader());
    }
    m_blinded->setChecked(m_review.isBlinded());
    m_time->setChecked(m_review.recordsTime());
}

/// Controls that are made anew with each image leave the focus to the page, which has the keys: it
/// would go on to a field, and the next answer would be typed into that.
void ReviewPage::leavePassing()
{
    const QWidget* focus = focusWidget();
    if (focus != nullptr && focus->hasFocus() && focus->property(kPassing).toBool()) {
        setFocus();
    }
}

void ReviewPage::refreshWhy()
{
    leavePassing();
    empty(m_why);
    const ReviewController::Item* now = m_review.current();
    if (now == nullptr || now->scores.empty()) {
        m_why->addWidget(labelOf(
            now != nullptr && now->hasPrediction
                ? tr("All reasons are left out, so the images come in their order.")
                : tr("No prediction yet, so no reason. Predict all images to rank them."),
            QStringLiteral("muted"),
            this));
        refreshDropped();
        return;
    }
    bool isFirst = true;
    for (const project::ReviewScore& score : now->scores) {
        auto* row = new QHBoxLayout;
        row->setSpacing(8);
        auto* meter = new QLabel(this);
        meter->setPixmap(
            bar(score.score,
                m_theme.color(isFirst ? QStringLiteral("text") : QStringLiteral("muted")),
                m_theme.color(QStringLiteral("control"))));
        auto* words = labelOf(
            ReviewText::reason(score),
            isFirst ? QStringLiteral("strong") : QStringLiteral("muted"),
            this);
        if (isFirst) {
            words->setObjectName(QStringLiteral("firstReason"));
        }
        meter->setToolTip(ReviewText::explanationOf(score.reason));
        words->setToolTip(meter->toolTip());
        words->ensurePolished();
        words->setMinimumHeight(words->heightForWidth(kWordsWidth)); // scrolled, not cut off
        auto* drop = new QToolButton(this);
        drop->setObjectName(QStringLiteral("dropReason%1").arg(static_cast<int>(score.reason)));
        drop->setText(QStringLiteral("×"));
        drop->setAutoRaise(true);
        drop->setFocusPolicy(Qt::TabFocus);
        drop->setProperty(kPassing, true);
        drop->setToolTip(tr("Rank without this reason: %1").arg(ReviewText::nameOf(score.reason)));
        drop->setAccessibleName(drop->toolTip());
        connect(drop, &QToolButton::clicked, this, [this, reason = score.reason] {
            m_review.setWanted(reason, false);
        });
        row->addWidget(meter, 0, Qt::AlignTop);
        row->addWidget(words, 1);
        row->addWidget(drop, 0, Qt::AlignTop);
        m_why->addLayout(row);
        isFirst = false;
    }
    refreshDropped();
}

void ReviewPage::refreshDropped()
{
    int dropped = 0;
    for (const project::ReviewReason reason : project::kReviewReasons) {
        dropped += m_review.isWanted(reason) ? 0 : 1;
    }
    if (dropped == 0) {
        return;
    }
    auto* again = new QToolButton(this);
    again->setObjectName(QStringLiteral("wantAllReasons"));
    again->setText(tr("%n reason(s) left out: rank by all again", nullptr, dropped));
    again->setAccessibleName(again->text());
    again->setAutoRaise(true);
    again->setFocusPolicy(Qt::TabFocus);
    again->setProperty(kPassing, true);
    connect(again, &QToolButton::clicked, this, [this] {
        for (const project::ReviewReason reason : project::kReviewReasons) {
            m_review.setWanted(reason, true);
        }
    });
    m_why->addWidget(again, 0, Qt::AlignLeft);
}

void ReviewPage::refreshReasons()
{
    const QStringList texts = m_review.reasonTexts();
    for (int i = 0; i < m_reasons.size(); ++i) {
        const QString text = texts.value(i);
        const QString key = ReviewKeys::keyOf(*m_keys.reasons[i]);
        m_reasons[i]->setText(key.isEmpty() ? text : QStringLiteral("%1 %2").arg(key, text));
        m_reasons[i]->setToolTip(tr("Reason for the next answer: %1 (%2)").arg(text, key));
        m_reasons[i]->setVisible(!text.isEmpty());
        m_reasons[i]->setAccessibleName(text);
        m_reasons[i]->setChecked(!text.isEmpty() && m_review.reason() == text);
    }
}

void ReviewPage::refreshNotes()
{
    leavePassing();
    empty(m_notes);
    std::vector<ReviewView::Pin> pins;
    const std::vector<project::NoteRecord> notes = m_review.notes();
    for (std::size_t i = 0; i < notes.size(); ++i) {
        const project::NoteRecord& note = notes[i];
        pins.push_back({{note.x, note.y}, note.text, note.isResolved});
        auto* line = new QCheckBox(tr("%1  %2").arg(i + 1).arg(note.text.simplified()), this);
        line->setChecked(note.isResolved);
        line->setFocusPolicy(Qt::TabFocus);
        line->setProperty(kPassing, true);
        line->setToolTip(
            tr("%1, %2. Ticked: settled")
                .arg(
                    note.author,
                    QLocale().toString(note.created.toLocalTime(), QLocale::ShortFormat)));
        connect(line, &QCheckBox::toggled, this, [this, id = note.id](bool isResolved) {
            m_review.resolveNote(id, isResolved);
        });
        m_notes->addWidget(line);
    }
    if (notes.empty()) {
        m_notes->addWidget(
            labelOf(tr("Point at a place and press C."), QStringLiteral("muted"), this));
    }
    m_view->setPins(std::move(pins));
}

std::shared_ptr<const GuideMap> ReviewPage::guide() const
{
    const AnnotationDocument* shown = m_review.document();
    if (shown == nullptr) {
        return nullptr;
    }
    if (shown->prediction() != nullptr && shown->prediction()->guide != nullptr) {
        return shown->prediction()->guide;
    }
    const QString file =
        QDir(m_project.folder()).filePath(QStringLiteral("guides/%1.npy").arg(shown->id().value));
    if (!QFileInfo::exists(file)) {
        return nullptr;
    }
    const auto array = readNpy(file.toStdString());
    if (!array || array->shape.size() != 2 || array->values.empty()) {
        return nullptr;
    }
    RasterF values(static_cast<int>(array->shape[1]), static_cast<int>(array->shape[0]));
    std::copy(array->values.begin(), array->values.end(), values.pixels().begin());
    return std::make_shared<GuideMap>(std::move(values));
}

void ReviewPage::refreshGuide()
{
    const AnnotationDocument* shown = m_review.document();
    const auto map = guide();
    m_guide->setVisible(map != nullptr && shown->image() != nullptr);
    if (map == nullptr || shown->image() == nullptr) {
        return;
    }
    const double ratio = devicePixelRatioF();
    const Size side = shown->size();
    const double scale =
        std::min(kGuideWidth * ratio / side.width, kGuideHeight * ratio / side.height);
    QImage picture(
        std::max(1, qRound(side.width * scale)),
        std::max(1, qRound(side.height * scale)),
        QImage::Format_RGB32);
    const DeviceView view{{0, 0}, scale};
    paintImage(picture, picture.rect(), *shown->image(), view, qRgb(0, 0, 0));
    paintGuide(picture, picture.rect(), *map, side, view, 0.75);
    picture.setDevicePixelRatio(ratio);
    m_guide->setPixmap(QPixmap::fromImage(picture));
}

void ReviewPage::beginNote()
{
    if (m_review.document() == nullptr || m_project.isReadOnly()) {
        return;
    }
    m_notePlace = m_view->pointedPlace();
    const QPoint at = m_view->viewOf(m_notePlace).toPoint();
    m_noteEdit->resize(280, m_noteEdit->sizeHint().height());
    m_noteEdit->move(
        std::clamp(at.x() + 8, 8, std::max(8, m_view->width() - m_noteEdit->width() - 8)),
        std::clamp(at.y() + 8, 8, std::max(8, m_view->height() - m_noteEdit->height() - 8)));
    m_noteEdit->clear();
    m_noteEdit->show();
    m_noteEdit->raise();
    m_noteEdit->setFocus();
}

bool ReviewPage::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_noteEdit && event->type() == QEvent::KeyPress
        && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
        m_noteEdit->hide();
        setFocus();
        return true;
    }
    // A note that is being written keeps its keys from the window's shortcuts.
    if (watched == m_noteEdit && event->type() == QEvent::ShortcutOverride) {
        event->accept();
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

bool ReviewPage::handleKey(const QKeyEvent& event, bool act)
{
    QAction* action = m_keys.actionFor(event);
    if (action == nullptr) {
        return false;
    }
    if (act && action == m_keys.bare) {
        m_view->setBlinking(true);
    } else if (act) {
        action->trigger();
    }
    return true;
}

bool ReviewPage::event(QEvent* event)
{
    // The same keys mean something else on the canvas; here they are the page's.
    if (event->type() == QEvent::ShortcutOverride
        && handleKey(*static_cast<QKeyEvent*>(event), false)) {
        event->accept();
        return true;
    }
    return QWidget::event(event);
}

void ReviewPage::keyPressEvent(QKeyEvent* event)
{
    // A key that is held answers once: nobody means to reject ten images.
    if (event->isAutoRepeat() || !handleKey(*event, true)) {
        QWidget::keyPressEvent(event);
    }
}

void ReviewPage::keyReleaseEvent(QKeyEvent* event)
{
    if (m_keys.actionFor(*event) == m_keys.bare && !event->isAutoRepeat()) {
        m_view->setBlinking(false);
    } else {
        QWidget::keyReleaseEvent(event);
    }
}

} // namespace guidino::ui
