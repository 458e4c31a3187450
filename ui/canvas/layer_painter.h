// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/geometry.h"
#include "core/base/label_map.h"
#include "ui/model/display_adjustment.h"
#include "ui/model/image_pyramid.h"
#include "ui/model/prediction.h"

#include <QImage>
#include <QRect>

#include <array>
#include <functional>

/// The layers of a pane as pixels. The cost depends on the pixels drawn, never on the size of the
/// image. GUI thread or any other.
namespace guidino::ui {

/// Where the device pixels of a pane lie in the image: the left upper corner of device pixel (0, 0)
/// is `origin`, one image pixel is `scale` device pixels.
struct DeviceView
{
    PointF origin;
    double scale = 1;

    [[nodiscard]] double imageX(double device) const { return origin.x + device / scale; }

    [[nodiscard]] double imageY(double device) const { return origin.y + device / scale; }
};

/// How a label map is drawn.
struct MaskStyle
{
    std::array<QRgb, 256> colors{}; ///< by class; opaque
    double fillOpacity = 0.35;      ///< 0: outline only
    double outlineWidth = 2;        ///< device pixels, inside the object; 0: none
    bool hasHalo = true;            ///< a dark rim outside, so that outlines show on any picture
};

/// Draws the image into `rect` of `target` (Format_RGB32, the pane's device pixels); `background`
/// where the image is not.
void paintImage(
    QImage& target,
    const QRect& rect,
    const ImagePyramid& image,
    const DeviceView& view,
    QRgb background);

/// Draws the guide over what `target` holds, which is turned to grey first, so that colours mean
/// the guide only.
void paintGuide(
    QImage& target,
    const QRect& rect,
    const GuideMap& guide,
    Size imageSize,
    const DeviceView& view,
    double opacity);

/// Multiplies what `target` holds by the guide, as a gate on the image does: by guide values
/// themselves, bilinear, not by colours.
void paintGated(
    QImage& target,
    const QRect& rect,
    const GuideMap& guide,
    Size imageSize,
    const DeviceView& view);

/// Replaces `rect` of `target` (Format_ARGB32_Premultiplied) by the label map on nothing.
void paintMask(
    QImage& target,
    const QRect& rect,
    const LabelMap& labels,
    const DeviceView& view,
    const MaskStyle& style);

/// Draws a label map over what `target` (Format_ARGB32_Premultiplied) holds.
void paintMaskOver(
    QImage& target,
    const QRect& rect,
    const LabelMap& labels,
    const DeviceView& view,
    const MaskStyle& style);

/// Draws a field of values in [0, 1] over what `target` (Format_ARGB32_Premultiplied) holds, one
/// value per device pixel; `valueAt` gets positions inside the image.
void paintField(
    QImage& target,
    const QRect& rect,
    Size imageSize,
    const DeviceView& view,
    const std::array<QRgb, 256>& colors,
    double opacity,
    const std::function<double(double, double)>& valueAt);

/// Draws where two label maps of one size differ: pixels that only `label` has in `labelColor`,
/// that only `other` has in `otherColor`, of two classes in the mean of both; nothing where either
/// is to be ignored.
void paintDifference(
    QImage& target,
    const QRect& rect,
    const LabelMap& label,
    const LabelMap& other,
    const DeviceView& view,
    QRgb labelColor,
    QRgb otherColor);

/// Shows pixels of `rect` of `target` (Format_RGB32) as an adjustment says; only where the image
/// is.
void adjustDisplay(
    QImage& target,
    const QRect& rect,
    Size imageSize,
    const DeviceView& view,
    const DisplayAdjustment& display);

} // namespace guidino::ui
