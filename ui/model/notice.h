// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <QMetaType>
#include <QString>

namespace guidino::ui {

/// Something to tell the user in the bar above the canvas, with at most one action. Translated.
struct Notice
{
    enum class Severity { Info, Warning, Error };

    enum class Action {
        None,
        RestartWorker,
        ChooseLabelsFolder,
        SaveAll,
        OpenFolder,
        ChooseModel,
        ShowLog,
        ShowRecovered, ///< what came back after a crash
        LocateImages,  ///< find missing files
        TakeOver,      ///< write to a project that is open read-only
    };

    Severity severity = Severity::Info;
    QString text;
    QString detail; ///< the log's words, shown on request (tool tip)
    Action action = Action::None;
    QString topic; ///< a newer notice of a topic replaces the older
};

/// A sentence for the user about a failure of core, by its code; the English message is the detail.
[[nodiscard]] QString sentenceFor(ErrorCode code);

/// `what` says what was being done, such as "The mask was not saved."
[[nodiscard]] Notice noticeFor(const Error& error, const QString& what, Notice::Action action);

} // namespace guidino::ui

Q_DECLARE_METATYPE(guidino::ui::Notice)
