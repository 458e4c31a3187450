// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/review_page.h"

#include "core/base/npy.h"
#include "core/project/redaction.h"
#include "ui/canvas/layer_painter.h"
#include "ui/model/annotation_document.h"
#include "ui/model/project_controller.h"
#include "ui/model/review_controller.h"
#include "ui/model/review_text.h"
#include "ui/widgets/theme.h"

#include <QDir>
#include <QFileInfo>
#include <QFrame>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLocale>
#include <QMenu>
#include <QPainter>
#include <QScrollArea>
#include <QSignalBlocker>
#include <QStyle>

#include <utility>

namespace guidino::ui {

namespace {

constexpr int kSideWidth = 348;
constexpr int kGuideHeight = 150;

QLabel* labelOf(const QString& text, const QString& role, QWidget* parent)
{
    auto* label = new QLabel(text, parent);
    label->setProperty("role", role);
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    return label;
}

QFrame* separator(QWidget* parent)
{
    auto* line = new QFrame(parent);
    line->setProperty("role", QStringLiteral("separator"));
    return line;
}

void empty(QLayout* layout)
{
    while (QLayoutItem* item = layout->takeAt(0)) {
        if (item->layout() != nullptr) {
            empty(item->layout());
        }
        if (item->widget() != nullptr) {
            item->widget()->hide();
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
    ReviewController& review, ProjectController& project, Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_review(review)
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
    connect(&review, &ReviewController::reasonChanged, this, &ReviewPage::refreshReasons);
    connect(&theme, &Theme::changed, this, &ReviewPage::refresh);
}

QWidget* ReviewPage::makeStrip()
{
    auto* strip = new QFrame(this);
    strip->setObjectName(QStringLiteral("reviewStrip"));
    auto* row = new QHBoxLayout(strip);
    row->setContentsMargins(12, 6, 8, 6);
    row->setSpacing(12);
    auto* mode = labelOf(tr("REVIEW"), QStringLiteral("heading"), strip);
    mode->setWordWrap(false);
    row->addWidget(mode);
    m_count = labelOf({}, QStringLiteral("muted"), strip);
    m_count->setWordWrap(false);
    m_progress = new QProgressBar(strip);
    m_progress->setTextVisible(false);
    m_progress->setFixedWidth(160);
    m_progress->setAccessibleName(tr("Decided images"));
    row->addWidget(m_progress);
    row->addWidget(m_count);
    row->addStretch(1);
    const auto add =
        [&](const QString& text, const QString& key, const QString& icon, auto action) {
            auto* button = new QToolButton(strip);
            button->setText(text);
            button->setToolTip(tr("%1 (%2)").arg(text, key));
            button->setAccessibleName(text);
            button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
            button->setFocusPolicy(Qt::NoFocus);
            m_theme.setIcon(button, icon);
            connect(button, &QToolButton::clicked, this, action);
            row->addWidget(button);
            return button;
        };
    add(tr("Back"), QStringLiteral("←"), QStringLiteral("previous"), [this] { m_review.back(); });
    add(tr("Pass over"), QStringLiteral("→"), QStringLiteral("next"), [this] { m_review.next(); });
    add(tr("Leave the review"), QStringLiteral("Esc"), QStringLiteral("cancel"), [this] {
        m_review.setActive(false);
    })->setObjectName(QStringLiteral("leaveReview"));
    return strip;
}

QWidget* ReviewPage::makeSide()
{
    auto* content = new QWidget(this);
    content->setObjectName(QStringLiteral("panelContent"));
    auto* layout = new QVBoxLayout(content);
    layout->setContentsMargins(16, 12, 16, 12);
    layout->setSpacing(8);
    auto* head = new QHBoxLayout;
    m_case = labelOf({}, QStringLiteral("title"), content);
    m_case->setObjectName(QStringLiteral("caseName"));
    m_case->setWordWrap(false);
    m_state = labelOf({}, QStringLiteral("badge"), content);
    m_state->setObjectName(QStringLiteral("caseState"));
    m_state->setWordWrap(false);
    head->addWidget(m_case);
    head->addStretch(1);
    head->addWidget(m_state);
    layout->addLayout(head);
    addWhy(layout);
    addAnswers(layout);
    layout->addWidget(separator(content));
    layout->addWidget(labelOf(tr("NOTES"), QStringLiteral("heading"), content));
    m_notes = new QVBoxLayout;
    m_notes->setSpacing(4);
    layout->addLayout(m_notes);
    layout->addStretch(1);
    addReader(layout);
    auto* scroll = new QScrollArea(this);
    scroll->setObjectName(QStringLiteral("reviewSide"));
    scroll->setWidget(content);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setFixedWidth(kSideWidth);
    scroll->setFocusPolicy(Qt::NoFocus);
    return scroll;
}

void ReviewPage::addWhy(QVBoxLayout* layout)
{
    auto* head = new QHBoxLayout;
    head->addWidget(labelOf(tr("WHY THIS IMAGE"), QStringLiteral("heading"), this));
    head->addStretch(1);
    auto* order = new QToolButton(this);
    order->setObjectName(QStringLiteral("reviewOrder"));
    order->setText(tr("Order"));
    order->setToolTip(tr("Which reasons decide what comes next"));
    order->setAccessibleName(order->toolTip());
    order->setPopupMode(QToolButton::InstantPopup);
    order->setFocusPolicy(Qt::NoFocus);
    auto* menu = new QMenu(order);
    menu->setToolTipsVisible(true);
    for (const project::ReviewReason reason : project::kReviewReasons) {
        QAction* action = menu->addAction(ReviewText::nameOf(reason));
        action->setToolTip(ReviewText::explanationOf(reason));
        action->setCheckable(true);
        action->setChecked(m_review.isWanted(reason));
        connect(action, &QAction::toggled, this, [this, reason](bool isOn) {
            m_review.setWanted(reason, isOn);
            refreshWhy();
        });
    }
    order->setMenu(menu);
    head->addWidget(order);
    layout->addLayout(head);
    m_why = new QVBoxLayout;
    m_why->setSpacing(4);
    layout->addLayout(m_why);
    m_guide = new QLabel(this);
    m_guide->setObjectName(QStringLiteral("guideThumbnail"));
    m_guide->setAlignment(Qt::AlignCenter);
    m_guide->setAccessibleName(tr("The guide of this image"));
    m_guide->setToolTip(tr("The guide: where the network was told to look"));
    layout->addWidget(m_guide);
}

void ReviewPage::addAnswers(QVBoxLayout* layout)
{
    layout->addWidget(separator(this));
    layout->addWidget(labelOf(tr("JUDGED"), QStringLiteral("heading"), this));
    m_subject = labelOf({}, QStringLiteral("plain"), this);
    m_subject->setObjectName(QStringLiteral("judged"));
    layout->addWidget(m_subject);
    auto* grid = new QGridLayout;
    grid->setSpacing(4);
    for (int digit = 1; digit <= 9; ++digit) {
        auto* chip = new QToolButton(this);
        chip->setObjectName(QStringLiteral("reason%1").arg(digit));
        chip->setProperty("chip", true);
        chip->setCheckable(true);
        chip->setFocusPolicy(Qt::NoFocus);
        // Texts are the user's: long ones are cut and stand in the tool tip.
        chip->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
        connect(chip, &QToolButton::clicked, this, [this, digit] { m_review.chooseReason(digit); });
        grid->addWidget(chip, (digit - 1) / 3, (digit - 1) % 3);
        m_reasons.append(chip);
    }
    layout->addLayout(grid);
    const auto answer = [&](const QString& text,
                            const QString& key,
                            const QString& icon,
                            const QString& word,
                            project::Verdict verdict) {
        auto* button = new QPushButton(tr("%1  (%2)").arg(text, key), this);
        button->setObjectName(word + QStringLiteral("Button"));
        button->setProperty("verdict", word);
        button->setAccessibleName(text);
        button->setFocusPolicy(Qt::NoFocus);
        m_theme.setIcon(button, icon);
        connect(button, &QPushButton::clicked, this, [this, verdict] { m_review.decide(verdict); });
        layout->addWidget(button);
        return button;
    };
    m_accept = answer(
        tr("Accept"),
        QStringLiteral("Y"),
        QStringLiteral("accept"),
        QStringLiteral("accepted"),
        project::Verdict::Accepted);
    m_reject = answer(
        tr("Reject"),
        QStringLiteral("N"),
        QStringLiteral("cancel"),
        QStringLiteral("rejected"),
        project::Verdict::Rejected);
    m_unsure = answer(
        tr("Unsure"),
        QStringLiteral("U"),
        QStringLiteral("unsure"),
        QStringLiteral("unsure"),
        project::Verdict::Unsure);
    auto* row = new QHBoxLayout;
    row->setSpacing(4);
    const auto small =
        [&](const QString& text, const QString& key, const QString& icon, auto action) {
            auto* button = new QToolButton(this);
            button->setText(text);
            button->setToolTip(tr("%1 (%2)").arg(text, key));
            button->setAccessibleName(text);
            button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
            button->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
            button->setFocusPolicy(Qt::NoFocus);
            m_theme.setIcon(button, icon);
            connect(button, &QToolButton::clicked, this, action);
            row->addWidget(button);
            return button;
        };
    m_correct = small(tr("Correct"), QStringLiteral("E"), QStringLiteral("brush"), [this] {
        m_review.beginCorrection();
    });
    m_note =
        small(tr("Note"), QStringLiteral("C"), QStringLiteral("note"), [this] { beginNote(); });
    m_undo = small(
        tr("Undo"), QStringLiteral("Ctrl+Z"), QStringLiteral("undo"), [this] { m_review.undo(); });
    m_undo->setToolTip(tr("Take the last decision back (Ctrl+Z)"));
    layout->addLayout(row);
}

void ReviewPage::addReader(QVBoxLayout* layout)
{
    layout->addWidget(separator(this));
    auto* row = new QHBoxLayout;
    auto* name = labelOf(tr("Reader"), QStringLiteral("muted"), this);
    name->setWordWrap(false);
    m_reader = new QLineEdit(this);
    m_reader->setObjectName(QStringLiteral("readerName"));
    m_reader->setAccessibleName(tr("Name of the reader"));
    m_reader->setToolTip(tr("Decisions, notes and labels are signed with this name"));
    m_reader->setFocusPolicy(Qt::ClickFocus);
    row->addWidget(name);
    row->addWidget(m_reader, 1);
    layout->addLayout(row);
    m_blinded = new QCheckBox(tr("Hide other readers' work"), this);
    m_blinded->setObjectName(QStringLiteral("blinded"));
    m_blinded->setToolTip(tr("Labels, decisions and notes of others are shown after you decided"));
    m_blinded->setFocusPolicy(Qt::NoFocus);
    m_time = new QCheckBox(tr("Record time per image"), this);
    m_time->setObjectName(QStringLiteral("recordTime"));
    m_time->setToolTip(tr("Seconds per image go into the audit trail of this project"));
    m_time->setFocusPolicy(Qt::NoFocus);
    layout->addWidget(m_blinded);
    layout->addWidget(m_time);
    connect(m_reader, &QLineEdit::editingFinished, this, [this] {
        m_review.setReader(m_reader->text());
        if (isVisible()) {
            setFocus();
        }
    });
    connect(m_blinded, &QCheckBox::toggled, &m_review, &ReviewController::setBlinded);
    connect(m_time, &QCheckBox::toggled, &m_review, &ReviewController::setRecordsTime);
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

void ReviewPage::refreshWhy()
{
    empty(m_why);
    const ReviewController::Item* now = m_review.current();
    if (now == nullptr || now->scores.empty()) {
        m_why->addWidget(labelOf(
            tr("No prediction yet, so no reason. Predict all images to rank them."),
            QStringLiteral("muted"),
            this));
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
        row->addWidget(meter, 0, Qt::AlignTop);
        row->addWidget(words, 1);
        m_why->addLayout(row);
        isFirst = false;
    }
}

void ReviewPage::refreshReasons()
{
    const QStringList texts = m_review.reasonTexts();
    for (int i = 0; i < m_reasons.size(); ++i) {
        const QString text = texts.value(i);
        m_reasons[i]->setText(QStringLiteral("%1 %2").arg(i + 1).arg(text));
        m_reasons[i]->setToolTip(tr("Reason for the next answer: %1 (%2)").arg(text).arg(i + 1));
        m_reasons[i]->setAccessibleName(text);
        m_reasons[i]->setChecked(!text.isEmpty() && m_review.reason() == text);
    }
}

void ReviewPage::refreshNotes()
{
    empty(m_notes);
    std::vector<ReviewView::Pin> pins;
    const std::vector<project::NoteRecord> notes = m_review.notes();
    for (std::size_t i = 0; i < notes.size(); ++i) {
        const project::NoteRecord& note = notes[i];
        pins.push_back({{note.x, note.y}, note.text, note.isResolved});
        auto* line = new QCheckBox(tr("%1  %2").arg(i + 1).arg(note.text.simplified()), this);
        line->setChecked(note.isResolved);
        line->setFocusPolicy(Qt::NoFocus);
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
        std::min((kSideWidth - 40) * ratio / side.width, kGuideHeight * ratio / side.height);
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
    const auto run = [act](const auto& action) {
        if (act) {
            action();
        }
        return true;
    };
    if (event.modifiers() == Qt::ControlModifier && event.key() == Qt::Key_Z) {
        return run([this] { m_review.undo(); });
    }
    if ((event.modifiers() & ~Qt::KeypadModifier) != 0) {
        return false;
    }
    if (event.key() >= Qt::Key_1 && event.key() <= Qt::Key_9) {
        return run([&] { m_review.chooseReason(event.key() - Qt::Key_0); });
    }
    switch (event.key()) {
    case Qt::Key_Y:
        return run([this] { m_review.decide(project::Verdict::Accepted); });
    case Qt::Key_N:
        return run([this] { m_review.decide(project::Verdict::Rejected); });
    case Qt::Key_U:
        return run([this] { m_review.decide(project::Verdict::Unsure); });
    case Qt::Key_C:
        return run([this] { beginNote(); });
    case Qt::Key_E:
        return run([this] { m_review.beginCorrection(); });
    case Qt::Key_V:
        return run([this] { m_view->setBlinking(true); });
    case Qt::Key_Right:
    case Qt::Key_D:
        return run([this] { m_review.next(); });
    case Qt::Key_Left:
    case Qt::Key_A:
        return run([this] { m_review.back(); });
    case Qt::Key_Escape:
        return run([this] { m_review.setActive(false); });
    default:
        return false;
    }
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
    if (event->key() == Qt::Key_V && !event->isAutoRepeat()) {
        m_view->setBlinking(false);
    } else {
        QWidget::keyReleaseEvent(event);
    }
}

} // namespace guidino::ui
