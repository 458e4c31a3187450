// SPDX-License-Identifier: Apache-2.0
#include "core/engine/prompt_guide.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace guidino::engine {

namespace {

constexpr double kTemperature = 0.1; // of the TokenBook's softmax weighting (config.h)

using Vector = std::vector<double>;

Error bad(const std::string& what)
{
    return Error{ErrorCode::BadInput, "prompts: " + what, {{"field", "prompts"}}};
}

double cosine(const Vector& a, const Vector& b)
{
    double dot = 0;
    double aa = 0;
    double bb = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        dot += a[i] * b[i];
        aa += a[i] * a[i];
        bb += b[i] * b[i];
    }
    return dot / std::max(1e-12, std::sqrt(aa * bb));
}

/// The tokens of a prediction and where they lie in the image.
class Grid
{
public:
    Grid(const Prediction& own, Size image)
        : m_own(own)
        , m_image(image)
        , m_width(own.tokens.width())
    {}

    [[nodiscard]] std::size_t size() const { return m_own.tokenAreas.size(); }

    [[nodiscard]] const Rect& area(std::size_t i) const { return m_own.tokenAreas[i]; }

    [[nodiscard]] Vector token(std::size_t i) const
    {
        const auto depth = static_cast<std::size_t>(m_own.tokens.channels());
        const float* values = m_own.tokens.data() + i * depth;
        return {values, values + depth};
    }

    /// The token whose area holds the place; nothing where the model does not look.
    [[nodiscard]] std::optional<std::size_t> under(double x, double y) const
    {
        for (std::size_t i = 0; i < size(); ++i) {
            const Rect& r = area(i);
            if (x >= r.x && x < r.x + r.width && y >= r.y && y < r.y + r.height) {
                return i;
            }
        }
        return std::nullopt;
    }

    [[nodiscard]] Vector mean(const std::vector<std::size_t>& tokens) const
    {
        Vector sum(static_cast<std::size_t>(m_own.tokens.channels()), 0.0);
        for (const std::size_t i : tokens) {
            const Vector one = token(i);
            for (std::size_t k = 0; k < sum.size(); ++k) {
                sum[k] += one[k] / static_cast<double>(tokens.size());
            }
        }
        return sum;
    }

    /// Tokens that lie in the image.
    [[nodiscard]] std::vector<std::size_t> seen() const
    {
        std::vector<std::size_t> tokens;
        for (std::size_t i = 0; i < size(); ++i) {
            if (!area(i).isEmpty()) {
                tokens.push_back(i);
            }
        }
        return tokens;
    }

    /// The model's own guide at a token.
    [[nodiscard]] double ownGuide(std::size_t i) const
    {
        const Rect& r = area(i);
        const RasterF& guide = m_own.guideNative;
        if (guide.isEmpty()) {
            return 1;
        }
        return guide.at(
            std::clamp(r.x + r.width / 2, 0, guide.width() - 1),
            std::clamp(r.y + r.height / 2, 0, guide.height() - 1));
    }

    /// Values of tokens as a guide over the image.
    [[nodiscard]] RasterF overImage(const Vector& values) const
    {
        if (seen().size() == size()) {
            const int height = static_cast<int>(size()) / m_width;
            RasterF guide(m_width, height);
            std::copy(values.begin(), values.end(), guide.pixels().begin());
            return guide;
        }
        RasterF guide(m_image.width, m_image.height); // borders or a crop: the grid is another
        for (const std::size_t i : seen()) {
            const Rect& r = area(i);
            for (int y = r.y; y < r.y + r.height; ++y) {
                for (int x = r.x; x < r.x + r.width; ++x) {
                    guide.at(x, y) = static_cast<float>(values[i]);
                }
            }
        }
        return guide;
    }

private:
    const Prediction& m_own;
    Size m_image;
    int m_width;
};

struct Box
{
    double left;
    double top;
    double right;
    double bottom;

    [[nodiscard]] bool holds(double x, double y) const
    {
        return x >= left && x <= right && y >= top && y <= bottom;
    }
};

struct Wanted
{
    std::vector<Vector> positives;
    std::vector<Vector> negatives;
    std::vector<Box> boxes;
};

bool isInside(double x, double y, Size image)
{
    return x >= 0 && y >= 0 && x <= image.width && y <= image.height; // false for NaN
}

