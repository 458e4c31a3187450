// SPDX-License-Identifier: Apache-2.0
#include "ui/model/notice.h"

#include <QCoreApplication>

#include <algorithm>
#include <string_view>

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

namespace {

/// What the code alone does not tell.
QString sentenceAbout(const Error& error)
{
    const auto reason =
        std::find_if(error.context.begin(), error.context.end(), [](const auto& entry) {
            return entry.first == "reason";
        });
    const std::string_view word =
        reason != error.context.end() ? std::string_view(reason->second) : std::string_view();
    if (word == "no_images") {
        return translated(QT_TRANSLATE_NOOP(
            "guidino::ui::Notice",
            "There are no images in it. PNG, JPEG, TIFF, WebP and BMP files can be opened, also in "
            "folders named images, masks, train, valid or test."));
    }
    if (word == "too_large") {
        return translated(QT_TRANSLATE_NOOP(
            "guidino::ui::Notice", "It has more than 400 megapixels; cut it into parts first."));
    }
    return sentenceFor(error.code);
}

} // namespace

Notice noticeFor(const Error& error, const QString& what, Notice::Action action)
{
    return {
        Notice::Severity::Error,
        what + QLatin1Char(' ') + sentenceAbout(error),
        QString::fromStdString(error.message),
        action,
        {}};
}

} // namespace guidino::ui
