// SPDX-License-Identifier: Apache-2.0
#include "core/engine/nnunet_predict.h"

#include "core/base/file.h"
#include "core/base/npz.h"
#include "core/datasets/nnunet_case.h"
#include "core/engine/bundle.h"
#include "core/engine/devices.h"
#include "core/engine/guarded.h"
#include "core/engine/image_output.h"
#include "core/engine/model_store.h"
#include "core/engine/nnunet_values.h"
#include "core/engine/planned_windows.h"
#include "core/engine/tensor_raster.h"
#include "core/imaging/image_reader.h"
#include "core/nn/train/autocast.h"

#include <torch/torch.h>

#include <algorithm>
#include <chrono>
#include <string>

namespace guidino::engine {

namespace fs = std::filesystem;

namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* kOverlays = "overlay";

[[noreturn]] void refuse(ErrorCode code, std::string message)
{
    throw ErrorException{Error{code, std::move(message), {}}};
}

/// What nnU-Net's ensembling reads beside the probabilities: NaturalImage2DIO needs no more than a
/// dictionary with the spacing (pickle's text form, protocol 0).
std::string propertiesPickle()
{
    return "(dVspacing\n(F999.0\nF1.0\nF1.0\nts.";
}

class FoldsRun
{
public:
    FoldsRun(const NnunetPredictRequest& request, JobContext& context)
        : m_request(request)
        , m_context(context)
    {}

    PredictOutcome run()
    {
        useThreads(m_request.threads);
        valueOrThrow(makeFolder(m_request.out));
        if (m_request.overlays) {
            valueOrThrow(makeFolder(m_request.out / kOverlays));
        }
        const std::string device = valueOrThrow(chooseDevice(m_request.device));
        m_options.device = torch::Device(device);
        m_options.overlap = m_request.overlap;
        m_options.mirror = m_request.mirror;
        if (m_request.precision != "fp32" && m_request.precision != "bf16") {
            refuse(
                ErrorCode::Usage,
                "The precision must be fp32 or bf16, not '" + m_request.precision + "'.");
        }
        m_options.isBf16 =
            nn::precisionFromName(m_request.precision, m_options.device) == torch::kBFloat16;
        for (const fs::path& path : m_request.models) {
            loadFold(path, device);
        }
        const auto started = Clock::now();
        PredictOutcome outcome;
        const auto total = static_cast<std::int64_t>(m_request.cases.size());
        std::int64_t done = 0;
        for (const datasets::NnunetCaseFiles& files : m_request.cases) {
            if (m_context.isCancelled()) {
                refuse(
                    ErrorCode::Cancelled,
                    "Stopped after " + std::to_string(done) + " of " + std::to_string(total)
                        + " cases.");
            }
            one(files, outcome);
            ++done;
            const double seconds = std::chrono::duration<double>(Clock::now() - started).count();
            m_context.progress(
                {"predict",
                 done,
                 total,
                 seconds / static_cast<double>(done) * static_cast<double>(total - done),
                 files.name});
        }
        return outcome;
    }

private:
    void loadFold(const fs::path& path, const std::string& device)
    {
        m_context.progress({"load", 0, 0, -1, path.string()});
        Bundle bundle = valueOrThrow(readBundle(valueOrThrow(findBundle(path))));
        const auto plan = valueOrThrow(readImagePlan(bundle.config.network));
        if (!plan) {
            refuse(
                ErrorCode::BadInput,
                path.string()
                    + ": is no model of `guidino nnunet train`; `guidino predict` works with it.");
        }
        if (m_models.empty()) {
            m_plan = *plan;
            m_first = bundle;
        } else if (
            plan->patch != m_plan.patch || plan->schemes != m_plan.schemes
            || plan->spacing != m_plan.spacing || plan->regions != m_plan.regions
            || plan->intensities != m_plan.intensities || plan->useMask != m_plan.useMask) {
            refuse(
                ErrorCode::BadInput,
                path.string()
                    + ": is of another plan than the other folds; ensembles of plans are made of "
                      "their probabilities (guidino nnunet predict --model twice).");
        }
        bundle.config.network.deep_supervision = false; // its heads are not looked at
        m_models.push_back(valueOrThrow(loadModel(bundle, device)));
    }

