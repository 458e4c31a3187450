// SPDX-License-Identifier: Apache-2.0
#include "core/engine/explain.h"

#include "core/base/file.h"
#include "core/engine/bundle.h"
#include "core/engine/config_json.h"
#include "core/engine/devices.h"
#include "core/engine/guarded.h"
#include "core/engine/image_output.h"
#include "core/engine/model_store.h"
#include "core/engine/predict_folder.h"
#include "core/engine/predictor.h"
#include "core/engine/prototype_groups.h"

#include <torch/torch.h>

#include <algorithm>
#include <numeric>

namespace guidino::engine {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kBestTokens = 8;     // shown for each group
constexpr std::size_t kTokensPerImage = 2; // so that one image does not fill a row
constexpr std::size_t kMaxDataImages = 500;

/// One token of the data that matches a group.
struct TokenMatch
{
    std::size_t image = 0;
    Rect area;
    double similarity = 0;
};

/// How one prediction differs from another of the same image.
struct Change
{
    double dsc = 1;        ///< 1 where both are empty
    double areaChange = 0; ///< (changed − own) / own area; of an empty own mask: share of the image
    std::int64_t pixels = 0;
};

Change changeOf(const Raster8& own, const Raster8& other)
{
    std::int64_t a = 0;
    std::int64_t b = 0;
    std::int64_t both = 0;
    for (std::size_t i = 0; i < own.pixels().size(); ++i) {
        const bool inOwn = own.pixels()[i] != 0;
        const bool inOther = other.pixels()[i] != 0;
        a += inOwn ? 1 : 0;
        b += inOther ? 1 : 0;
        both += inOwn && own.pixels()[i] == other.pixels()[i] ? 1 : 0;
    }
    Change change;
    change.dsc = a + b == 0 ? 1 : 2.0 * double(both) / double(a + b);
    change.areaChange = double(b - a) / double(a > 0 ? a : own.size().area());
    change.pixels = b;
    return change;
}

Json jsonOf(const Change& change)
{
    return {{"dsc", change.dsc}, {"area_change", change.areaChange}, {"pixels", change.pixels}};
}

/// One run of `guidino explain`.
class Explainer
{
public:
    Explainer(const ExplainRequest& request, JobContext& context, Predictor predictor)
        : m_request(request)
        , m_context(context)
        , m_predictor(std::move(predictor))
        , m_groups(groupPrototypes(m_predictor.model(), request.groups))
    {}

    Status run(const InputSet& input, const InputSet& data);

private:
    Result<Json> explainOne(const InputSet& input, std::size_t position);
    Status addGroups(
        const PredictionInput& input, const Prediction& own, const std::string& stem, Json& entry);
    Status addFlattened(
        PredictionInput input, const Prediction& own, const std::string& stem, Json& entry);
    Status findMatches(const InputSet& data);
    void matchTokens(std::size_t position, const Prediction& prediction);
    Result<Json> writeCrops(const InputSet& data) const;
    [[nodiscard]] Json summary() const;
    void fail(const InputImage& image, const Error& error);

    [[nodiscard]] fs::path place(const std::string& relative) const
    {
        return m_request.out / relative;
    }

