// SPDX-License-Identifier: Apache-2.0
#include "core/engine/training_previews.h"

#include "core/base/file.h"
#include "core/engine/guarded.h"
#include "core/engine/tensor_raster.h"
#include "core/engine/training_validation.h"

#ifdef GUIDINO_HAS_IMAGING
#include "core/imaging/image_writer.h"
#include "core/imaging/overlay.h"
#include "core/imaging/resize.h"
#endif

#include <torch/torch.h>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <fstream>

namespace guidino::engine {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPreviews = 6;
constexpr std::size_t kMostPreviews = 24; ///< each costs a picture at each validation
constexpr std::uint64_t kMostPinBytes = std::uint64_t{1} << 20;

#ifdef GUIDINO_HAS_IMAGING
constexpr int kPreviewHeight = 256;

Size previewSize(const Raster8& image)
{
    const double scale = static_cast<double>(kPreviewHeight) / image.height();
    return {std::max(1, static_cast<int>(std::lround(image.width() * scale))), kPreviewHeight};
}

/// Outlines alone, drawn at the size of the picture so that they stay of one width.
Raster8 outlined(
    const Raster8& image,
    const Raster8& labels,
    const std::vector<imaging::Colour>& colours,
    int width)
{
    imaging::OverlayStyle style;
    style.fillOpacity = 0;
    style.outlineWidth = width;
    style.colours = colours;
    return imaging::overlayLabels(image, labels, style);
}
#endif

/// A field of a CSV file.
std::string quoted(const std::string& text)
{
    std::string result = "\"";
    for (const char letter : text) {
        result += letter == '"' ? "\"\"" : std::string(1, letter);
    }
    return result + "\"";
}

std::string numberText(const std::optional<double>& value)
{
    if (!value) {
        return {};
    }
    std::array<char, 64> text{};
    const auto end = std::to_chars(
        text.data(), text.data() + text.size(), *value, std::chars_format::general, 6);
    return {text.data(), end.ptr};
}

} // namespace

bool TrainingPreviews::choose(const std::vector<std::string>& stems)
{
    std::vector<bool> chosen(m_isPinned.size(), false);
    std::size_t count = 0;
    for (std::size_t i = 0; i < chosen.size() && count < kMostPreviews; ++i) {
        const ValidationCase& item = m_data.cases[i];
        chosen[i] = std::any_of(stems.begin(), stems.end(), [&](const std::string& wanted) {
            return wanted == item.stem || wanted == item.name;
        });
        count += chosen[i] ? 1 : 0;
    }
    if (count > 0) {
        m_isPinned = std::move(chosen);
    }
    return count > 0;
}

void TrainingPreviews::pin(const std::vector<std::string>& stems, fs::path folder)
{
    m_folder = std::move(folder);
    if (!stems.empty()) {
        if (choose(stems)) {
            return;
        }
        m_context.warning(
            "None of the images to show while training (--preview) is a validation image: six "
            "others are shown.");
    }
    const std::size_t count = m_isPinned.size();
    const std::size_t shown = std::min(kPreviews, count);
    for (std::size_t k = 0; k < shown; ++k) {
        m_isPinned[k * count / shown] = true;
    }
}

void TrainingPreviews::followPins()
{
    if (m_folder.empty()) {
        return;
    }
    const fs::path file = m_folder / "pinned.json";
    const auto text = readFile(file, kMostPinBytes);
    if (!text || *text == m_wish) {
        return;
    }
    m_wish = *text;
    const nlohmann::json wish = nlohmann::json::parse(*text, nullptr, false);
    std::vector<std::string> stems;
    if (wish.is_object() && wish.contains("images") && wish["images"].is_array()) {
        for (const nlohmann::json& stem : wish["images"]) {
            if (stem.is_string()) {
                stems.push_back(stem.get<std::string>());
            }
        }
    }
    if (!choose(stems)) {
        m_context.warning(
            file.string()
            + ": names no validation image ({\"images\": [\"STEM\", ...]}); the pinned cases stay "
              "as they are.");
    }
}

void TrainingPreviews::write(
    std::size_t position,
    const torch::Tensor& image,
    const torch::Tensor& guide,
    const torch::Tensor& probabilities,
    std::int64_t epoch)
{
#ifdef GUIDINO_HAS_IMAGING
    const Raster8 full = bytesOf(image);
    const Size size = previewSize(full);
    const Raster8 small = imaging::resizeSmooth(full, size);
    const auto labelsAt = [&](const torch::Tensor& labels) {
        return imaging::resizeNearest(bytesOf(labels), size);
    };
    std::vector<imaging::Colour> colours(1, imaging::Colour{0, 0, 0});
    for (const BundleClass& item : m_data.classes) {
        colours.resize(std::max(colours.size(), static_cast<std::size_t>(item.index) + 1));
        colours[static_cast<std::size_t>(item.index)] = item.colour;
    }
    const torch::Tensor reference =
        m_data.validation.masks[static_cast<std::int64_t>(position)].to(torch::kUInt8);
    const std::vector<imaging::Colour> white(256, imaging::Colour{255, 255, 255});
    Raster8 picture = outlined(small, labelsAt(reference), white, 1);
    picture = outlined(picture, labelsAt(labelsOf(probabilities, m_threshold)[0]), colours, 2);
    std::vector<Raster8> pictures{std::move(picture)};
    if (guide.defined()) {
        const torch::Tensor grown =
            at::upsample_bilinear2d(
                guide.narrow(1, 0, 1).to(torch::kFloat32).cpu(), {size.height, size.width}, false)
                .contiguous();
        RasterF values(size.width, size.height);
        std::copy_n(grown.data_ptr<float>(), grown.numel(), values.data());
        pictures.push_back(imaging::overlayHeat(small, values, imaging::ColourMap::Viridis, 0.7));
    }
    std::array<char, 32> number{};
    (void)std::snprintf(
        number.data(), number.size(), "-epoch%04lld.png", static_cast<long long>(epoch + 1));
    const std::string& stem = m_data.cases[position].stem;
    const fs::path file = m_folder / (stem + number.data());
    valueOrThrow(imaging::writePng(file, imaging::sideBySide(pictures, kPreviewHeight)));
    m_context.preview(file, stem, epoch + 1);
#else
    (void)position;
    (void)image;
    (void)guide;
    (void)probabilities;
    (void)epoch;
    (void)m_threshold;
#endif
}

void TrainingPreviews::writeScores(std::int64_t epoch) const
{
    if (m_folder.empty()) {
        return;
    }
    const fs::path file = m_folder / "scores.csv";
    std::error_code ignored;
    std::string text;
    if (!fs::exists(file, ignored)) {
        text = "epoch,case,dsc,iou,hd95\n";
    }
    for (std::size_t i = 0; i < m_isPinned.size(); ++i) {
        if (m_isPinned[i]) {
            const Score& score = m_scores[i];
            text += std::to_string(epoch + 1) + "," + quoted(m_data.cases[i].stem) + ","
                    + numberText(score.dsc) + "," + numberText(score.iou) + ","
                    + numberText(score.hd95) + "\n";
        }
    }
    std::ofstream stream(file, std::ios::binary | std::ios::app);
    stream << text;
    stream.flush();
    if (!stream) {
        throw ErrorException{
            Error{ErrorCode::CannotWrite, "cannot write '" + file.string() + "'", {}}};
    }
}

} // namespace guidino::engine
