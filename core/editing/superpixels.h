// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/editing/region.h"
#include "core/editing/select.h"

#include <vector>

namespace guidino::editing {

/// Small patches of even colour that tile a window, by SLIC (Achanta et al. 2012): k-means on
/// colour and place, each pixel looking only at the nine nearest seeds, then each patch made one
/// connected piece. Immutable; any thread.
class Superpixels
{
public:
    /// `sidePx` >= 2: the side of a patch in a flat place, in the window's pixels.
    Superpixels(const ColourWindow& window, int sidePx);

    /// In image pixels.
    [[nodiscard]] Rect bounds() const { return m_place.extent; }

    [[nodiscard]] int count() const { return static_cast<int>(m_places.size()); }

    /// Number of the patch at a pixel inside bounds(), in image coordinates.
    [[nodiscard]] int at(Point point) const;

    /// The pixels of a patch.
    [[nodiscard]] Region region(int patch) const;

    /// The patches of which at least half lies in the region.
    [[nodiscard]] Region covered(const Region& region) const;

private:
    [[nodiscard]] int ofPixel(Point pixel) const
    {
        return m_patches
            [static_cast<std::size_t>(pixel.y) * static_cast<std::size_t>(m_size.width)
             + static_cast<std::size_t>(pixel.x)];
    }

    ColourWindow m_place;       // without its colours
    Size m_size;                // of the window in its pixels
    std::vector<int> m_patches; // of each pixel of the window, row-major
    std::vector<Rect> m_places; // bounds of each patch, in the window
    std::vector<int> m_areas;   // of each patch, in the window's pixels
};

} // namespace guidino::editing
