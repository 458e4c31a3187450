// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/label_map.h"
#include "core/base/raster.h"
#include "ui/model/label_class.h"

#include <QImage>

#include <filesystem>

/// Small pictures of images, with or without their labels. Any thread.
namespace guidino::ui {

/// Fits into side × side; null where the file cannot be read.
[[nodiscard]] QImage thumbnailOf(const std::filesystem::path& file, int side);

/// The image (three channels) with its labels over it in the classes' colours: their ground tinted,
/// their outline full. `labels` has the image's size, or is empty.
[[nodiscard]] QImage
pictureOf(const Raster8& image, const LabelMap& labels, const LabelClasses& classes, int side);

} // namespace guidino::ui
