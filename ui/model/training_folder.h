// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/cancel_token.h"
#include "core/base/ids.h"
#include "core/base/label_map.h"
#include "core/base/result.h"
#include "core/project/redaction.h"
#include "ui/model/label_class.h"
#include "ui/model/label_files.h"

#include <QString>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

/// The data of a training, frozen as files in its run folder: later edits cannot change it.
namespace guidino::ui {

/// One image with what it is trained with.
struct FrozenCase
{
    ImageId image;
    std::filesystem::path file;
    std::string stem;    ///< unique among the cases; names its files
    QString sha256;      ///< of the image file, where it is known
    RevisionId revision; ///< of its labels; invalid: of the data set's own mask
    LabelSource source;
    project::RedactionRegions redacted;
    std::optional<LabelMap> guide; ///< codes of a corrected guide
    bool isValidation = false;
};

/// `folder/images`, `folder/masks`, `folder/guides` (PNG of codes, where there are any),
/// `folder/splits.json` with the lists train and val, and `folder/frozen.json`, which says of which
/// revision of which image each mask is. Images are linked where the file system can, copied where
/// it cannot, and pictures of their own where regions of them are black.
///
/// Any thread. Cancelled; BadInput and CannotWrite name the file.
[[nodiscard]] Status writeTrainingFolder(
    const std::filesystem::path& folder,
    const std::vector<FrozenCase>& cases,
    const LabelClasses& classes,
    const CancelToken& cancel = {});

/// A folder that looks as the other does as long as nobody reads images or masks: links to the
/// images, which stand for the masks as well, and `splits.json`. For counting. CannotWrite.
[[nodiscard]] Status
writeOutline(const std::filesystem::path& folder, const std::vector<FrozenCase>& cases);

} // namespace guidino::ui
