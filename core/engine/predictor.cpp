// SPDX-License-Identifier: Apache-2.0
#include "core/engine/predictor.h"

#include "core/engine/feature_statistics.h"
#include "core/engine/guarded.h"
#include "core/engine/planned_windows.h"
#include "core/engine/tensor_raster.h"
#include "core/engine/token_cache.h"
#include "core/nn/data/image_plan.h"
#include "core/nn/data/preprocess.h"
#include "core/nn/dino/vit.h"
#include "core/nn/guide/sliding_window.h"
#include "core/nn/guide/tokenbook.h"
#include "core/nn/segmenter.h"
#include "core/nn/train/autocast.h"

#include <torch/torch.h>

#include <chrono>
#include <list>

namespace guidino::engine {

namespace F = torch::nn::functional;

namespace {

constexpr int kTokenPixels = 16; // a token's side where no ViT says else (five stages of a UNet)
constexpr double kOutsideLogit = 20;

struct Prepared
{
    torch::Tensor image; // [1, 3, S, S] (whole) or [1, 3, H, W] (sliding), normalised
    torch::Tensor tokens;
    nn::ResizePlan plan;
};

/// One run of the network over the whole of its input.
struct Pass
{
    torch::Tensor logits; // [1, K, S, S] float32
    torch::Tensor guide;  // [1, G, h, w] float32
    torch::Tensor own;    // the guide that the model made, where another one gated
    torch::Tensor maps;   // [1, N, h, w] float32
    torch::Tensor tokens; // [1, D, h, w]
    bool sharesAreExact = false;
};

bool isWhole(const nn::ResizePlan& plan)
{
    return plan.sourceRect == Rect{0, 0, plan.source.width, plan.source.height}
           && plan.targetRect == Rect{0, 0, plan.target.width, plan.target.height};
}

torch::Tensor bilinear(const torch::Tensor& x, std::int64_t height, std::int64_t width)
{
    if (x.size(2) == height && x.size(3) == width) {
        return x;
    }
    return F::interpolate(
        x,
        F::InterpolateFuncOptions()
            .size(std::vector<std::int64_t>{height, width})
            .mode(torch::kBilinear)
            .align_corners(false));
}

/// The part of the image that each token of a grid over the target covers.
std::vector<Rect> tokenAreas(const nn::ResizePlan& plan, std::int64_t rows, std::int64_t columns)
{
    const auto native = [](double target, int from, double scale, int to) {
        return static_cast<int>(std::lround((target - from) / scale)) + to;
    };
    std::vector<Rect> areas;
    for (std::int64_t y = 0; y < rows; ++y) {
        for (std::int64_t x = 0; x < columns; ++x) {
            const double stepX = double(plan.target.width) / double(columns);
            const double stepY = double(plan.target.height) / double(rows);
            const int left =
                native(double(x) * stepX, plan.targetRect.x, plan.scaleX(), plan.sourceRect.x);
            const int top =
                native(double(y) * stepY, plan.targetRect.y, plan.scaleY(), plan.sourceRect.y);
            const int right =
                native(double(x + 1) * stepX, plan.targetRect.x, plan.scaleX(), plan.sourceRect.x);
            const int bottom =
                native(double(y + 1) * stepY, plan.targetRect.y, plan.scaleY(), plan.sourceRect.y);
            areas.push_back(
                Rect{left, top, right - left, bottom - top}.intersected(plan.sourceRect));
        }
    }
    return areas;
}

void throwIfCancelled(const std::function<bool()>& isCancelled)
{
    if (isCancelled && isCancelled()) {
        throw ErrorException{Error{ErrorCode::Cancelled, "The prediction was cancelled.", {}}};
    }
}

} // namespace

struct Predictor::State
{
    Bundle bundle;
    std::shared_ptr<nn::Segmenter> model;
    PredictorOptions options;
    torch::Device device = torch::kCPU;
    std::optional<nn::ImagePlan> imagePlan; ///< of a network of an nnU-Net plan
    std::int64_t prototypes = 0;
    std::list<std::pair<std::string, Prepared>> cache; // most recent first
    std::unique_ptr<TokenCache> tokenCache;

