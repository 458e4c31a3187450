// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calibrate.h"

#include "core/engine/bundle.h"
#include "core/engine/config_json.h"
#include "core/engine/devices.h"
#include "core/engine/feature_statistics.h"
#include "core/engine/guarded.h"
#include "core/engine/image_output.h"
#include "core/engine/model_store.h"
#include "core/engine/predict_folder.h"
#include "core/engine/predictor.h"

#include <torch/torch.h>

#include <algorithm>

namespace guidino::engine {

namespace {

constexpr std::size_t kMostImages = 512;

/// [N, F] of at most 512 images, spread evenly; images that cannot be read are passed over.
torch::Tensor featuresOfImages(Predictor& predictor, const InputSet& set, JobContext& context)
{
    const std::vector<InputImage>& images = set.images;
    std::vector<torch::Tensor> rows;
    const std::size_t step =
        std::max<std::size_t>(1, (images.size() + kMostImages - 1) / kMostImages);
    for (std::size_t i = 0; i < images.size(); i += step) {
        context.progress(
            {"statistics", std::int64_t(i), std::int64_t(images.size()), -1, images[i].name});
        const Result<LoadedImage> loaded =
            loadInput(set, i, predictor.bundle().config.preprocessing);
        if (!loaded) {
            context.warning(loaded.error().message);
            continue;
        }
        PredictionInput input;
        input.image = &loaded->rgb;
        input.content = loaded->content;
        input.wantFeatures = true;
        const Prediction prediction =
            valueOrThrow(predictor.predict(input, [&context] { return context.isCancelled(); }));
        rows.push_back(torch::tensor(prediction.features, torch::kFloat64));
    }
    return rows.empty() ? torch::Tensor() : torch::stack(rows);
}

} // namespace

Result<std::string> calibrateBundle(const CalibrateRequest& request, JobContext& context)
{
    return guarded("Calibration", [&]() -> Result<std::string> {
        const std::string device = valueOrThrow(chooseDevice(request.device));
        Bundle bundle = valueOrThrow(readBundle(valueOrThrow(findBundle(request.model))));
        if (bundle.unpacked) {
            GD_TRY(writeBundleStatistics(bundle)); // says that a zip is not changed
        }
        const InputSet training =
            valueOrThrow(listInput(request.data, "", request.trainingSplit, request.splits));
        const InputSet validation =
            valueOrThrow(listInput(request.data, "", request.validationSplit, request.splits));
        PredictorOptions options;
        options.device = device;
        Result<Predictor> predictor =
            Predictor::create(bundle, valueOrThrow(loadModel(bundle, device)), options);
        if (!predictor) {
            return predictor.error();
        }
        const torch::Tensor seen = featuresOfImages(*predictor, training, context);
        if (!seen.defined() || seen.size(0) < 2) {
            return Error{
                ErrorCode::BadInput,
                request.data.string() + ": statistics need at least two images of the list '"
                    + request.trainingSplit + "'.",
                {}};
        }
        const FeatureStatistics statistics =
            statisticsOfFeatures(seen, featuresOfImages(*predictor, validation, context));
        bundle.featureStatistics = textOf(statistics);
        if (!request.modality.empty()) {
            bundle.modality = request.modality;
        }
        GD_TRY(writeBundleStatistics(bundle));
        return Json{
            {"path", bundle.path.string()},
            {"modality", bundle.modality},
            {"images", statistics.images},
            {"validation_images", statistics.validationImages},
            {"limit", statistics.limit}}
            .dump(2);
    });
}

} // namespace guidino::engine
