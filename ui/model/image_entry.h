// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/ids.h"
#include "core/project/project_types.h"

#include <QString>
#include <QStringList>

#include <filesystem>
#include <optional>
#include <vector>

namespace guidino::ui {

/// One image of an opened project, as the list knows it.
struct ImageEntry
{
    ImageId id;
    QString name;  ///< path as the project stores it, unique
    QString stem;  ///< what the list shows
    QString split; ///< train, validation, test, locked or empty
    QString group; ///< patient or case; may be empty
    QStringList tags;
    std::vector<std::uint8_t> classes; ///< in its saved labels, without 0
    std::filesystem::path image;
    std::filesystem::path mask;      ///< the data set's own; empty: none
    std::filesystem::path labelFile; ///< below the labels folder; empty: not saved as a file
    Size size;                       ///< empty: not known yet
    bool isHashed = false;           ///< its content was looked at
    bool isStored = false;           ///< a human or imported revision exists
    bool isLabelled = false;         ///< has a mask, or labels of the user's
    bool isEdited = false;           ///< has changes that are in the journal only
    bool isPredicted = false;        ///< a model has answered: in this session, or as a revision
    bool isStale = false;            ///< its newest prediction is another model's than the one in use
    bool isMissing = false;          ///< the file is not where it was
    bool hasGuideCorrection = false;
    bool hasOpenNotes = false;
    std::optional<project::Verdict> verdict; ///< of a reader; none again once it was edited after
    std::optional<double> score;             ///< review value in [0, 1], where one was worked out
    QString scoreReason;                     ///< in words
    QString problem;                         ///< why it cannot be opened; empty: nothing is known

    /// What the project knows besides the record.
    void take(const project::ImageState& state);
};

/// As the list begins with it.
[[nodiscard]] ImageEntry entryOf(const project::ImageRecord& record, const QString& projectFolder);

} // namespace guidino::ui
