// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/raster.h"

#include <opencv2/core.hpp> // layout-ok: included by sources of this folder only

namespace guidino::imaging {

/// The OpenCV type of a raster's pixels.
template<typename T>
[[nodiscard]] int openCvType(int channels)
{
    return CV_MAKETYPE(cv::DataType<T>::depth, channels);
}

/// The raster's memory as a matrix, without a copy; OpenCV only reads from it.
template<typename T>
[[nodiscard]] cv::Mat viewOf(const Raster<T>& raster)
{
    return {
        raster.height(),
        raster.width(),
        openCvType<T>(raster.channels()),
        const_cast<T*>(raster.data())};
}

template<typename T>
[[nodiscard]] cv::Mat viewOf(Raster<T>& raster)
{
    return {raster.height(), raster.width(), openCvType<T>(raster.channels()), raster.data()};
}

} // namespace guidino::imaging
