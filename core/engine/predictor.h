// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/geometry.h"
#include "core/base/raster.h"
#include "core/base/result.h"
#include "core/engine/bundle.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace guidino::engine {

/// How images are predicted; what is not set is as the bundle says.
struct PredictorOptions
{
    std::string device = "cpu"; ///< as chooseDevice() gave it
    std::string mode;           ///< whole, sliding
    std::optional<bool> mirror; ///< mean over the four flips
    std::optional<double> overlap;
    std::string precision = "fp32"; ///< fp32, bf16 (autocast; guide and sums stay float32)
    std::size_t cachedImages = 0;   ///< prepared images and tokens that are kept, by key
    bool usesTokenCache = false;    ///< of whole images, see TokenCache
    bool isTraining = false; ///< the model goes on learning: what it keeps stays normal tensors
};

/// One image and what is asked of it.
struct PredictionInput
{
    const Raster8* image = nullptr; ///< [H, W, 3]
    std::optional<Rect> content;    ///< part that counts (without black borders); empty: all
    RasterF guide; ///< [h', w', 1 or G] in [0, 1] over the whole image, used instead; empty: own
    bool flattenGuide = false;            ///< the guide is replaced by its mean (control)
    std::vector<double> prototypeWeights; ///< N (or G · N) factors; empty: all 1
    bool wantPrototypeMaps = false;
    bool wantTokens = false;
    bool wantFeatures = false;
    std::string cacheKey; ///< identity of the image; empty: do not cache
};

/// What a model says about an image; rasters at the image's own size unless said otherwise.
struct Prediction
{
    Raster8 labels;      ///< class index, 0 = background
    RasterF probability; ///< of any foreground class, [0, 1]
    RasterF
        guide; ///< [h, w, G] of what gated, on the token grid over the whole image; may be empty
    RasterF guideNative; ///< [H, W, 1]: the largest of the G guides, 0 outside the model's view
    double guideMean = 0;
    std::vector<RasterF> prototypeMaps; ///< [h, w, 1] each, signed shares; with wantPrototypeMaps
    bool sharesAreExact = false;
    double sharesError = 0; ///< largest |Σ shares − (guide − ½)|; with wantPrototypeMaps
    RasterF
        tokens; ///< [h, w, D] on the model's own grid, what the TokenBook reads; with wantTokens
    std::vector<Rect> tokenAreas; ///< of each token in the image, row-major; empty outside of it
    std::vector<double> features; ///< see FeatureStatistics; with wantFeatures
    bool tokensWereCached = false;
    double seconds = 0; ///< preparation and network
};

/// Images through a loaded model and back to their own geometry: resize plan, normalisation, whole
/// image or Gaussian sliding windows at native size, mirror averaging of logits. One thread.
class Predictor
{
public:
    /// `model` as loadModel(bundle, options.device) gave it. Errors: Configuration (unknown mode,
    /// precision, number of channels).
    [[nodiscard]] static Result<Predictor>
    create(const Bundle& bundle, std::shared_ptr<nn::Segmenter> model, PredictorOptions options);

    Predictor(Predictor&&) noexcept;
    Predictor& operator=(Predictor&&) noexcept;
    ~Predictor();

    /// `isCancelled` is asked once per window. Errors: Cancelled, OutOfMemory, OutOfDeviceMemory,
    /// BadInput (prototype weights of a wrong number).
    [[nodiscard]] Result<Prediction>
    predict(const PredictionInput& input, const std::function<bool()>& isCancelled = {});

    [[nodiscard]] const Bundle& bundle() const;
    [[nodiscard]] nn::Segmenter& model() const;
    [[nodiscard]] const PredictorOptions& options() const; ///< with the bundle's values filled in

    /// Number of prototype weights that the model takes; 0 without a guide.
    [[nodiscard]] std::int64_t prototypes() const;

private:
    struct State;
    explicit Predictor(std::unique_ptr<State> state);

    std::unique_ptr<State> m_state;
};

} // namespace guidino::engine
