// SPDX-License-Identifier: Apache-2.0
#include "ui/model/notice.h"

#include <QCoreApplication>

namespace guidino::ui {

namespace {

QString translated(const char* source)
{
    return QCoreApplication::translate("guidino::ui::Notice", source);
}

} // namespace

QString sentenceFor(ErrorCode code)
{
    switch (code) {
    case ErrorCode::CheckFailed:
        return translated(QT_TRANSLATE_NOOP("guidino::ui::Notice", "A check did not hold."));
    case ErrorCode::Usage:
    case ErrorCode::Configuration:
        return translated(QT_TRANSLATE_NOOP("guidino::ui::Notice", "A setting is not valid."));
    case ErrorCode::NotFound:
        return translated(
            QT_TRANSLATE_NOOP("guidino::ui::Notice", "A file or folder is not there."));
    case ErrorCode::BadInput:
        return translated(QT_TRANSLATE_NOOP(
            "guidino::ui::Notice", "A file is damaged or of a kind that cannot be read."));
    case ErrorCode::OutOfMemory:
        return translated(QT_TRANSLATE_NOOP("guidino::ui::Notice", "There is not enough memory."));
    case ErrorCode::OutOfDeviceMemory:
        return translated(
            QT_TRANSLATE_NOOP("guidino::ui::Notice", "The GPU has not enough free memory."));
    case ErrorCode::Cancelled:
        return translated(QT_TRANSLATE_NOOP("guidino::ui::Notice", "It was cancelled."));
    case ErrorCode::CannotWrite:
        return translated(QT_TRANSLATE_NOOP(
            "guidino::ui::Notice", "The folder cannot be written to, or the disk is full."));
    case ErrorCode::Internal:
        break;
    }
    return translated(QT_TRANSLATE_NOOP("guidino::ui::Notice", "An internal error occurred."));
}

Notice noticeFor(const Error& error, const QString& what, Notice::Action action)
{
    return {
        Notice::Severity::Error,
        what + QLatin1Char(' ') + sentenceFor(error.code),
        QString::fromStdString(error.message),
        action,
        {}};
}

} // namespace guidino::ui
