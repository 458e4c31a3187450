// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/dashboard/state_text.h"

#include <QCoreApplication>

namespace guidino::ui {

namespace {

QString translated(const char* source)
{
    return QCoreApplication::translate("guidino::ui::StateText", source);
}

} // namespace

QString stateText(jobs::JobState state)
{
    switch (state) {
    case jobs::JobState::Queued:
        return translated(QT_TRANSLATE_NOOP("guidino::ui::StateText", "waiting"));
    case jobs::JobState::Starting:
        return translated(QT_TRANSLATE_NOOP("guidino::ui::StateText", "starting"));
    case jobs::JobState::Running:
        return translated(QT_TRANSLATE_NOOP("guidino::ui::StateText", "running"));
    case jobs::JobState::Paused:
        return translated(QT_TRANSLATE_NOOP("guidino::ui::StateText", "paused"));
    case jobs::JobState::Stalled:
        return translated(QT_TRANSLATE_NOOP("guidino::ui::StateText", "no sign of life"));
    case jobs::JobState::Finished:
        return translated(QT_TRANSLATE_NOOP("guidino::ui::StateText", "finished"));
    case jobs::JobState::Cancelled:
        return translated(QT_TRANSLATE_NOOP("guidino::ui::StateText", "cancelled"));
    case jobs::JobState::Failed:
        return translated(QT_TRANSLATE_NOOP("guidino::ui::StateText", "failed"));
    case jobs::JobState::Crashed:
        return translated(QT_TRANSLATE_NOOP("guidino::ui::StateText", "crashed"));
    case jobs::JobState::Lost:
        return translated(QT_TRANSLATE_NOOP("guidino::ui::StateText", "unknown end"));
    }
    return {};
}

QString stateWithShape(jobs::JobState state)
{
    const auto shape = [state] {
        switch (state) {
        case jobs::JobState::Starting:
        case jobs::JobState::Running:
            return u'▶';
        case jobs::JobState::Paused:
            return u'‖';
        case jobs::JobState::Finished:
            return u'✓';
        case jobs::JobState::Queued:
            return u'…';
        case jobs::JobState::Cancelled:
            return u'■';
        default:
            return u'✕';
        }
    };
    return QString(QChar(shape())) + QLatin1Char(' ') + stateText(state);
}

QString adviceText(const jobs::JobEnd& end)
{
    switch (end.action) {
    case jobs::SuggestedAction::FixSettings:
        return translated(
            QT_TRANSLATE_NOOP("guidino::ui::StateText", "Correct the settings and start again."));
    case jobs::SuggestedAction::FixInput:
        return translated(QT_TRANSLATE_NOOP(
            "guidino::ui::StateText", "Correct the files that the log names and start again."));
    case jobs::SuggestedAction::ReduceBatch:
        return translated(QT_TRANSLATE_NOOP(
            "guidino::ui::StateText", "It ran out of memory: try a smaller batch or image size."));
    case jobs::SuggestedAction::RetryWithAdvice:
        return translated(QT_TRANSLATE_NOOP(
            "guidino::ui::StateText", "It can be tried again with the setting that the log names."));
    case jobs::SuggestedAction::FreeSpace:
        return translated(QT_TRANSLATE_NOOP(
            "guidino::ui::StateText", "Its files cannot be written: free some space."));
    case jobs::SuggestedAction::Resume:
    case jobs::SuggestedAction::KillAndResume:
        return translated(
            QT_TRANSLATE_NOOP("guidino::ui::StateText", "It can go on from its last checkpoint."));
    case jobs::SuggestedAction::ShowLog:
        return translated(
            QT_TRANSLATE_NOOP("guidino::ui::StateText", "The log says what happened."));
    case jobs::SuggestedAction::UpdateProgram:
        return translated(QT_TRANSLATE_NOOP(
            "guidino::ui::StateText", "Window and worker are of different versions."));
    case jobs::SuggestedAction::None:
        break;
    }
    return {};
}

} // namespace guidino::ui
