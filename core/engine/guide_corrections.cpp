// SPDX-License-Identifier: Apache-2.0
#include "core/engine/guide_corrections.h"

#include "core/base/npy.h"
#include "core/engine/guarded.h"
#include "core/nn/losses/segmentation_loss.h"

#ifdef GUIDINO_HAS_IMAGING
#include "core/imaging/image_reader.h"
#endif

#include <torch/torch.h>

#include <algorithm>
#include <variant>

namespace guidino::engine {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void refuse(const fs::path& file, const std::string& what)
{
    throw ErrorException{
        Error{ErrorCode::BadInput, file.string() + ": " + what, {{"file", file.string()}}}};
}

/// [h, w] uint8 of the file's own size.
torch::Tensor readCodes(const fs::path& file)
{
    if (file.extension() == ".npy") {
        const NpyArray array = valueOrThrow(readNpy(file));
        if (array.shape.size() != 2 || array.values.empty()) {
            refuse(file, "a guide correction must have the shape [h, w].");
        }
        return torch::tensor(array.values)
            .reshape({array.shape[0], array.shape[1]})
            .to(torch::kUInt8);
    }
#ifdef GUIDINO_HAS_IMAGING
    const imaging::DecodedImage decoded = valueOrThrow(imaging::readImage(file));
    const auto* pixels = std::get_if<Raster8>(&decoded.pixels);
    if (pixels == nullptr || pixels->channels() != 1) {
        refuse(file, "a guide correction must be grey or indexed, of 8 bits.");
    }
    const Raster8& codes = *pixels;
    torch::Tensor result = torch::empty({codes.height(), codes.width()}, torch::kUInt8);
    std::copy_n(codes.data(), codes.pixels().size(), result.data_ptr<std::uint8_t>());
    return result;
#else
    refuse(file, "this build reads guide corrections as NPY files only.");
#endif
}

void checkCodes(const fs::path& file, const torch::Tensor& codes)
{
    const torch::Tensor isOdd =
        (codes > nn::kGuideFromMask).logical_and(codes != nn::kGuideUnspecified);
    if (isOdd.any().item<bool>()) {
        refuse(
            file,
            "holds the value " + std::to_string(codes.masked_select(isOdd).max().item<int>())
                + "; a guide correction has 0 (ignore), 1 (attend), 2 (as the mask) and 255 "
                  "(unspecified).");
    }
}

} // namespace

GuideCorrections::GuideCorrections(const fs::path& folder)
{
    if (folder.empty()) {
        return;
    }
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
        const std::string extension = entry.path().extension().string();
        if (extension != ".png" && extension != ".npy") {
            continue;
        }
        const auto [place, isNew] =
            m_files.emplace(entry.path().stem().string(), Entry{entry.path()});
        if (!isNew) {
            refuse(entry.path(), "there is " + place->second.file.filename().string() + " too.");
        }
    }
    if (error) {
        throw ErrorException{Error{
            ErrorCode::NotFound,
            "--guide-corrections: " + folder.string() + ": " + error.message() + ".",
            {}}};
    }
    if (m_files.empty()) {
        refuse(folder, "holds no guide corrections (STEM.png or STEM.npy).");
    }
}

torch::Tensor GuideCorrections::codesFor(const std::string& stem, const nn::ResizePlan& plan)
{
    const auto found = m_files.find(stem);
    if (found == m_files.end()) {
        return {};
    }
    found->second.isUsed = true;
    const torch::Tensor codes = readCodes(found->second.file);
    checkCodes(found->second.file, codes);
    // Over the whole image at its own size first, so that the plan's rectangles hold.
    const torch::Tensor native = torch::_upsample_nearest_exact2d(
                                     codes.to(torch::kFloat32).unsqueeze(0).unsqueeze(0),
                                     {plan.source.height, plan.source.width})
                                     .squeeze(0)
                                     .to(torch::kUInt8);
    return nn::resizeMask(plan, native, nn::kGuideUnspecified)[0];
}

torch::Tensor GuideCorrections::codesFor(
    const std::vector<std::string>& stems, const std::vector<nn::ResizePlan>& plans)
{
    torch::Tensor all;
    for (std::size_t i = 0; i < stems.size() && !isEmpty(); ++i) {
        const torch::Tensor codes = codesFor(stems[i], plans[i]);
        if (!codes.defined()) {
            continue;
        }
        if (!all.defined()) {
            all = torch::full(
                {static_cast<std::int64_t>(stems.size()), codes.size(0), codes.size(1)},
                nn::kGuideFromMask,
                torch::kUInt8);
        }
        all[static_cast<std::int64_t>(i)].copy_(codes);
    }
    return all;
}

std::vector<std::string> GuideCorrections::unused() const
{
    std::vector<std::string> names;
    for (const auto& [stem, entry] : m_files) {
        if (!entry.isUsed) {
            names.push_back(entry.file.filename().string());
        }
    }
    return names;
}

} // namespace guidino::engine
