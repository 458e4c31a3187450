// SPDX-License-Identifier: Apache-2.0
#include "ui/model/thumbnail.h"

#include "ui/model/label_files.h"

#include <array>

namespace guidino::ui {

namespace {

QImage scaled(const Raster8& image, int side)
{
    return QImage(
               image.data(),
               image.width(),
               image.height(),
               image.width() * 3,
               QImage::Format_RGB888)
        .scaled(side, side, Qt::KeepAspectRatio, Qt::SmoothTransformation)
        .convertToFormat(QImage::Format_RGB32);
}

QRgb mixed(QRgb ground, QRgb over, int percent)
{
    const auto mix = [percent](int a, int b) { return (a * (100 - percent) + b * percent) / 100; };
    return qRgb(
        mix(qRed(ground), qRed(over)),
        mix(qGreen(ground), qGreen(over)),
        mix(qBlue(ground), qBlue(over)));
}

} // namespace

QImage thumbnailOf(const std::filesystem::path& file, int side)
{
    auto image = readImagePreview(file); // of a large JPEG in a fraction of the time
    if (!image || *image == nullptr) {
        image = readImagePyramid(file);
    }
    if (!image) {
        return {};
    }
    return scaled((*image)->level((*image)->levelCount() - 1), side);
}

QImage
pictureOf(const Raster8& image, const LabelMap& labels, const LabelClasses& classes, int side)
{
    QImage picture = scaled(image, side);
    if (labels.size() != image.size()) {
        return picture;
    }
    std::array<QRgb, 256> colors{};
    colors.fill(qRgb(160, 160, 160));
    for (const LabelClass& one : classes) {
        colors[one.index] = one.color.rgb();
    }
    const auto valueAt = [&](int x, int y) -> int {
        if (x < 0 || y < 0 || x >= picture.width() || y >= picture.height()) {
            return 0;
        }
        return labels.at(
            static_cast<int>((x + 0.5) * labels.size().width / picture.width()),
            static_cast<int>((y + 0.5) * labels.size().height / picture.height()));
    };
    constexpr int kGround = 30;
    for (int y = 0; y < picture.height(); ++y) {
        auto* line = reinterpret_cast<QRgb*>(picture.scanLine(y));
        for (int x = 0; x < picture.width(); ++x) {
            const int value = valueAt(x, y);
            if (value == 0) {
                continue;
            }
            const bool isEdge = valueAt(x - 1, y) != value || valueAt(x + 1, y) != value
                                || valueAt(x, y - 1) != value || valueAt(x, y + 1) != value;
            line[x] = isEdge ? colors[static_cast<std::size_t>(value)]
                             : mixed(line[x], colors[static_cast<std::size_t>(value)], kGround);
        }
    }
    return picture;
}

} // namespace guidino::ui