    [[nodiscard]] bool isSliding() const { return options.mode == "sliding"; }

    [[nodiscard]] int patch() const
    {
        const nn::VisionTransformer* vit = model->guideBackbone();
        return vit != nullptr ? vit->config().patch_size : kTokenPixels;
    }

    Prepared prepare(const PredictionInput& input, bool whole);
    Prepared& prepared(const PredictionInput& input, Prepared& fresh, bool& wasCached);
    torch::Tensor tokensOf(const torch::Tensor& image);
    Pass run(const torch::Tensor& image, nn::ForwardOptions forward, bool mirror);
    torch::Tensor guideForTarget(const RasterF& guide, const nn::ResizePlan& plan) const;
    void predictWhole(const PredictionInput& input, Prepared& from, Prediction& result);
    void predictSliding(
        const PredictionInput& input,
        const Prepared& from,
        const std::function<bool()>& isCancelled,
        Prediction& result);
    void predictPlanned(
        const PredictionInput& input,
        const std::function<bool()>& isCancelled,
        Prediction& result) const;
    void finish(torch::Tensor logits, Prediction& result) const;
    static void addFeatures(
        const PredictionInput& input, const Prepared& from, const Pass& pass, Prediction& result);
    void addMaps(const Pass& pass, const nn::ResizePlan& plan, Prediction& result) const;
    [[nodiscard]] torch::Tensor weightsOf(const PredictionInput& input) const;
    [[nodiscard]] static torch::Tensor
    overImage(const nn::ResizePlan& plan, const torch::Tensor& map);
};

Prepared Predictor::State::prepare(const PredictionInput& input, bool whole)
{
    const nn::PreprocessingConfig& preprocessing = bundle.config.preprocessing;
    const int side = bundle.config.data.image_size;
    Prepared prepared;
    torch::Tensor image = tensorOf(*input.image).to(device); // [1, H, W, 3] uint8
    prepared.plan =
        nn::makeResizePlan(input.image->size(), {side, side}, preprocessing.resize, input.content);
    if (whole) {
        image = nn::resizeImage(prepared.plan, image.permute({0, 3, 1, 2}));
    }
    prepared.image = nn::normalise(preprocessing, nn::unitImage(image))
                         .contiguous(torch::MemoryFormat::ChannelsLast);
    return prepared;
}

/// The image's entry of the cache, or `fresh` filled now.
Prepared& Predictor::State::prepared(const PredictionInput& input, Prepared& fresh, bool& wasCached)
{
    const bool isCacheable = options.cachedImages > 0 && !input.cacheKey.empty() && !isSliding();
    if (isCacheable) {
        for (auto entry = cache.begin(); entry != cache.end(); ++entry) {
            if (entry->first == input.cacheKey) {
                cache.splice(cache.begin(), cache, entry);
                wasCached = cache.front().second.tokens.defined();
                return cache.front().second;
            }
        }
    }
    fresh = prepare(input, !isSliding());
    if (!isCacheable) {
        return fresh;
    }
    const nn::AutocastScope autocast(device, nn::precisionFromName(options.precision, device));
    fresh.tokens = tokenCache
                       ? tokensOf(fresh.image)
                       : model->guideTokens(fresh.image); // undefined without a guide backbone
    cache.emplace_front(input.cacheKey, fresh);
    if (cache.size() > options.cachedImages) {
        cache.pop_back();
    }
    return cache.front().second;
}

/// Undefined where the model shall make them itself.
torch::Tensor Predictor::State::tokensOf(const torch::Tensor& image)
{
    return tokenCache ? tokenCache->tokensOf(*model, image) : torch::Tensor();
}

Pass Predictor::State::run(const torch::Tensor& image, nn::ForwardOptions forward, bool mirror)
{
    const nn::AutocastScope autocast(device, nn::precisionFromName(options.precision, device));
    const std::vector<std::vector<std::int64_t>> flips =
        mirror ? std::vector<std::vector<std::int64_t>>{{}, {3}, {2}, {2, 3}}
               : std::vector<std::vector<std::int64_t>>{{}};
    const auto flipped = [](const torch::Tensor& x, const std::vector<std::int64_t>& dims) {
        return dims.empty() || !x.defined() ? x : x.flip(dims);
    };
    Pass pass;
    const auto add =
        [&](torch::Tensor& sum, const torch::Tensor& part, const std::vector<std::int64_t>& dims) {
            if (part.defined()) {
                const torch::Tensor back = flipped(part.to(torch::kFloat32), dims);
                sum = sum.defined() ? sum + back : back;
            }
        };
    for (const std::vector<std::int64_t>& dims : flips) {
        nn::ForwardOptions turned = forward;
        turned.guide = flipped(forward.guide, dims);
        const torch::Tensor view = flipped(image, dims);
        if (!dims.empty()) {
            turned.tokens = torch::Tensor(); // those of a mirrored image are others
        }
        if (!turned.tokens.defined() && !isSliding()) {
            turned.tokens = tokensOf(view);
        }
        const nn::SegmenterOutput out = model->forward(view, turned);
        add(pass.logits, out.logits.front(), dims);
        add(pass.guide, out.guide_used.defined() ? out.guide_used : out.guide, dims);
        add(pass.own, out.guide, dims);
        add(pass.maps, out.prototype_maps, dims);
        if (dims.empty()) {
            pass.tokens = out.tokens;
        }
        pass.sharesAreExact = out.shares_are_exact;
    }
    const double count = static_cast<double>(flips.size());
    for (torch::Tensor* sum : {&pass.logits, &pass.guide, &pass.own, &pass.maps}) {
        if (sum->defined() && flips.size() > 1) {
            *sum = *sum / count;
        }
    }
    return pass;
}

/// A guide over the image's own area [h', w'] in the frame that the model sees.
torch::Tensor
Predictor::State::guideForTarget(const RasterF& guide, const nn::ResizePlan& plan) const
{
    torch::Tensor map = tensorOf(guide).permute({0, 3, 1, 2}).clamp(0, 1);
    const std::int64_t rows = std::max(1, plan.target.height / patch());
    const std::int64_t columns = std::max(1, plan.target.width / patch());
    if (!isWhole(plan)) {
        map = bilinear(map, plan.source.height, plan.source.width);
        map = nn::resizeImage(plan, map);
    }
    // Averaged down to the tokens' grid, so that a fine drawing is not sampled at single points.
    if (map.size(2) > rows && map.size(3) > columns) {
        map = torch::adaptive_avg_pool2d(map, {rows, columns});
    }
    return map.contiguous().to(device);
}

torch::Tensor Predictor::State::weightsOf(const PredictionInput& input) const
{
    if (input.prototypeWeights.empty()) {
        return {};
    }
    const auto given = static_cast<std::int64_t>(input.prototypeWeights.size());
    const std::int64_t books =
        bundle.config.guide.per_class ? std::max(1, bundle.config.network.num_classes - 1) : 1;
    if (given != prototypes && given * books != prototypes) {
        throw ErrorException{Error{
            ErrorCode::BadInput,
            "The model has " + std::to_string(prototypes) + " prototypes, but "
                + std::to_string(given) + " weights were given.",
            {}}};
    }
    return torch::tensor(input.prototypeWeights, torch::kFloat64).to(torch::kFloat32).to(device);
}

/// A map of the target frame [1, C, h, w] on a grid over the image's own area.
torch::Tensor Predictor::State::overImage(const nn::ResizePlan& plan, const torch::Tensor& map)
{
    if (isWhole(plan)) {
        return map;
    }
    const torch::Tensor fine = bilinear(map, plan.target.height, plan.target.width);
    const torch::Tensor native = nn::undoMap(plan, fine);
    const auto cells = [](double pixels, std::int64_t target, std::int64_t grid) {
        return std::max<std::int64_t>(
            1, std::lround(pixels / static_cast<double>(target) * static_cast<double>(grid)));
    };
    return torch::adaptive_avg_pool2d(
        native,
        {cells(plan.source.height * plan.scaleY(), plan.target.height, map.size(2)),
         cells(plan.source.width * plan.scaleX(), plan.target.width, map.size(3))});
}

void Predictor::State::addFeatures(
    const PredictionInput& input, const Prepared& from, const Pass& pass, Prediction& result)
{
    if (input.wantFeatures) {
        const torch::Tensor row = featuresOf(from.image, pass.tokens)[0].contiguous();
        result.features.assign(row.data_ptr<double>(), row.data_ptr<double>() + row.numel());
    }
}

/// What explains the prediction: prototype maps and tokens, where they were asked for.
void Predictor::State::addMaps(
    const Pass& pass, const nn::ResizePlan& plan, Prediction& result) const
{
    if (pass.tokens.defined()) {
        result.tokens = rasterOf(pass.tokens[0].permute({1, 2, 0}));
        result.tokenAreas = tokenAreas(plan, pass.tokens.size(2), pass.tokens.size(3));
    }
    if (!pass.maps.defined()) {
        return;
    }
    result.sharesAreExact = pass.sharesAreExact;
    // With one book the shares add up to guide − ½; with one per class each book's own do.
    const std::int64_t books = pass.own.size(1);
    const torch::Tensor sums =
        pass.maps.view({1, books, -1, pass.maps.size(2), pass.maps.size(3)}).sum(2);
    result.sharesError = (sums - (pass.own - 0.5)).abs().max().item<double>();
    const torch::Tensor maps = overImage(plan, pass.maps).cpu();
    for (std::int64_t i = 0; i < maps.size(1); ++i) {
        result.prototypeMaps.push_back(rasterOf(maps[0][i]));
    }
}

void Predictor::State::finish(torch::Tensor logits, Prediction& result) const
{
    if (bundle.config.network.num_classes == 1) {
        const torch::Tensor probability = torch::sigmoid(logits[0][0]).cpu();
        result.probability = rasterOf(probability);
        result.labels = bytesOf(probability > bundle.config.inference.threshold);
        return;
    }
    const torch::Tensor probability = torch::softmax(logits[0], 0);
    result.labels = bytesOf(std::get<1>(logits[0].max(0)).cpu());
    result.probability = rasterOf((1 - probability[0]).clamp(0, 1).cpu());
}

void Predictor::State::predictWhole(
    const PredictionInput& input, Prepared& from, Prediction& result)
{
    nn::ForwardOptions forward;
    forward.tokens = from.tokens;
    forward.prototype_weights = weightsOf(input);
    forward.want_prototype_maps = input.wantPrototypeMaps;
    forward.want_tokens = input.wantTokens || input.wantFeatures;
    if (!input.guide.isEmpty()) {
        forward.guide = guideForTarget(input.guide, from.plan);
    }
    const bool mirror = *options.mirror;
    Pass pass = run(from.image, forward, mirror);
    addFeatures(input, from, pass, result);
    addMaps(pass, from.plan, result);
    if (input.flattenGuide && pass.guide.defined()) {
        forward.guide = pass.guide.mean({2, 3}, true).expand_as(pass.guide).contiguous();
        forward.want_prototype_maps = false;
        forward.want_tokens = false;
        pass = run(from.image, forward, mirror);
    }
    const torch::Tensor& z = pass.logits;
    torch::Tensor logits =
        z.size(1) == 1 ? nn::undoMap(from.plan, z, -kOutsideLogit)
                       : torch::cat(
                           {nn::undoMap(from.plan, z.narrow(1, 0, 1), kOutsideLogit),
                            nn::undoMap(from.plan, z.narrow(1, 1, z.size(1) - 1), -kOutsideLogit)},
                           1);
    finish(std::move(logits), result);
    if (pass.guide.defined()) {
        result.guide = rasterOf(overImage(from.plan, pass.guide)[0].permute({1, 2, 0}).cpu());
        const torch::Tensor largest = std::get<0>(pass.guide.max(1, true));
        const torch::Tensor fine =
            isWhole(from.plan) ? largest
                               : bilinear(largest, from.plan.target.height, from.plan.target.width);
        result.guideNative = rasterOf(nn::undoMap(from.plan, fine)[0][0].cpu());
        result.guideMean = pass.guide.mean().item<double>();
    }
}

void Predictor::State::predictSliding(
    const PredictionInput& input,
    const Prepared& from,
    const std::function<bool()>& isCancelled,
    Prediction& result)
{
    const int side = bundle.config.inference.window > 0 ? bundle.config.inference.window
                                                        : bundle.config.data.image_size;
    nn::SlidingOptions sliding;
    sliding.window_height = side;
    sliding.window_width = side;
    sliding.overlap = *options.overlap;
    sliding.mirror = *options.mirror;
    sliding.windows_per_call = device.is_cpu() ? 1 : 8;
    const std::int64_t classes = bundle.config.network.num_classes;
    const torch::Tensor weights = weightsOf(input);

    // A given guide travels as further channels, so that it is cut and mirrored like the image.
    const auto slide = [&](const torch::Tensor& guide) {
        torch::Tensor x = from.image;
        if (guide.defined()) {
            x = torch::cat({x, bilinear(guide, x.size(2), x.size(3)).to(x.device())}, 1);
        }
        return nn::slideWindows(x, sliding, [&](const torch::Tensor& window) {
            throwIfCancelled(isCancelled);
            nn::ForwardOptions forward;
            forward.prototype_weights = weights;
            if (guide.defined()) {
                forward.guide = torch::adaptive_avg_pool2d(
                    window.narrow(1, 3, window.size(1) - 3),
                    {std::max(1, side / patch()), std::max(1, side / patch())});
            }
            const Pass pass =
                run(window.narrow(1, 0, 3).contiguous(torch::MemoryFormat::ChannelsLast),
                    forward,
                    false);
            if (!pass.guide.defined()) {
                return pass.logits;
            }
            return torch::cat({pass.logits, bilinear(pass.guide, side, side)}, 1);
        });
    };
    torch::Tensor given;
    if (!input.guide.isEmpty()) {
        given = tensorOf(input.guide).permute({0, 3, 1, 2}).clamp(0, 1);
    }
    torch::Tensor maps = slide(given);
    if (input.flattenGuide && maps.size(1) > classes) {
        const torch::Tensor guide = maps.narrow(1, classes, maps.size(1) - classes);
        maps = slide(guide.mean({2, 3}, true).expand_as(guide).contiguous());
    }
    finish(maps.narrow(1, 0, classes), result);
    if (maps.size(1) > classes) {
        const torch::Tensor guide =
            maps.narrow(1, classes, maps.size(1) - classes).clamp(0, 1).cpu();
        result.guideNative = rasterOf(std::get<0>(guide.max(1))[0]);
        result.guideMean = guide.mean().item<double>();
        result.guide = rasterOf(torch::adaptive_avg_pool2d(
                                    guide,
                                    {std::max<std::int64_t>(1, guide.size(2) / patch()),
                                     std::max<std::int64_t>(1, guide.size(3) / patch())})[0]
                                    .permute({1, 2, 0}));
    }
    if (input.wantPrototypeMaps || input.wantTokens
        || input.wantFeatures) { // shares are shown for the image as a whole
        const Prepared whole = prepare(input, true);
        nn::ForwardOptions forward;
        forward.prototype_weights = weights;
        forward.want_prototype_maps = input.wantPrototypeMaps;
        forward.want_tokens = input.wantTokens || input.wantFeatures;
        const Pass pass = run(whole.image, forward, false);
        addFeatures(input, whole, pass, result);
        addMaps(pass, whole.plan, result);
    }
}

/// Cropped, normalised and cut into windows as the plan says.
void Predictor::State::predictPlanned(
    const PredictionInput& input,
    const std::function<bool()>& isCancelled,
    Prediction& result) const
{
    torch::Tensor values = tensorOf(*input.image)[0].permute({2, 0, 1}).to(torch::kFloat32);
    if (bundle.config.network.in_channels == 1) {
        values = values.mean(0, true); // of a grey picture the same as each channel
    }
    const nn::PlannedImage image = nn::plannedImage(*imagePlan, values.contiguous());
    PlannedWindowOptions windows;
    windows.device = device;
    windows.overlap = *options.overlap;
    windows.mirror = *options.mirror;
    windows.isBf16 = options.precision == "bf16";
    const torch::Tensor probabilities = nn::nativeProbabilities(
        *imagePlan, image, plannedLogits(*imagePlan, image.image, {model}, windows, isCancelled));
    result.labels = bytesOf(nn::plannedLabelsOf(*imagePlan, probabilities));
    const bool hasBackground = imagePlan->regions.empty() && probabilities.size(0) > 1;
    result.probability =
        rasterOf(hasBackground ? (1 - probabilities[0]).clamp(0, 1) : probabilities.amax(0));
}

Predictor::Predictor(std::unique_ptr<State> state)
    : m_state(std::move(state))
{}

Predictor::Predictor(Predictor&&) noexcept = default;
Predictor& Predictor::operator=(Predictor&&) noexcept = default;
Predictor::~Predictor() = default;

Result<Predictor> Predictor::create(
    const Bundle& bundle, std::shared_ptr<nn::Segmenter> model, PredictorOptions options)
{
    const nn::InferenceConfig& inference = bundle.config.inference;
    if (options.mode.empty()) {
        options.mode = inference.mode;
    }
    options.mirror = options.mirror.value_or(inference.mirror);
    options.overlap = options.overlap.value_or(inference.overlap);
    if (options.precision.empty()) {
        options.precision = "fp32";
    }
    const auto usage = [](const std::string& message) {
        return Error{ErrorCode::Usage, message, {}};
    };
    if (options.mode != "whole" && options.mode != "sliding") {
        return usage("The mode must be whole or sliding, not '" + options.mode + "'.");
    }
    if (options.precision != "fp32" && options.precision != "bf16") {
        return usage("The precision must be fp32 or bf16, not '" + options.precision + "'.");
    }
    // What was computed in is what is recorded.
    options.precision = nn::precisionInUse(options.precision, torch::Device(options.device));
    if (*options.overlap < 0 || *options.overlap > 0.95) {
        return usage("The overlap of windows must be from 0 to 0.95.");
    }
    auto state = std::make_unique<State>();
    auto plan = readImagePlan(bundle.config.network);
    GD_TRY(plan);
    state->imagePlan = std::move(*plan);
    const int channels = bundle.config.network.in_channels;
    if (channels != 3 && !(state->imagePlan && channels == 1)) {
        return Error{
            ErrorCode::Configuration,
            state->imagePlan
                ? "A model of " + std::to_string(channels)
                      + " channels predicts files of each channel: use guidino nnunet predict."
                : "Only models of colour images (network.in_channels = 3) can predict image files.",
            {}};
    }
    if (state->imagePlan && options.mode != "sliding") {
        return usage("Models of nnU-Net plans predict by windows (--mode sliding).");
    }
    state->bundle = bundle;
    state->model = std::move(model);
    state->device = torch::Device(options.device);
    state->options = std::move(options);
    if (state->options.usesTokenCache && state->model->guideBackbone() != nullptr) {
        state->tokenCache =
            TokenCache::forBundle(bundle, state->options.device, state->options.precision);
    }
    for (const auto& module : state->model->modules()) {
        if (const auto* book = dynamic_cast<const nn::TokenBook*>(module.get())) {
            state->prototypes += book->options().prototypes;
        }
    }
    return Predictor(std::move(state));
}

Result<Prediction>
Predictor::predict(const PredictionInput& input, const std::function<bool()>& isCancelled)
{
    return guarded("Prediction", [&]() -> Result<Prediction> {
        const auto start = std::chrono::steady_clock::now();
        const torch::InferenceMode inference(!m_state->options.isTraining);
        const torch::NoGradGuard noGrad;
        throwIfCancelled(isCancelled);
        Prediction result;
        if (m_state->imagePlan) {
            m_state->predictPlanned(input, isCancelled, result);
            result.seconds =
                std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
            return result;
        }
        Prepared fresh;
        Prepared& from = m_state->prepared(input, fresh, result.tokensWereCached);
        if (m_state->isSliding()) {
            m_state->predictSliding(input, from, isCancelled, result);
        } else {
            m_state->predictWhole(input, from, result);
        }
        result.seconds =
            std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        return result;
    });
}

const Bundle& Predictor::bundle() const
{
    return m_state->bundle;
}

nn::Segmenter& Predictor::model() const
{
    return *m_state->model;
}

const PredictorOptions& Predictor::options() const
{
    return m_state->options;
}

std::int64_t Predictor::prototypes() const
{
    return m_state->prototypes;
}

} // namespace guidino::engine
