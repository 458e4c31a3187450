// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/ids.h"
#include "core/base/label_map.h"
#include "core/base/result.h"
#include "core/project/stored_annotation.h"
#include "ui/model/image_pyramid.h"
#include "ui/model/label_class.h"

#include <QString>

#include <filesystem>
#include <memory>
#include <optional>

namespace guidino::datasets {
class MaskReader;
}

/// Files of the window, read and written. Any thread.
namespace guidino::ui {

/// The image with its halvings. NotFound, BadInput.
[[nodiscard]] Result<std::shared_ptr<const ImagePyramid>>
readImagePyramid(const std::filesystem::path& file);

/// A first look at a large JPEG file in a fraction of the time; null for others.
[[nodiscard]] Result<std::shared_ptr<const ImagePyramid>>
readImagePreview(const std::filesystem::path& file);

/// From the file's header.
[[nodiscard]] Result<Size> readImageSize(const std::filesystem::path& file);

/// A mask file as class indices: greys of 0 and 255 are one class, grey masks with more values than
/// classes are thresholded at > 127, indices stay as they are. BadInput where the size is not
/// `size`.
[[nodiscard]] Result<LabelMap> readLabelFile(const std::filesystem::path& file, Size size);

/// Where the labels of an image may lie.
struct LabelSource
{
    QString project;             ///< folder of the project: revisions and journal come first
    QString database;            ///< of its open store
    ImageId image;               ///< in that project
    std::filesystem::path saved; ///< a mask that was saved beside the images
    std::filesystem::path mask;  ///< of the data set; empty: none
    std::shared_ptr<const datasets::MaskReader> reader; ///< for `mask`; null: readLabelFile()
};

/// What was found there.
struct FoundLabels
{
    LabelMap labels;                                 ///< background where nothing was found
    std::optional<project::StoredAnnotation> stored; ///< what the project keeps of the image
    bool isFromFile = false;    ///< read from a mask file: no revision holds it yet
    std::optional<Error> error; ///< labels are there and were left out
};

[[nodiscard]] FoundLabels findLabels(const LabelSource& source, Size size);

/// The mask file of a source, without looking into the project.
[[nodiscard]] FoundLabels findMask(const LabelSource& source, Size size);

/// A mask file that holds class indices (of a model).
[[nodiscard]] Result<LabelMap> readIndexFile(const std::filesystem::path& file);

/// Atomically, making the folder. One class is written as 0 and 255, more as a palette of the
/// classes' colours.
[[nodiscard]] Status writeLabelFile(
    const std::filesystem::path& file, const LabelMap& labels, const LabelClasses& classes);

/// As plain indices, for readIndexFile().
[[nodiscard]] Status writeIndexFile(const std::filesystem::path& file, const LabelMap& labels);

/// The largest index but the ignore value.
[[nodiscard]] int largestClassOf(const LabelMap& labels);

/// Whether any pixel is not background.
[[nodiscard]] bool hasLabels(const LabelMap& labels);

} // namespace guidino::ui
