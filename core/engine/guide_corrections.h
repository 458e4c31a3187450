// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/nn/data/preprocess.h"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

/// Internal to the engine: guides that the user painted, for training.
namespace guidino::engine {

/// A folder of files STEM.png (grey or indexed, 8 bit) or STEM.npy [h, w], one for each image whose
/// guide was corrected, of any size, over the whole image. Codes: 0 the guide shall ignore this
/// place, 1 attend to it, 2 as the mask says, 255 unspecified. Images without a file are as their
/// mask says.
class GuideCorrections
{
public:
    /// Lists the folder; empty path: no corrections. Throws ErrorException: NotFound, BadInput
    /// (nothing usable in it, one stem twice).
    explicit GuideCorrections(const std::filesystem::path& folder);

    [[nodiscard]] bool isEmpty() const { return m_files.empty(); }

    /// [S, S] uint8 for an image that training sees through `plan`; undefined where the image has
    /// none. Counts it as used. Throws ErrorException (BadInput names the file).
    [[nodiscard]] torch::Tensor codesFor(const std::string& stem, const nn::ResizePlan& plan);

    /// Corrections for all images of a set, [N, S, S]; undefined where none of them has one.
    [[nodiscard]] torch::Tensor
    codesFor(const std::vector<std::string>& stems, const std::vector<nn::ResizePlan>& plans);

    /// Files that no image asked for.
    [[nodiscard]] std::vector<std::string> unused() const;

private:
    struct Entry
    {
        std::filesystem::path file;
        bool isUsed = false;
    };

    std::map<std::string, Entry> m_files; ///< by stem
};

} // namespace guidino::engine
