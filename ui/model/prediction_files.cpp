// SPDX-License-Identifier: Apache-2.0
#include "ui/model/prediction_files.h"

#include "core/base/npy.h"
#include "core/imaging/image_reader.h"
#include "ui/model/label_files.h"

#include <algorithm>
#include <utility>

namespace guidino::ui {

namespace {

/// The largest of the guides of a token: with one guide per class a place is open where any class
/// attends to it, which is what gates.
RasterF largestOf(const RasterF& guides)
{
    RasterF largest(guides.width(), guides.height());
    for (int y = 0; y < guides.height(); ++y) {
        for (int x = 0; x < guides.width(); ++x) {
            float value = guides.at(x, y);
            for (int channel = 1; channel < guides.channels(); ++channel) {
                value = std::max(value, guides.at(x, y, channel));
            }
            largest.at(x, y) = value;
        }
    }
    return largest;
}

} // namespace

Result<RasterF> readTokenMap(const std::filesystem::path& file)
{
    Result<NpyArray> array = readNpy(file);
    if (!array) {
        return std::move(array).error();
    }
    const auto& shape = array->shape;
    constexpr std::int64_t kMaxSide = 4096;
    constexpr std::int64_t kMaxGuides = 256;
    const auto bad = [&file] {
        return Error{
            ErrorCode::BadInput,
            file.string() + ": a map of tokens has two dimensions, or three with guides first",
            {{"file", file.string()}}};
    };
    if (shape.size() < 2 || shape.size() > 3) {
        return bad();
    }
    const std::int64_t guides = shape.size() == 3 ? shape[0] : 1;
    const std::int64_t height = shape[shape.size() - 2];
    const std::int64_t width = shape[shape.size() - 1];
    if (guides < 1 || height < 1 || width < 1 || guides > kMaxGuides || height > kMaxSide
        || width > kMaxSide) {
        return bad();
    }
    if (guides == 1) {
        return RasterF(
            static_cast<int>(width), static_cast<int>(height), 1, std::move(array->values));
    }
    RasterF map(static_cast<int>(width), static_cast<int>(height), static_cast<int>(guides));
    std::size_t next = 0;
    for (int guide = 0; guide < map.channels(); ++guide) {
        for (int y = 0; y < map.height(); ++y) {
            for (int x = 0; x < map.width(); ++x) {
                map.at(x, y, guide) = array->values[next++];
            }
        }
    }
    return map;
}

Result<std::shared_ptr<const Prediction>>
readPrediction(const protocol::Prediction& answer, Size size, const ModelName& model)
{
    auto prediction = std::make_shared<Prediction>();
    Result<LabelMap> labels = readIndexFile(answer.labels);
    if (!labels) {
        return std::move(labels).error();
    }
    if (labels->size() != size) {
        return Error{
            ErrorCode::BadInput, answer.labels + ": the prediction is not of the image's size", {}};
    }
    prediction->labels = std::move(labels).value();
    if (!answer.probability.empty()) {
        Result<Raster16> probability = imaging::readGrey16(answer.probability);
        if (probability && probability->size() == size) {
            prediction->probability =
                std::make_shared<const Raster16>(std::move(probability).value());
        }
    }
    if (!answer.guide.empty()) {
        Result<RasterF> guides = readTokenMap(answer.guide);
        if (!guides) {
            return std::move(guides).error();
        }
        const bool isOne = guides->channels() == 1;
        prediction->guide = std::make_shared<const GuideMap>(isOne ? *guides : largestOf(*guides));
        prediction->guides = std::make_shared<const RasterF>(std::move(guides).value());
    }
    prediction->model = model.name;
    prediction->bundle = model.bundle;
    prediction->sha256 = model.sha256.isEmpty() ? model.name : model.sha256;
    prediction->seconds = answer.seconds;
    prediction->featureDistance = answer.featureDistance;
    prediction->featureLimit = answer.featureLimit;
    return std::shared_ptr<const Prediction>(std::move(prediction));
}

} // namespace guidino::ui