Status addClick(const Session::Prompt& prompt, const Grid& grid, Size image, Wanted& wanted)
{
    if (prompt.coordinates.size() != 2) {
        return bad("a click has the coordinates x, y");
    }
    const double x = prompt.coordinates[0];
    const double y = prompt.coordinates[1];
    if (!isInside(x, y, image)) {
        return bad("a click lies outside of the image");
    }
    const auto token = grid.under(std::min(x, image.width - 0.5), std::min(y, image.height - 0.5));
    if (!token) {
        return bad("a click lies where the model does not look");
    }
    (prompt.kind == "positive" ? wanted.positives : wanted.negatives).push_back(grid.token(*token));
    return {};
}

Status addBox(const Session::Prompt& prompt, const Grid& grid, Size image, Wanted& wanted)
{
    const std::vector<double>& c = prompt.coordinates;
    if (c.size() != 4) {
        return bad("a box has the coordinates x0, y0, x1, y1");
    }
    if (!isInside(c[0], c[1], image) || !isInside(c[2], c[3], image)) {
        return bad("a box lies outside of the image");
    }
    const Box box{
        std::min(c[0], c[2]), std::min(c[1], c[3]), std::max(c[0], c[2]), std::max(c[1], c[3])};
    const double x = (box.left + box.right) / 2;
    const double y = (box.top + box.bottom) / 2;
    const double halfWidth = (box.right - box.left) / 4;
    const double halfHeight = (box.bottom - box.top) / 4;
    const Box inner{x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight};
    std::vector<std::size_t> tokens;
    for (const std::size_t i : grid.seen()) {
        const Rect& r = grid.area(i);
        if (inner.holds(r.x + r.width / 2.0, r.y + r.height / 2.0)) {
            tokens.push_back(i);
        }
    }
    if (tokens.empty()) { // smaller than a token
        const auto token =
            grid.under(std::min(x, image.width - 0.5), std::min(y, image.height - 0.5));
        if (!token) {
            return bad("a box lies where the model does not look");
        }
        tokens.push_back(*token);
    }
    wanted.positives.push_back(grid.mean(tokens));
    wanted.boxes.push_back(box);
    return {};
}

double largestCosine(const Vector& token, const std::vector<Vector>& others)
{
    double largest = -1;
    for (const Vector& other : others) {
        largest = std::max(largest, cosine(token, other));
    }
    return largest;
}

/// Share of a token's area that lies in any box (of several the largest).
double shareIn(const std::vector<Box>& boxes, const Rect& r)
{
    double share = 0;
    for (const Box& box : boxes) {
        const double width =
            std::min<double>(box.right, r.x + r.width) - std::max<double>(box.left, r.x);
        const double height =
            std::min<double>(box.bottom, r.y + r.height) - std::max<double>(box.top, r.y);
        const double area = std::max(0.0, width) * std::max(0.0, height);
        share = std::max(share, area / (double(r.width) * double(r.height)));
    }
    return boxes.empty() ? 1 : share;
}

} // namespace

Result<RasterF>
guideOfPrompts(const std::vector<Session::Prompt>& prompts, const Prediction& own, Size image)
{
    if (own.tokens.isEmpty() || own.tokenAreas.empty()) {
        return bad("the model has no tokens that could be compared");
    }
    const Grid grid(own, image);
    Wanted wanted;
    for (const Session::Prompt& prompt : prompts) {
        if (prompt.kind == "positive" || prompt.kind == "negative") {
            GD_TRY(addClick(prompt, grid, image, wanted));
        } else if (prompt.kind == "box") {
            GD_TRY(addBox(prompt, grid, image, wanted));
        } else {
            return bad("unknown kind '" + prompt.kind + "' (positive, negative, box)");
        }
    }
    const std::vector<Vector> background{grid.mean(grid.seen())};
    const std::vector<Vector>& against = wanted.negatives.empty() ? background : wanted.negatives;
    Vector values(grid.size(), 0.0);
    for (const std::size_t i : grid.seen()) {
        const Vector token = grid.token(i);
        const auto likeness = [&](const std::vector<Vector>& a, const std::vector<Vector>& b) {
            return 1
                   / (1
                      + std::exp(
                          (largestCosine(token, b) - largestCosine(token, a)) / kTemperature));
        };
        values[i] = wanted.positives.empty()
                        ? grid.ownGuide(i) * (1 - likeness(wanted.negatives, background))
                        : likeness(wanted.positives, against) * shareIn(wanted.boxes, grid.area(i));
    }
    return grid.overImage(values);
}

} // namespace guidino::engine
