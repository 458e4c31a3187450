// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/editing/contour.h"
#include "core/editing/region.h"
#include "core/imaging/contours.h"
#include "core/imaging/resize.h"
#include "core/imaging/segment.h"
#include "ui/model/annotation_document.h"
#include "ui/model/tool_state.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

/// A scripted annotator for tests and benchmarks: sees the reference, looks for the largest wrong
/// piece, and corrects it with one tool and its defaults, as a hand would. An action is one press to
/// release.
namespace guidino::test {

inline Raster8 binary(Raster8 mask)
{
    for (std::uint8_t& pixel : mask.pixels()) {
        pixel = pixel > 127 ? 1 : 0;
    }
    return mask;
}

inline double dice(const Raster8& reference, const LabelMap& labels)
{
    const Raster8 found = labels.toRaster();
    double both = 0;
    double sum = 0;
    for (std::size_t i = 0; i < found.pixels().size(); ++i) {
        const int a = found.pixels()[i] != 0 ? 1 : 0;
        const int b = reference.pixels()[i];
        both += a * b;
        sum += a + b;
    }
    return sum > 0 ? 2 * both / sum : 1;
}

/// The largest piece that is missing or too much, with where it is deepest.
struct Piece
{
    Raster8 mask; // of the image's size
    Rect bounds;
    std::int64_t area = 0;
    bool isMissing = true;
    RasterF depths; // inside bounds
    Point deepest;
    double depth = 0;

    [[nodiscard]] double depthAt(Point p) const
    {
        return bounds.contains(p) ? depths.at(p.x - bounds.x, p.y - bounds.y) : 0.0F;
    }
};

/// `skip`: pieces that hold one of these points were tried in vain.
inline Piece
largestPiece(const Raster8& reference, const LabelMap& labels, const std::vector<Point>& skip)
{
    const Raster8 found = labels.toRaster();
    Piece best;
    for (const bool isMissing : {true, false}) {
        Raster8 wrong(found.width(), found.height());
        for (std::size_t i = 0; i < wrong.pixels().size(); ++i) {
            const bool isFound = found.pixels()[i] != 0;
            const bool isWanted = reference.pixels()[i] != 0;
            wrong.pixels()[i] = isFound != isWanted && isWanted == isMissing ? 1 : 0;
        }
        const imaging::Components parts =
            imaging::connectedComponents(wrong, imaging::Connectivity::Four);
        std::vector<bool> isTried(parts.parts.size() + 1);
        for (const Point& p : skip) {
            isTried[static_cast<std::size_t>(
                parts.labels[static_cast<std::size_t>(p.y * wrong.width() + p.x)])] = true;
        }
        int largest = 0;
        for (std::size_t i = 0; i < parts.parts.size(); ++i) {
            if (parts.parts[i].area > best.area && !isTried[i + 1]) {
                best.area = parts.parts[i].area;
                best.bounds = parts.parts[i].bounds;
                best.isMissing = isMissing;
                largest = static_cast<int>(i) + 1;
            }
        }
        if (largest > 0) {
            best.mask = Raster8(wrong.width(), wrong.height());
            for (std::size_t k = 0; k < best.mask.pixels().size(); ++k) {
                best.mask.pixels()[k] = parts.labels[k] == largest ? 1 : 0;
            }
        }
    }
    if (best.area > 0) {
        best.depths = imaging::distanceToOutside(imaging::crop(best.mask, best.bounds));
        for (int y = best.bounds.y; y < best.bounds.bottom(); ++y) {
            for (int x = best.bounds.x; x < best.bounds.right(); ++x) {
                if (best.depthAt({x, y}) > best.depth) {
                    best.depth = best.depthAt({x, y});
                    best.deepest = {x, y};
                }
            }
        }
    }
    return best;
}

/// A way along the middle of a piece: from the deepest place to the ends where it is a third as
/// deep, as a hand would draw it; sorted by a walk over the deep places.
inline std::vector<PointF> spineOf(const Piece& piece)
{
    const Rect rect = piece.bounds;
    const auto farthestFrom = [&](Point from) {
        Point best = from;
        double farthest = 0;
        for (int y = rect.y; y < rect.bottom(); ++y) {
            for (int x = rect.x; x < rect.right(); ++x) {
                const double distance = std::hypot(x - from.x, y - from.y);
                if (piece.depthAt({x, y}) >= piece.depth / 3 && distance > farthest) {
                    farthest = distance;
                    best = {x, y};
                }
            }
        }
        return best;
    };
    const Point a = farthestFrom(piece.deepest);
    const Point b = farthestFrom(a);
    // From a by the deepest place to b, each bent towards the middle of the piece.
    std::vector<PointF> way;
    for (const auto& [from, to] : {std::pair(a, piece.deepest), std::pair(piece.deepest, b)}) {
        const int steps =
            std::max(1, static_cast<int>(std::hypot(to.x - from.x, to.y - from.y) / 4));
        for (int i = 0; i <= steps; ++i) {
            Point p{from.x + (to.x - from.x) * i / steps, from.y + (to.y - from.y) * i / steps};
            for (int climb = 0; climb < 200; ++climb) { // uphill in depth
                Point next = p;
                for (int dy = -2; dy <= 2; ++dy) {
                    for (int dx = -2; dx <= 2; ++dx) {
                        const Point q{p.x + dx, p.y + dy};
                        if (rect.contains(q) && piece.depthAt(q) > piece.depthAt(next)) {
                            next = q;
                        }
                    }
                }
                if (next == p || piece.depthAt(p) >= piece.depth / 3) {
                    break;
                }
                p = next;
            }
            if (piece.depthAt(p) > 0) {
                way.push_back({p.x + 0.5, p.y + 0.5});
            }
        }
    }
    if (way.empty()) {
        way.push_back({piece.deepest.x + 0.5, piece.deepest.y + 0.5});
    }
    return way;
}

/// Where the annotator's gestures go: a tool of the canvas, or a window.
class Hands
{
public:
    virtual ~Hands() = default;

