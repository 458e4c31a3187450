// SPDX-License-Identifier: Apache-2.0
#include "core/base/resize_plan.h"

#include "core/base/assert.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace guidino {

namespace {

int roundedSide(double side, int limit)
{
    return std::clamp(static_cast<int>(std::lround(side)), 1, limit);
}

} // namespace

const char* nameOf(ResizeMode mode)
{
    switch (mode) {
    case ResizeMode::Squash:
        return "squash";
    case ResizeMode::Letterbox:
        return "letterbox";
    case ResizeMode::Crop:
        return "crop";
    }
    return "squash";
}

Result<ResizeMode> resizeModeNamed(std::string_view name)
{
    for (const ResizeMode mode : {ResizeMode::Squash, ResizeMode::Letterbox, ResizeMode::Crop}) {
        if (name == nameOf(mode)) {
            return mode;
        }
    }
    return Error{
        ErrorCode::Usage,
        "unknown resize mode '" + std::string(name) + "'; known are squash, letterbox, crop",
        {}};
}

ResizePlan
makeResizePlan(Size source, Size target, ResizeMode mode, const std::optional<Rect>& content)
{
    GD_ASSERT(!source.isEmpty() && !target.isEmpty());
    const Rect whole{0, 0, source.width, source.height};
    Rect inner = content ? content->intersected(whole) : whole;
    if (inner.isEmpty()) {
        inner = whole;
    }
    ResizePlan plan{source, target, inner, {0, 0, target.width, target.height}};
    const double scaleX = static_cast<double>(target.width) / inner.width;
    const double scaleY = static_cast<double>(target.height) / inner.height;
    if (mode == ResizeMode::Letterbox) {
        const double scale = std::min(scaleX, scaleY);
        const int width = roundedSide(inner.width * scale, target.width);
        const int height = roundedSide(inner.height * scale, target.height);
        plan.targetRect = {(target.width - width) / 2, (target.height - height) / 2, width, height};
    } else if (mode == ResizeMode::Crop) {
        const double scale = std::max(scaleX, scaleY);
        const int width = roundedSide(target.width / scale, inner.width);
        const int height = roundedSide(target.height / scale, inner.height);
        plan.sourceRect = {
            inner.x + (inner.width - width) / 2,
            inner.y + (inner.height - height) / 2,
            width,
            height};
    }
    return plan;
}

} // namespace guidino
