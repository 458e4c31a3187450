// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/project/project_types.h"

#include <QAction>
#include <QList>
#include <QObject>

class QKeyEvent;

namespace guidino::ui {

class KeyMap;
class ReviewController;

/// The keys of the review desk as actions, so that they can be edited like all others. They hold
/// while the desk is shown and come before the window's own there.
class ReviewKeys : public QObject
{
    Q_OBJECT

public:
    ReviewKeys(ReviewController& review, KeyMap& keys, QObject* parent = nullptr);

    QAction* accept;
    QAction* reject;
    QAction* unsure;
    QAction* correct;
    QAction* note; ///< connected by the page: it knows the place
    QAction* undo;
    QAction* back;
    QAction* passOver;
    QAction* leave;
    QAction* bare;           ///< the image without outlines, while the key is held
    QList<QAction*> reasons; ///< digits 1 to 9

    /// Null where the desk has no such key.
    [[nodiscard]] QAction* actionFor(const QKeyEvent& event) const;

    /// The first key of an action as text, for buttons and tool tips.
    [[nodiscard]] static QString keyOf(const QAction& action);

Q_SIGNALS:
    /// The user gave an action other keys.
    void changed();

private:
    QAction* add(const char* name, const QString& text, const QList<QKeySequence>& keys);
    void judge(QAction* action, project::Verdict verdict);
    void refresh();

    ReviewController& m_review;
    KeyMap& m_keys;
    QList<QAction*> m_all;
};

} // namespace guidino::ui
