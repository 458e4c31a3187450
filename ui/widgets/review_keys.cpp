// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/review_keys.h"

#include "ui/model/key_map.h"
#include "ui/model/review_controller.h"

namespace guidino::ui {

ReviewKeys::ReviewKeys(ReviewController& review, KeyMap& keys, QObject* parent)
    : QObject(parent)
    , m_review(review)
    , m_keys(keys)
{
    accept = add("reviewAccept", tr("Accept"), {QKeySequence(Qt::Key_Y)});
    reject = add("reviewReject", tr("Reject"), {QKeySequence(Qt::Key_N)});
    unsure = add("reviewUnsure", tr("Unsure"), {QKeySequence(Qt::Key_U)});
    correct = add("reviewCorrect", tr("Correct"), {QKeySequence(Qt::Key_E)});
    note = add("reviewNote", tr("Note at the pointer"), {QKeySequence(Qt::Key_C)});
    undo = add(
        "reviewUndo", tr("Take the last decision back"), {QKeySequence(Qt::CTRL | Qt::Key_Z)});
    back = add(
        "reviewBack",
        tr("Back to the image before"),
        {QKeySequence(Qt::Key_Left), QKeySequence(Qt::Key_A)});
    passOver = add(
        "reviewPassOver",
        tr("Pass over"),
        {QKeySequence(Qt::Key_Right), QKeySequence(Qt::Key_D)});
    leave = add("reviewLeave", tr("Leave the review"), {QKeySequence(Qt::Key_Escape)});
    bare = add("reviewBare", tr("The bare image, while held"), {QKeySequence(Qt::Key_V)});
    for (int digit = 1; digit <= 9; ++digit) {
        QAction* reason =
            add(qPrintable(QStringLiteral("reviewReason%1").arg(digit)),
                tr("Reason %1").arg(digit),
                {QKeySequence(Qt::Key_0 + digit)});
        connect(reason, &QAction::triggered, &review, [&review, digit] {
            review.chooseReason(digit);
        });
        reasons.append(reason);
    }
    judge(accept, project::Verdict::Accepted);
    judge(reject, project::Verdict::Rejected);
    judge(unsure, project::Verdict::Unsure);
    connect(correct, &QAction::triggered, &review, &ReviewController::beginCorrection);
    connect(undo, &QAction::triggered, &review, &ReviewController::undo);
    connect(back, &QAction::triggered, &review, &ReviewController::back);
    connect(passOver, &QAction::triggered, &review, &ReviewController::next);
    connect(leave, &QAction::triggered, &review, [&review] { review.setActive(false); });
    connect(&review, &ReviewController::activeChanged, this, &ReviewKeys::refresh);
    connect(&review, &ReviewController::correctingChanged, this, &ReviewKeys::refresh);
    connect(&keys, &KeyMap::changed, this, &ReviewKeys::changed);
    refresh();
}

QAction*
ReviewKeys::add(const char* name, const QString& text, const QList<QKeySequence>& keys)
{
    // Not added to any widget: the page looks its keys up, since the canvas has other uses for
    // them.
    auto* action = new QAction(text, this);
    action->setObjectName(QLatin1StringView(name));
    action->setShortcuts(keys);
    m_keys.add(action, KeyMap::Scope::Review);
    m_all.append(action);
    return action;
}

void ReviewKeys::judge(QAction* action, project::Verdict verdict)
{
    connect(action, &QAction::triggered, &m_review, [this, verdict] { m_review.decide(verdict); });
}

void ReviewKeys::refresh()
{
    for (QAction* action : m_all) {
        action->setEnabled(m_review.isActive() && !m_review.isCorrecting());
    }
}

QAction* ReviewKeys::actionFor(const QKeyEvent& event) const
{
    return m_keys.actionFor(event, KeyMap::Scope::Review);
}

QString ReviewKeys::keyOf(const QAction& action)
{
    return action.shortcut().toString(QKeySequence::NativeText);
}

} // namespace guidino::ui
