// SPDX-License-Identifier: Apache-2.0
#include "app/workbench/small_picture.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

namespace guidino {

namespace {

constexpr int kBits = 5; // of each channel, for counting
constexpr int kCells = 1 << (3 * kBits);

int cellOf(QRgb colour)
{
    return (qRed(colour) >> 3) << 10 | (qGreen(colour) >> 3) << 5 | qBlue(colour) >> 3;
}

/// One of the three channels of a cell, 0..31.
int channel(int cell, int index)
{
    return cell >> (kBits * (2 - index)) & 31;
}

struct Box
{
    std::vector<int> cells;
    std::int64_t count = 0;
    int widest = 0; ///< channel
    int width = 0;  ///< of that channel, in cells
};

Box boxOf(std::vector<int> cells, const std::vector<std::int64_t>& counts)
{
    Box box{std::move(cells), 0, 0, 0};
    for (int index = 0; index < 3; ++index) {
        const auto [low, high] = std::minmax_element(
            box.cells.begin(), box.cells.end(), [index](int a, int b) {
                return channel(a, index) < channel(b, index);
            });
        if (const int width = channel(*high, index) - channel(*low, index); width > box.width) {
            box.width = width;
            box.widest = index;
        }
    }
    for (const int cell : box.cells) {
        box.count += counts[static_cast<std::size_t>(cell)];
    }
    return box;
}

} // namespace

QImage smallPicture(const QImage& picture, int width, int colours)
{
    const QImage scaled = (picture.width() > width
                               ? picture.scaledToWidth(width, Qt::SmoothTransformation)
                               : picture)
                              .convertToFormat(QImage::Format_RGB32);
    std::vector<std::int64_t> counts(kCells, 0);
    std::vector<std::array<std::int64_t, 3>> sums(kCells);
    for (int y = 0; y < scaled.height(); ++y) {
        const auto* row = reinterpret_cast<const QRgb*>(scaled.constScanLine(y));
        for (int x = 0; x < scaled.width(); ++x) {
            const auto cell = static_cast<std::size_t>(cellOf(row[x]));
            ++counts[cell];
            sums[cell][0] += qRed(row[x]);
            sums[cell][1] += qGreen(row[x]);
            sums[cell][2] += qBlue(row[x]);
        }
    }
    std::vector<int> used;
    for (int cell = 0; cell < kCells; ++cell) {
        if (counts[static_cast<std::size_t>(cell)] > 0) {
            used.push_back(cell);
        }
    }
    std::vector<Box> boxes{boxOf(std::move(used), counts)};
    while (static_cast<int>(boxes.size()) < colours) {
        // The one with most to lose; rare but far colours count, too.
        const auto worst = std::max_element(boxes.begin(), boxes.end(), [](const Box& a, const Box& b) {
            const auto loss = [](const Box& box) {
                return static_cast<double>(box.width) * box.width * std::sqrt(double(box.count));
            };
            return loss(a) < loss(b);
        });
        if (worst->width == 0) {
            break;
        }
        std::vector<int> cells = std::move(worst->cells);
        std::sort(cells.begin(), cells.end(), [index = worst->widest](int a, int b) {
            return channel(a, index) < channel(b, index);
        });
        std::int64_t half = 0;
        std::size_t cut = 0;
        while (cut + 1 < cells.size() && 2 * half < worst->count) {
            half += counts[static_cast<std::size_t>(cells[cut++])];
        }
        cut = std::clamp<std::size_t>(cut, 1, cells.size() - 1);
        const auto middle = cells.begin() + static_cast<std::ptrdiff_t>(cut);
        *worst = boxOf({cells.begin(), middle}, counts);
        boxes.push_back(boxOf({middle, cells.end()}, counts));
    }
    QList<QRgb> palette;
    std::vector<std::uint8_t> indexOf(kCells, 0);
    for (const Box& box : boxes) {
        std::array<std::int64_t, 3> sum{};
        for (const int cell : box.cells) {
            indexOf[static_cast<std::size_t>(cell)] = static_cast<std::uint8_t>(palette.size());
            for (std::size_t index = 0; index < 3; ++index) {
                sum[index] += sums[static_cast<std::size_t>(cell)][index];
            }
        }
        const std::int64_t count = std::max<std::int64_t>(box.count, 1);
        palette.append(qRgb(
            static_cast<int>(sum[0] / count),
            static_cast<int>(sum[1] / count),
            static_cast<int>(sum[2] / count)));
    }
    QImage small(scaled.size(), QImage::Format_Indexed8);
    small.setColorTable(palette);
    for (int y = 0; y < scaled.height(); ++y) {
        const auto* row = reinterpret_cast<const QRgb*>(scaled.constScanLine(y));
        std::uint8_t* target = small.scanLine(y);
        for (int x = 0; x < scaled.width(); ++x) {
            target[x] = indexOf[static_cast<std::size_t>(cellOf(row[x]))];
        }
    }
    return small;
}

} // namespace guidino
