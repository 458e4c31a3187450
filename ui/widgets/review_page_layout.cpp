// SPDX-License-Identifier: Apache-2.0
// How the review desk is laid out.
#include "ui/model/review_controller.h"
#include "ui/model/review_text.h"
#include "ui/widgets/reasons_dialog.h"
#include "ui/widgets/review_keys.h"
#include "ui/widgets/review_page.h"
#include "ui/widgets/review_parts.h"
#include "ui/widgets/theme.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QMenu>
#include <QScrollArea>

#include <utility>

namespace guidino::ui {

namespace {

constexpr int kSideWidth = 348;

} // namespace

/// What an action of the desk looks like here: the page has the keys, nameKeys() names them.
template<typename Button>
Button* ReviewPage::buttonFor(QAction& action, const QString& icon)
{
    auto* button = new Button(this);
    button->setAccessibleName(action.text());
    button->setFocusPolicy(Qt::NoFocus);
    m_theme.setIcon(button, icon);
    connect(button, &Button::clicked, &action, &QAction::trigger);
    m_keyed.append({button, &action});
    return button;
}

QToolButton* ReviewPage::toolButtonFor(QAction& action, const QString& text, const QString& icon)
{
    auto* button = buttonFor<QToolButton>(action, icon);
    button->setText(text);
    button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    return button;
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
    for (const auto& [action, icon] :
         {std::pair(m_keys.back, QStringLiteral("previous")),
          std::pair(m_keys.passOver, QStringLiteral("next")),
          std::pair(m_keys.leave, QStringLiteral("cancel"))}) {
        auto* button = toolButtonFor(*action, action->text(), icon);
        button->setObjectName(action == m_keys.leave ? QStringLiteral("leaveReview") : QString());
        row->addWidget(button);
    }
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
    layout->addWidget(separatorIn(content));
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
    order->setFocusPolicy(Qt::TabFocus); // its keys go on to the page
    auto* menu = new QMenu(order);
    menu->setToolTipsVisible(true);
    for (const project::ReviewReason reason : project::kReviewReasons) {
        QAction* action = menu->addAction(ReviewText::nameOf(reason));
        action->setObjectName(QStringLiteral("wanted%1").arg(static_cast<int>(reason)));
        action->setToolTip(ReviewText::explanationOf(reason));
        action->setCheckable(true);
        connect(action, &QAction::triggered, this, [this, reason](bool isOn) {
            m_review.setWanted(reason, isOn);
        });
        connect(menu, &QMenu::aboutToShow, action, [this, action, reason] {
            action->setChecked(m_review.isWanted(reason));
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
    layout->addWidget(separatorIn(this));
    auto* head = new QHBoxLayout;
    head->addWidget(labelOf(tr("JUDGED"), QStringLiteral("heading"), this));
    head->addStretch(1);
    auto* edit = new QToolButton(this);
    edit->setObjectName(QStringLiteral("editReasons"));
    edit->setText(tr("Reasons…"));
    edit->setAccessibleName(edit->text());
    edit->setToolTip(tr("What the digits 1 to 9 stand for in this project"));
    edit->setFocusPolicy(Qt::TabFocus);
    edit->setAutoRaise(true);
    connect(edit, &QToolButton::clicked, this, [this] {
        auto* dialog = new ReasonsDialog(m_review, this);
        dialog->open();
    });
    head->addWidget(edit);
    layout->addLayout(head);
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
    const auto answer = [&](QAction& action, const QString& icon, const QString& word) {
        auto* button = buttonFor<QPushButton>(action, icon);
        button->setObjectName(word + QStringLiteral("Button"));
        button->setProperty("verdict", word);
        layout->addWidget(button);
        return button;
    };
    m_accept = answer(*m_keys.accept, QStringLiteral("accept"), QStringLiteral("accepted"));
    m_reject = answer(*m_keys.reject, QStringLiteral("cancel"), QStringLiteral("rejected"));
    m_unsure = answer(*m_keys.unsure, QStringLiteral("unsure"), QStringLiteral("unsure"));
    auto* row = new QHBoxLayout;
    row->setSpacing(4);
    m_correct = toolButtonFor(*m_keys.correct, tr("Correct"), QStringLiteral("brush"));
    m_note = toolButtonFor(*m_keys.note, tr("Note"), QStringLiteral("note"));
    m_undo = toolButtonFor(*m_keys.undo, tr("Undo"), QStringLiteral("undo"));
    for (QToolButton* button : {m_correct, m_note, m_undo}) {
        button->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        row->addWidget(button);
    }
    layout->addLayout(row);
}

void ReviewPage::nameKeys()
{
    for (const auto& [button, action] : std::as_const(m_keyed)) {
        const QString key = ReviewKeys::keyOf(*action);
        const QString tip = key.isEmpty() ? action->text() : tr("%1 (%2)").arg(action->text(), key);
        if (qobject_cast<QPushButton*>(button) != nullptr) {
            button->setText(
                key.isEmpty() ? action->text() : tr("%1  (%2)").arg(action->text(), key));
        } else {
            button->setToolTip(tip);
        }
    }
    refreshReasons();
}

void ReviewPage::addReader(QVBoxLayout* layout)
{
    layout->addWidget(separatorIn(this));
    auto* row = new QHBoxLayout;
    auto* name = labelOf(tr("Reader"), QStringLiteral("muted"), this);
    name->setWordWrap(false);
    m_reader = new QLineEdit(this);
    m_reader->setObjectName(QStringLiteral("readerName"));
    m_reader->setAccessibleName(tr("Name of the reader"));
    m_reader->setToolTip(tr("Decisions, notes and labels are signed with this name"));
    m_reader->setFocusPolicy(Qt::StrongFocus);
    row->addWidget(name);
    row->addWidget(m_reader, 1);
    layout->addLayout(row);
    m_blinded = new QCheckBox(tr("Hide other readers' work"), this);
    m_blinded->setObjectName(QStringLiteral("blinded"));
    m_blinded->setToolTip(tr("Labels, decisions and notes of others are shown after you decided"));
    m_blinded->setFocusPolicy(Qt::TabFocus);
    m_time = new QCheckBox(tr("Record time per image"), this);
    m_time->setObjectName(QStringLiteral("recordTime"));
    m_time->setToolTip(tr("Seconds per image go into the audit trail of this project"));
    m_time->setFocusPolicy(Qt::TabFocus);
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

} // namespace guidino::ui