    const ExplainRequest& m_request;
    JobContext& m_context;
    Predictor m_predictor;
    PrototypeGroups m_groups;
    std::vector<std::vector<TokenMatch>> m_matches; // of each group
    Json m_images = Json::array();
    Json m_failures = Json::array();
    bool m_sharesAreExact = false;
    double m_sharesError = 0;
};

bool isFatal(const Error& error)
{
    return error.code != ErrorCode::BadInput && error.code != ErrorCode::NotFound;
}

void Explainer::fail(const InputImage& image, const Error& error)
{
    m_context.warning(error.message);
    m_failures.push_back({{"file", image.file.string()}, {"message", error.message}});
}

Status Explainer::run(const InputSet& input, const InputSet& data)
{
    const std::vector<InputImage>& images = input.images;
    GD_TRY(makeFolder(place("images")));
    GD_TRY(makeFolder(place("crops")));
    for (std::size_t i = 0; i < images.size(); ++i) {
        m_context.progress(
            {"explain", std::int64_t(i), std::int64_t(images.size()), -1, images[i].name});
        Result<Json> entry = explainOne(input, i);
        if (entry) {
            m_images.push_back(std::move(*entry));
        } else if (isFatal(entry.error())) {
            return entry.error();
        } else {
            fail(images[i], entry.error());
        }
    }
    if (m_images.empty()) {
        return Error{
            ErrorCode::BadInput,
            "None of the images could be explained: " + m_failures[0]["message"].get<std::string>(),
            {}};
    }
    GD_TRY(findMatches(data));
    const Result<Json> groups = writeCrops(data);
    GD_TRY(groups);

    const Bundle& bundle = m_predictor.bundle();
    Json report;
    report["version"] = 1;
    report["model"] = {
        {"path", bundle.path.string()},
        {"sha256", bundle.sha256},
        {"system", bundle.config.system},
        {"source", bundle.config.guide.source},
        {"weighting", bundle.config.guide.weighting},
        {"gates", bundle.config.guide.gates}};
    report["prototypes"] = m_predictor.prototypes();
    report["effective_directions"] = m_groups.effectiveDirections;
    report["shares_are_exact"] = m_sharesAreExact;
    report["shares_error"] = m_sharesError;
    report["summary"] = summary();
    report["groups"] = *groups;
    report["images"] = m_images;
    report["failures"] = m_failures;
    report["notice"] = "Research use only, not a medical device.";
    GD_TRY(writeFileAtomically(place("explain.json"), report.dump(2) + "\n"));
    GD_TRY(writeFileAtomically(place("index.html"), explainPage(report)));
    if (m_failures.empty()) {
        return {};
    }
    std::string message = std::to_string(m_failures.size()) + " of " + std::to_string(images.size())
                          + " images could not be explained; the others are in "
                          + m_request.out.string() + ":";
    for (const Json& failure : m_failures) {
        message += "\n  " + failure["message"].get<std::string>();
    }
    return Error{ErrorCode::BadInput, std::move(message), {}};
}

Result<Json> Explainer::explainOne(const InputSet& set, std::size_t position)
{
    const InputImage& image = set.images[position];
    if (m_context.isCancelled()) {
        return Error{ErrorCode::Cancelled, "The explanation was cancelled.", {}};
    }
    const Bundle& bundle = m_predictor.bundle();
    const Result<LoadedImage> loaded = loadInput(set, position, bundle.config.preprocessing);
    if (!loaded) {
        return loaded.error();
    }
    for (const std::string& warning : loaded->warnings) {
        m_context.warning(image.file.string() + ": " + warning);
    }
    PredictionInput input;
    input.image = &loaded->rgb;
    input.content = loaded->content;
    input.cacheKey = image.file.string() + "|" + image.name;
    input.wantPrototypeMaps = true;
    const Result<Prediction> own = m_predictor.predict(input);
    if (!own) {
        return own.error();
    }
    m_sharesAreExact = own->sharesAreExact;
    m_sharesError = std::max(m_sharesError, own->sharesError);

    const std::string base = "images/" + image.stem;
    Json entry;
    entry["image"] = image.file.string();
    entry["stem"] = image.stem;
    entry["picture"] = base + "-image" + pictureExtension();
    entry["mask"] = base + "-mask.png";
    entry["overlay"] = base + "-overlay" + pictureExtension();
    entry["guide"] = base + "-guide.png";
    entry["guide_npy"] = base + "-guide.npy";
    entry["guide_mean"] = own->guideMean;
    entry["pixels"] = changeOf(own->labels, own->labels).pixels;
    GD_TRY(writePreview(place(entry["picture"]), loaded->rgb));
    GD_TRY(writeLabels(place(entry["mask"]), own->labels, bundle));
    GD_TRY(writeOverlay(place(entry["overlay"]), loaded->rgb, own->labels, bundle));
    GD_TRY(writeGuidePng(place(entry["guide"]), own->guideNative));
    GD_TRY(writeMapNpy(place(entry["guide_npy"]), own->guide));
    input.wantPrototypeMaps = false;
    GD_TRY(addGroups(input, *own, base, entry));
    GD_TRY(addFlattened(input, *own, base, entry));
    return entry;
}

/// Each group's signed map, and what the mask becomes without the group.
Status Explainer::addGroups(
    const PredictionInput& input, const Prediction& own, const std::string& base, Json& entry)
{
    std::vector<RasterF> maps;
    float largest = 1e-6F;
    for (const std::vector<int>& members : m_groups.members) {
        maps.push_back(groupMap(own.prototypeMaps, members));
        for (const float value : maps.back().pixels()) {
            largest = std::max(largest, std::abs(value));
        }
    }
    entry["map_range"] = largest; // of the colours, the same for all groups of an image
    entry["groups"] = Json::array();
    for (std::size_t i = 0; i < maps.size(); ++i) {
        const std::string name = base + "-group-" + std::to_string(i);
        const double mean = std::accumulate(maps[i].pixels().begin(), maps[i].pixels().end(), 0.0)
                            / double(maps[i].pixels().size());
        GD_TRY(writeMapNpy(place(name + ".npy"), maps[i]));
        GD_TRY(writeSignedMap(place(name + ".png"), maps[i], largest, input.image->size()));
        PredictionInput muted = input;
        muted.prototypeWeights.assign(static_cast<std::size_t>(m_predictor.prototypes()), 1.0);
        for (const int member : m_groups.members[i]) {
            muted.prototypeWeights[static_cast<std::size_t>(member)] = 0;
        }
        const Result<Prediction> without = m_predictor.predict(muted);
        if (!without) {
            return without.error();
        }
        entry["groups"].push_back(
            {{"index", i},
             {"map", name + ".npy"},
             {"picture", name + ".png"},
             {"mean", mean},
             {"muted", jsonOf(changeOf(own.labels, without->labels))}});
    }
    return {};
}

Status Explainer::addFlattened(
    PredictionInput input, const Prediction& own, const std::string& base, Json& entry)
{
    input.flattenGuide = true;
    const Result<Prediction> flat = m_predictor.predict(input);
    if (!flat) {
        return flat.error();
    }
    entry["flattened"] = jsonOf(changeOf(own.labels, flat->labels));
    entry["flattened"]["mask"] = base + "-flattened.png";
    const std::string overlay = base + "-flattened-overlay" + pictureExtension();
    entry["flattened"]["overlay"] = overlay;
    GD_TRY(writeLabels(place(base + "-flattened.png"), flat->labels, m_predictor.bundle()));
    return writeOverlay(place(overlay), *input.image, flat->labels, m_predictor.bundle());
}

Status Explainer::findMatches(const InputSet& set)
{
    const std::vector<InputImage>& data = set.images;
    m_matches.assign(m_groups.members.size(), {});
    // Spread evenly over a large data set.
    const std::size_t step = (data.size() + kMaxDataImages - 1) / kMaxDataImages;
    for (std::size_t i = 0; i < data.size(); i += std::max<std::size_t>(1, step)) {
        if (m_context.isCancelled()) {
            return Error{ErrorCode::Cancelled, "The explanation was cancelled.", {}};
        }
        m_context.progress({"match", std::int64_t(i), std::int64_t(data.size()), -1, data[i].name});
        const Result<LoadedImage> loaded =
            loadInput(set, i, m_predictor.bundle().config.preprocessing);
        if (!loaded) {
            continue; // images of the input were reported already; of other data they do not matter
        }
        PredictionInput input;
        input.image = &loaded->rgb;
        input.content = loaded->content;
        input.wantTokens = true;
        const Result<Prediction> prediction = m_predictor.predict(input);
        if (!prediction) {
            return prediction.error();
        }
        matchTokens(i, *prediction);
    }
    return {};
}

void Explainer::matchTokens(std::size_t position, const Prediction& prediction)
{
    const auto best = bestTokens(m_predictor.model(), m_groups, prediction, kTokensPerImage);
    for (std::size_t group = 0; group < best.size(); ++group) {
        std::vector<TokenMatch>& matches = m_matches[group];
        for (const GroupMatch& match : best[group]) {
            matches.push_back({position, match.area, match.similarity});
        }
        std::stable_sort(matches.begin(), matches.end(), [](const auto& a, const auto& b) {
            return a.similarity > b.similarity;
        });
        matches.resize(std::min(matches.size(), kBestTokens));
    }
}

/// Crops of the best tokens with some of their surroundings, and the groups' part of the report.
Result<Json> Explainer::writeCrops(const InputSet& data) const
{
    Json groups = Json::array();
    for (std::size_t group = 0; group < m_groups.members.size(); ++group) {
        Json best = Json::array();
        for (std::size_t rank = 0; rank < m_matches[group].size(); ++rank) {
            const TokenMatch& match = m_matches[group][rank];
            const Result<LoadedImage> loaded =
                loadInput(data, match.image, m_predictor.bundle().config.preprocessing);
            if (!loaded) {
                continue;
            }
            const Rect& area = match.area;
            const Rect around{
                area.x - area.width, area.y - area.height, 3 * area.width, 3 * area.height};
            const std::string name =
                "crops/group-" + std::to_string(group) + "-" + std::to_string(rank) + ".png";
            GD_TRY(writeCrop(place(name), loaded->rgb, around));
            best.push_back(
                {{"image", data.images[match.image].file.string()},
                 {"name", data.images[match.image].name},
                 {"x", area.x},
                 {"y", area.y},
                 {"width", area.width},
                 {"height", area.height},
                 {"similarity", match.similarity},
                 {"crop", name}});
        }
        groups.push_back(
            {{"index", group},
             {"prototypes", m_groups.members[group]},
             {"book", m_groups.book[group]},
             {"best", best}});
    }
    return groups;
}

Json Explainer::summary() const
{
    const auto meanOf = [this](const auto& value) {
        double sum = 0;
        for (const Json& image : m_images) {
            sum += value(image);
        }
        return sum / double(m_images.size());
    };
    Json json;
    json["images"] = m_images.size();
    json["flattened_dsc"] =
        meanOf([](const Json& i) { return i["flattened"]["dsc"].get<double>(); });
    json["flattened_changed"] =
        meanOf([](const Json& i) { return i["flattened"]["dsc"].get<double>() < 1 ? 1.0 : 0.0; });
    json["muted"] = Json::array();
    for (std::size_t group = 0; group < m_groups.members.size(); ++group) {
        const auto dscOf = [group](const Json& i) {
            return i["groups"][group]["muted"]["dsc"].get<double>();
        };
        json["muted"].push_back(
            {{"group", group}, {"dsc", meanOf(dscOf)}, {"changed", meanOf([&](const Json& i) {
                                                            return dscOf(i) < 1 ? 1.0 : 0.0;
                                                        })}});
    }
    return json;
}

} // namespace

