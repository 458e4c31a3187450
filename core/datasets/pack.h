// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/cancel_token.h"
#include "core/base/result.h"
#include "core/datasets/dataset.h"
#include "core/datasets/decode.h"
#include "core/datasets/masks.h"
#include "core/datasets/splits.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace guidino::datasets {

/// Writes images and masks at training size as one safetensors file that training maps into memory:
/// uint8 tensors `images` [N, S, S, 3] RGB and `masks` [N, S, S] (class indices, 255 = ignore), and
/// texts `guidino_pack` = "1", `names`, `groups`, `hashes` (SHA-256 of the image files),
/// `native_sizes` ([width, height]) as JSON arrays of N entries, `splits` as a JSON object of lists
/// of names, `classes` as a JSON array of {index, name, color} without the background, `resize` and
/// `crop_black_border` ("true", "false"). Read by core/nn/data/pack.h.
///
/// `splits` lists what goes in, in Dataset's order; without lists all samples that have a mask do.
/// Memory stays at a few images. Atomic: the old file or the whole new one.
/// Returns what the images were read with a warning for. BadInput names every file that cannot be
/// read and writes nothing. CannotWrite, Cancelled.
[[nodiscard]] Result<std::vector<std::string>> writePack(
    const std::filesystem::path& path,
    const Dataset& dataset,
    const SplitIndices& splits,
    const MaskReader& masks,
    const DecodeOptions& options,
    const CancelToken& cancel = {},
    const Progress& progress = {});

} // namespace guidino::datasets
