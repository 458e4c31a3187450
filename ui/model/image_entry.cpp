// SPDX-License-Identifier: Apache-2.0
#include "ui/model/image_entry.h"

#include <QDir>

#include <algorithm>

namespace guidino::ui {

void ImageEntry::take(const project::ImageState& state)
{
    isStored = state.human.isValid() || state.imported.isValid();
    isLabelled = isLabelled || isStored;
    isEdited = state.hasUnsavedEdits;
    isPredicted = isPredicted || state.prediction.isValid();
    hasGuideCorrection = state.hasGuideCorrection;
    hasOpenNotes = state.hasOpenNotes;
    tags = state.tags;
    classes = state.classes;
    // A decision names one revision: labels that came later reopen the case.
    const bool isReopened = state.hasUnsavedEdits || state.human > state.decided;
    verdict = isReopened ? std::nullopt : state.verdict;
}

ImageEntry entryOf(const project::ImageRecord& record, const QString& projectFolder)
{
    const auto absolute = [&projectFolder](const QString& path) {
        return QDir::isAbsolutePath(path) ? path : projectFolder + QLatin1Char('/') + path;
    };
    ImageEntry entry;
    entry.id = record.id;
    entry.name = record.path;
    entry.stem = record.name;
    entry.split = record.split;
    entry.group = record.group;
    entry.image = absolute(record.path).toStdString();
    if (!record.mask.isEmpty()) {
        entry.mask = absolute(record.mask).toStdString();
    }
    entry.labelFile = record.labelFile.toStdString();
    entry.size = record.size;
    entry.isHashed = !record.sha256.isEmpty();
    return entry;
}

} // namespace guidino::ui
