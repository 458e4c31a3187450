// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/cancel_token.h"
#include "core/base/raster.h"
#include "core/base/result.h"
#include "core/datasets/dataset.h"

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace guidino::datasets {

/// How the mask files of a data set write classes down.
enum class MaskConvention {
    Grey,    ///< foreground is brighter than the threshold: 0/255, JPEG halos, any grey picture
    Indexed, ///< grey values are class indices: 0/1, or 0..K
    Palette, ///< palette indices are class indices
    Colors,  ///< RGB, a colour a class
};

[[nodiscard]] const char* nameOf(MaskConvention convention);

/// How masks are read where their files leave a choice.
struct MaskOptions
{
    int threshold = 127; ///< grey masks: foreground is > this
    int classCount = 0;  ///< with background; 0: as the data set's files or its masks say
    int threads = 2;
};

/// What was found out about a data set's masks.
struct MaskScheme
{
    MaskConvention convention = MaskConvention::Grey;
    int threshold = 127;
    bool hasHalos = false;           ///< Grey: values between 0 and 255 occur
    bool usesIgnore = false;         ///< Indexed, Palette: 255 occurs and means ignore
    std::vector<ClassInfo> classes;  ///< with background at 0
    std::map<int, int> classOfValue; ///< Indexed, Palette: class of a stored value
    std::map<std::array<std::uint8_t, 3>, int> classOfColor; ///< Colors

    /// "0/255", "0/255 with halos (> 127)", "0/1", "indices 0..3", "palette indices 0..2",
    /// "3 colours".
    [[nodiscard]] std::string describe() const;
};

/// Reads masks as class indices by one convention for all masks of a data set. A value; reading is
/// safe from any thread.
class MaskReader
{
public:
    /// One foreground class, grey, by threshold.
    explicit MaskReader(int threshold = 127);

    explicit MaskReader(MaskScheme scheme);

    /// Looks at masks and finds the convention that most of them follow. A value or colour of a
    /// single mask, in four masks or more, is taken for a mistake and not for a class, unless
    /// dataset.classes or the options say otherwise. Masks that cannot be read are left to read().
    /// BadInput: no readable mask, or one colour after another as in a photograph. Cancelled.
    [[nodiscard]] static Result<MaskReader>
    sniff(const Dataset& dataset, const MaskOptions& options = {}, const CancelToken& cancel = {});

    /// The same for masks without a data set.
    [[nodiscard]] static Result<MaskReader> sniff(
        std::span<const std::filesystem::path> masks,
        const std::vector<ClassInfo>& classes,
        const MaskOptions& options = {},
        const CancelToken& cancel = {});

    /// Class indices at native size, 255 = ignore. NotFound, BadInput: unreadable; a value outside
    /// the classes (context "kind" is unknown_value); a 0/1 mask among 0/255 masks or the other way
    /// round ("kind" is mixed_convention). The message names the file.
    [[nodiscard]] Result<Raster8> read(const std::filesystem::path& mask) const;

    /// As above; BadInput ("kind" is size_mismatch) where its size is not that of the image, naming
    /// both. The sample has a mask.
    [[nodiscard]] Result<Raster8> read(const Sample& sample) const;

    [[nodiscard]] const MaskScheme& scheme() const { return m_scheme; }

    /// With background.
    [[nodiscard]] int classCount() const { return static_cast<int>(m_scheme.classes.size()); }

private:
    MaskScheme m_scheme;
};

} // namespace guidino::datasets
