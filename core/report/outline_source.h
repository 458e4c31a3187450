// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/datasets/masks.h"
#include "core/report/report_page.h"

#include <filesystem>
#include <string>
#include <vector>

/// Inside of report: masks as outlines over pictures.
namespace guidino::report {

/// Masks of one folder, read by its own convention, as outlines of one colour.
class OutlineSource
{
public:
    OutlineSource(std::vector<std::filesystem::path> masks, std::string colour);

    /// Draws the classes of a mask into the cell, whose size is set to the outlines' one. A mask
    /// that is not there or cannot be read draws nothing.
    void addTo(PictureCell& cell, const std::filesystem::path& mask) const;

private:
    datasets::MaskReader m_reader;
    std::string m_colour;
};

/// The masks of a predict folder.
[[nodiscard]] std::vector<std::filesystem::path>
masksIn(const std::filesystem::path& predictFolder);

} // namespace guidino::report
