// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/label_map.h"
#include "ui/model/prediction.h"

#include <QPolygonF>

#include <optional>
#include <vector>

/// Figures about a guide, a prediction and a label of one image. "Foreground" is any class but the
/// background; ignored pixels of the label count for nothing. Any thread.
namespace guidino::ui {

/// How guide, prediction and label go together; what is not defined is nullopt.
struct GuideAgreement
{
    std::optional<double> guideIou; ///< guide ≥ threshold against the prediction's foreground
    std::optional<double> predictionDsc; ///< prediction against label; only where a label is
    std::optional<double> guideAuroc;    ///< how well the guide alone finds the label
};

/// Exact up to 1024 pixels a side; larger images are sampled on a grid of that size.
[[nodiscard]] GuideAgreement
agreementOf(const Prediction& prediction, const LabelMap& labels, double threshold);

/// What a changed guide did to the prediction.
struct TrialEffect
{
    std::int64_t pixelsBefore = 0;
    std::int64_t pixelsAfter = 0;
    std::optional<double> areaChange; ///< (after − before) / before; nullopt: nothing was there
    std::optional<double> dscBefore;  ///< against the label; nullopt: there is none
    std::optional<double> dscAfter;
    /// 95th percentile of the distances between both outlines, image pixels; nullopt where one is
    /// empty.
    std::optional<double> shiftPx;
    bool isSame = false; ///< pixel by pixel
};

[[nodiscard]] TrialEffect
effectOf(const LabelMap& before, const LabelMap& after, const LabelMap& labels);

/// The outlines of the foreground, in image coordinates, for drawing; closed.
[[nodiscard]] std::vector<QPolygonF> outlinesOf(const LabelMap& labels);

} // namespace guidino::ui