Result<void> explain(const ExplainRequest& request, JobContext& context)
{
    return guarded("Explanation", [&]() -> Result<void> {
        const std::string device = valueOrThrow(chooseDevice(request.device));
        useThreads(request.threads);
        if (request.groups < 1) {
            return Error{ErrorCode::Usage, "The number of groups must be at least 1.", {}};
        }
        context.progress({"load", 0, 0, -1, request.model.string()});
        const Bundle bundle = valueOrThrow(readBundle(valueOrThrow(findBundle(request.model))));
        if (bundle.config.guide.source == "none") {
            return Error{
                ErrorCode::BadInput,
                "The model " + bundle.path.string() + " (" + bundle.config.system
                    + ") has no guide to explain.",
                {}};
        }
        const InputSet input = valueOrThrow(listInput(request.input, "", "", ""));
        const InputSet data =
            request.data.empty() ? input : valueOrThrow(listInput(request.data, "", "", ""));
        PredictorOptions options;
        options.device = device;
        options.cachedImages = 1;
        options.usesTokenCache = true;
        Result<Predictor> predictor =
            Predictor::create(bundle, valueOrThrow(loadModel(bundle, device)), options);
        if (!predictor) {
            return predictor.error();
        }
        return Explainer(request, context, std::move(*predictor)).run(input, data);
    });
}

} // namespace guidino::engine
