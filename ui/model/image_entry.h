// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/ids.h"

#include <QString>

#include <filesystem>

namespace guidino::ui {

/// One image of an opened data set, as the list knows it.
struct ImageEntry
{
    ImageId id;
    QString name;  ///< unique in the data set, with `/`
    QString stem;  ///< what the list shows
    QString split; ///< train, val, test or empty
    std::filesystem::path image;
    std::filesystem::path mask;      ///< the data set's own; empty: none
    std::filesystem::path labelFile; ///< where the user's labels are saved
    bool isLabelled = false;         ///< has a mask, or labels of the user's
    bool isEdited = false;           ///< has changes that are in no file but the recovery file
    bool isPredicted = false;        ///< a model has answered in this session
    QString problem;                 ///< why it cannot be opened; empty: nothing is known
};

} // namespace guidino::ui
