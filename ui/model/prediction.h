// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/label_map.h"
#include "core/base/raster.h"

#include <QString>

#include <memory>
#include <vector>

namespace guidino::ui {

/// A guide at token resolution, made ready for drawing and reading. Immutable; any thread.
class GuideMap
{
public:
    /// `values` [h, w, 1] in [0, 1] covers the whole image.
    explicit GuideMap(RasterF values);

    [[nodiscard]] const RasterF& values() const { return m_values; }

    /// The values on a grid several times finer, by cubic interpolation, for drawing.
    [[nodiscard]] const RasterF& smooth() const { return m_smooth; }

    /// Value at a position given as shares of width and height, [0, 1]; bilinear.
    [[nodiscard]] double valueAt(double u, double v) const;

    /// How many of the guide's tokens are below `value`, in percent.
    [[nodiscard]] int percentileOf(double value) const;

    /// Range that the colours span: the 1st and 99th percentile, at least 0.02 apart.
    [[nodiscard]] float low() const { return m_low; }

    [[nodiscard]] float high() const { return m_high; }

private:
    RasterF m_values;
    RasterF m_smooth;
    std::vector<float> m_sorted;
    float m_low = 0;
    float m_high = 1;
};

/// What a model said about one image. Immutable once shared.
struct Prediction
{
    LabelMap labels;
    std::shared_ptr<const Raster16> probability; ///< [H, W, 1] 0..65535 of the foreground; or null
    std::shared_ptr<const GuideMap> guide;       ///< null for a network without guide
    std::shared_ptr<const RasterF>
        guides;         ///< [h, w, G] as the worker gave them; null without guide
    QString model;      ///< name of the bundle
    QString bundle;     ///< folder, zip or registered name
    QString sha256;     ///< of the bundle's weights; its name where the model did not say
    double seconds = 0; ///< of computing
    /// How far the image's features lie from the training images', and how far those of validation
    /// images lay at most; < 0: the model has no statistics.
    double featureDistance = -1;
    double featureLimit = -1;

    /// The image looks unlike those that the model was trained on.
    [[nodiscard]] bool isOutside() const
    {
        return featureLimit >= 0 && featureDistance > featureLimit;
    }
};

} // namespace guidino::ui
