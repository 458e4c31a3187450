// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/ids.h"
#include "core/base/label_map.h"
#include "core/base/result.h"
#include "ui/model/prediction.h"

#include <QString>

#include <array>
#include <filesystem>
#include <memory>

namespace guidino::ui {

/// Where what is known of one image under two models lies. Index 0 is model A.
struct ComparedFiles
{
    ImageId image;
    std::filesystem::path file; ///< the image's own
    std::array<std::filesystem::path, 2> masks;
    std::array<std::filesystem::path, 2> guides; ///< NPY
    QString project;
    QString database;
    RevisionId reference;
};

/// One image under two models. What is not there is empty or null.
struct ComparedCase
{
    ImageId image;
    LabelMap reference;
    std::array<LabelMap, 2> labels;
    std::array<std::shared_ptr<const GuideMap>, 2> guides;
};

/// Reads what is there; the reference must be. Any thread. NotFound, BadInput.
[[nodiscard]] Result<std::shared_ptr<const ComparedCase>>
readComparedCase(const ComparedFiles& files);

} // namespace guidino::ui
