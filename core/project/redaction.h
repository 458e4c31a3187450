// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/geometry.h"
#include "core/base/ids.h"
#include "core/base/raster.h"
#include "core/base/result.h"

#include <QByteArray>
#include <QString>

#include <filesystem>
#include <vector>

/// Burned-in identifiers: regions of a project or of one image that are black in everything that
/// leaves the project (exports, reports, packages) and in the pixels of a training.
namespace guidino::project {

class ProjectStore;

/// A rectangle as shares of an image's width and height, so that one region serves all frames of a
/// device whatever their size.
struct RedactionRegion
{
    double x = 0; ///< [0, 1]
    double y = 0;
    double width = 0;
    double height = 0;

    friend bool operator==(const RedactionRegion&, const RedactionRegion&) = default;
};

using RedactionRegions = std::vector<RedactionRegion>;

/// Of all images; empty where there is none.
[[nodiscard]] Result<RedactionRegions> projectRedactions(const ProjectStore& store);
[[nodiscard]] Status setProjectRedactions(ProjectStore& store, const RedactionRegions& regions);

/// Of one image, besides those of the project.
[[nodiscard]] Result<RedactionRegions> imageRedactions(const ProjectStore& store, ImageId image);
[[nodiscard]] Status
setImageRedactions(ProjectStore& store, ImageId image, const RedactionRegions& regions);

/// Those of the project and of the image together.
[[nodiscard]] Result<RedactionRegions> redactionsOf(const ProjectStore& store, ImageId image);

/// Whole pixels, rounded outwards, clipped to the image; empty ones are left out.
[[nodiscard]] std::vector<Rect> redactedRects(const RedactionRegions& regions, Size size);

/// Any number of channels. Any thread.
void blacken(Raster8& image, const std::vector<Rect>& rects);
void blacken(Raster16& image, const std::vector<Rect>& rects);

/// The image as a PNG of its own: regions black, orientation applied, without EXIF, text, dates or
/// anything else of the file but its pixels and their spacing. 16 bit grey stays 16 bit. Any
/// thread. Errors of readImage(); Internal.
[[nodiscard]] Result<std::string>
cleanedPng(const std::filesystem::path& image, const RedactionRegions& regions);

/// "case-0012": what an image is called in everything that leaves the project.
[[nodiscard]] QString pseudonymOf(ImageId image);

} // namespace guidino::project
