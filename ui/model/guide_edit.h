// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/geometry.h"
#include "core/base/label_map.h"
#include "core/base/raster.h"

#include <optional>
#include <vector>

namespace guidino::ui {

/// Guides that answer a question about the model.
enum class GuidePreset {
    Flat,     ///< this image's mean guide everywhere: its scale is kept, its shape is gone
    Label,    ///< the share of each token that is labelled
    Inverted, ///< 1 − guide
};

/// What a correction says about a place; the codes of the project store.
enum class GuideCode : std::uint8_t { Ignore = 0, Attend = 1, Unspecified = 255 };

/// The guide of an image while the user changes it: the model's own, what was made of it, and what
/// that says as a correction. Works on the token grid, since that is what gates; a brush covers
/// tokens by shares. A value; GUI thread or any other.
class GuideEdit
{
public:
    GuideEdit() = default;

    /// `own` [h, w, 1] in [0, 1] covers the image of `image` pixels.
    GuideEdit(RasterF own, Size image);

    [[nodiscard]] const RasterF& own() const { return m_own; }

    /// What shall gate.
    [[nodiscard]] const RasterF& values() const { return m_values; }

    [[nodiscard]] bool isEmpty() const { return m_own.isEmpty(); }

    [[nodiscard]] bool isChanged() const { return !(m_values == m_own); }

    [[nodiscard]] Size imageSize() const { return m_image; }

    // ---- strokes ----------------------------------------------------------------------------

    /// A stroke raises (towards 1) or lowers (towards 0) by `strength` in (0, 1]. A token moves by
    /// strength × the share of it that the brush covers, once a stroke, however long the pointer
    /// rests there.
    void beginStroke(bool raises, double strength, double radiusPx);
    /// Moves the brush; image coordinates. The first point is a dab.
    void moveTo(PointF point);
    /// False where the stroke changed nothing.
    bool endStroke();
    void cancelStroke();

    [[nodiscard]] bool isStroking() const { return m_stroke.has_value(); }

    // ---- in one go --------------------------------------------------------------------------

    /// `labels` is needed for GuidePreset::Label only, of the image's size: any class counts,
    /// ignored pixels count for nothing.
    void apply(GuidePreset preset, const LabelMap& labels = {});

    /// Back to the model's own guide. Can be undone like the rest.
    void clear();

    [[nodiscard]] bool canUndo() const { return !m_undo.empty(); }

    void undo();

    /// What the strokes (and the preset Label) say as a correction, on a grid of the image's shape
    /// with at most 512 pixels a side; empty where they say nothing. Flat and inverted guides are
    /// questions, not corrections: they say nothing.
    [[nodiscard]] std::optional<LabelMap> correction() const;

private:
    struct State
    {
        RasterF values;
        Raster8 codes;
    };

    struct Stroke
    {
        bool raises = true;
        double strength = 1;
        double radiusPx = 1;
        std::optional<PointF> last;
        std::vector<float> coverage; // of the tokens, largest so far
        State before;
    };

    void remember(State before);
    void coverTokens(PointF a, PointF b);
    void coverCodes(PointF a, PointF b);

    Size m_image;
    RasterF m_own;
    RasterF m_values;
    Raster8 m_codes; // GuideCode
    std::optional<Stroke> m_stroke;
    std::vector<State> m_undo; // the latest last
};

} // namespace guidino::ui