    [[nodiscard]] virtual ui::AnnotationDocument& document() = 0;
    [[nodiscard]] virtual ui::ToolState& state() = 0;
    /// Presses at the first place, moves along, and releases; image coordinates.
    virtual void gesture(const std::vector<PointF>& way, bool erases) = 0;
    /// Return.
    virtual void confirm() = 0;
};

/// Corrects one piece; returns how many actions it took.
inline int correct(Hands& hands, ui::ToolState::Tool tool, const Piece& piece, int round)
{
    using Tool = ui::ToolState::Tool;
    const bool erases = !piece.isMissing;
    const PointF middle{piece.deepest.x + 0.5, piece.deepest.y + 0.5};
    const Size size = hands.document().size();
    switch (tool) {
    case Tool::SmartBrush:
    case Tool::Superpixels:
        // It stops at edges, so the hand takes it larger.
        hands.state().setRadiusPx(std::max(1.5 * piece.depth, 2.0));
        hands.gesture(spineOf(piece), erases);
        return 1;
    case Tool::Wand:
        hands.gesture({middle}, erases);
        return 1;
    case Tool::Prompt:
        hands.gesture({middle}, erases);
        hands.confirm();
        return 1;
    case Tool::GrabCut: {
        // First around the object, then around what is wrong.
        Rect box = piece.bounds;
        const LabelMap& labels = hands.document().labels();
        if (round == 0) {
            const Rect object = editing::regionOfClass(labels, 1).bounds();
            box = box.united(object);
        }
        const double margin = std::max(16.0, 0.15 * std::max(box.width, box.height));
        hands.gesture(
            {{std::max(box.x - margin, 0.0), std::max(box.y - margin, 0.0)},
             {std::min(box.right() + margin, double(size.width)),
              std::min(box.bottom() + margin, double(size.height))}},
            false);
        return 1;
    }
    case Tool::Livewire: {
        // Round the piece, at the corners of its outline; each click is an action.
        const double tolerance = 0.01 * std::max(size.width, size.height);
        const LabelMap map = LabelMap::fromRaster(piece.mask);
        auto outlines = editing::contoursAt(map, piece.deepest, tolerance);
        const editing::Polygon& corners = outlines.front();
        for (const PointF& corner : corners) {
            hands.gesture({corner}, erases);
        }
        hands.confirm();
        return static_cast<int>(corners.size()) + 1;
    }
    default:
        hands.state().setRadiusPx(std::max(0.75 * piece.depth, 1.0));
        hands.gesture(spineOf(piece), erases);
        return 1;
    }
}

} // namespace guidino::test
