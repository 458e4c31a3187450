// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/geometry.h"
#include "core/base/raster.h"
#include "core/base/result.h"
#include "core/datasets/dataset.h"
#include "core/datasets/masks.h"
#include "core/datasets/resize_plan.h"

#include <string>
#include <vector>

namespace guidino::datasets {

/// The form in which training sees images.
struct DecodeOptions
{
    int size = 256; ///< S, the side of the square that training sees
    ResizeMode resize = ResizeMode::Squash;
    bool cropBlackBorder = false; ///< imaging::contentRectangle() first
};

/// A sample as training sees it.
struct DecodedSample
{
    Raster8 image; ///< [S, S, 3] RGB
    Raster8 mask;  ///< [S, S, 1] class indices, 255 = ignore; empty: the sample has no mask
    Size nativeSize;
    Rect content;                      ///< the part of the image that was used before mode `crop`
    std::vector<std::string> warnings; ///< that the image was read with; each names the file
};

/// The image at native size, [H, W, 3] RGB. Files of separate channels (nnU-Net) are put together,
/// at most three of them. NotFound, BadInput, OutOfMemory.
[[nodiscard]] Result<Raster8> decodeImage(const Sample& sample);

/// Image and mask at training size: the one way from files to what training sees, for folders and
/// packs alike. Errors as decodeImage() and MaskReader::read(), which name the file.
[[nodiscard]] Result<DecodedSample>
decodeSample(const Sample& sample, const MaskReader& masks, const DecodeOptions& options);

} // namespace guidino::datasets