    void one(const datasets::NnunetCaseFiles& files, PredictOutcome& outcome)
    {
        const fs::path labelFile = m_request.out / (files.name + ".png");
        const fs::path probabilityFile = m_request.out / (files.name + ".npz");
        const fs::path overlayFile = m_request.out / kOverlays / (files.name + pictureExtension());
        std::error_code ignored;
        if (m_request.keepsExisting && fs::exists(labelFile, ignored)
            && (!m_request.probabilities || fs::exists(probabilityFile, ignored))
            && (!m_request.overlays || fs::exists(overlayFile, ignored))) {
            ++outcome.predicted;
            return;
        }
        const auto result = guarded("Predicting " + files.name, [&]() -> Result<void> {
            const auto read = datasets::readNnunetChannels(files.images, m_plan.schemes.size());
            if (!read) {
                return read.error();
            }
            const torch::Tensor probabilities = predicted(*read);
            if (m_request.probabilities) {
                GD_TRY(writeProbabilities(probabilityFile, probabilities));
            }
            const Raster8 labels = datasets::postprocessed(
                bytesOf(nn::plannedLabelsOf(m_plan, probabilities)), m_request.postprocessing);
            if (m_request.overlays) {
                const auto picture = imaging::readRgb8(files.images.front());
                GD_TRY(picture);
                GD_TRY(writeOverlay(overlayFile, *picture, labels, m_first));
            }
            return datasets::writeLabelImage(labelFile, labels);
        });
        if (result) {
            ++outcome.predicted;
            return;
        }
        const ErrorCode code = result.error().code;
        if (code != ErrorCode::BadInput && code != ErrorCode::NotFound) {
            throw ErrorException{result.error()};
        }
        outcome.failures.push_back({files.images.front().string(), result.error().message});
        m_context.warning(result.error().message);
    }

    /// [K, H, W] of the whole image.
    torch::Tensor predicted(const datasets::NnunetChannels& read)
    {
        const torch::InferenceMode inference;
        const nn::PlannedImage image = nn::plannedImage(m_plan, valuesOf(read));
        const torch::Tensor logits = plannedLogits(
            m_plan, image.image, m_models, m_options, [this] { return m_context.isCancelled(); });
        return nn::nativeProbabilities(m_plan, image, logits).contiguous();
    }

    static Status writeProbabilities(const fs::path& file, const torch::Tensor& probabilities)
    {
        // nnU-Net's images have a third axis of length one.
        GD_TRY(writeNpz(
            file,
            "probabilities",
            {probabilities.size(0), 1, probabilities.size(1), probabilities.size(2)},
            std::span(
                probabilities.const_data_ptr<float>(),
                static_cast<std::size_t>(probabilities.numel()))));
        return writeFileAtomically(fs::path(file).replace_extension(".pkl"), propertiesPickle());
    }

    const NnunetPredictRequest& m_request;
    JobContext& m_context;
    nn::ImagePlan m_plan;
    Bundle m_first; ///< of the first fold: the classes' colours
    PlannedWindowOptions m_options;
    std::vector<std::shared_ptr<nn::Segmenter>> m_models;
};

} // namespace

Result<PredictOutcome> predictNnunet(const NnunetPredictRequest& request, JobContext& context)
{
    return guarded("Prediction", [&]() -> Result<PredictOutcome> {
        if (request.models.empty() || request.cases.empty()) {
            return Error{ErrorCode::Usage, "There is no model, or no case to predict.", {}};
        }
        return FoldsRun(request, context).run();
    });
}

} // namespace guidino::engine
