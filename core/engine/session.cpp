// SPDX-License-Identifier: Apache-2.0
#include "core/engine/session.h"

#include "core/base/file.h"
#include "core/engine/bundle.h"
#include "core/engine/config_json.h"
#include "core/engine/devices.h"
#include "core/engine/feature_statistics.h"
#include "core/engine/guarded.h"
#include "core/engine/image_output.h"
#include "core/engine/model_store.h"
#include "core/engine/predictor.h"
#include "core/engine/prompt_guide.h"
#include "core/engine/prototype_groups.h"

#include <algorithm>
#include <chrono>
#include <list>
#include <map>
#include <numeric>
#include <set>

namespace guidino::engine {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kCachedImages = 16;
constexpr std::size_t kCachedPixels = std::size_t{64} << 20; // of decoded images
constexpr std::size_t kMatches = 3;                          // shown for each group

/// What tells one content of a path from another without reading it.
std::string identityOf(const fs::path& file)
{
    std::error_code error;
    const auto time = fs::last_write_time(file, error).time_since_epoch().count();
    const auto size = fs::file_size(file, error);
    return file.string() + "|" + std::to_string(time) + "|" + std::to_string(size);
}

class ModelSession final : public Session
{
public:
    ModelSession(Predictor predictor, std::string device)
        : m_predictor(std::move(predictor))
        , m_device(std::move(device))
        , m_statistics(featureStatisticsFrom(m_predictor.bundle().featureStatistics))
    {}

    Result<Answer> predict(const Request& request, JobContext& context) override
    {
        return guarded("Prediction", [&] { return answer(request, context); });
    }

    [[nodiscard]] std::string describe() const override;

private:
    Result<Answer> answer(const Request& request, JobContext& context);
    Result<RasterF> guideOf(const Request& request, PredictionInput input, JobContext& context);
    Result<std::shared_ptr<const LoadedImage>>
    imageOf(const fs::path& file, const std::string& key);
    void groupAnew(int groups);
    void learnMatches(const fs::path& image, const std::string& key, const Prediction& result);
    Status addGroups(const Request& request, const Prediction& result, Answer& answer);

    Predictor m_predictor;
    std::string m_device;
    FeatureStatistics m_statistics;
    std::map<std::string, double> m_distances; // by the image's key
    std::list<std::pair<std::string, std::shared_ptr<const LoadedImage>>> m_images; // recent first
    int m_groupCount = 0;
    PrototypeGroups m_groups;
    std::vector<std::vector<Match>> m_matches; // of each group, over the images seen
    std::set<std::string> m_matched;           // keys of those images
};

Result<std::shared_ptr<const LoadedImage>>
ModelSession::imageOf(const fs::path& file, const std::string& key)
{
    for (auto entry = m_images.begin(); entry != m_images.end(); ++entry) {
        if (entry->first == key) {
            m_images.splice(m_images.begin(), m_images, entry);
            return m_images.front().second;
        }
    }
    Result<LoadedImage> loaded = loadImage(file, m_predictor.bundle().config.preprocessing);
    if (!loaded) {
        return loaded.error();
    }
    m_images.emplace_front(key, std::make_shared<const LoadedImage>(std::move(*loaded)));
    std::size_t pixels = 0;
    for (auto entry = m_images.begin(); entry != m_images.end();) {
        pixels += static_cast<std::size_t>(entry->second->rgb.size().area());
        const bool isKept = entry == m_images.begin() || pixels <= kCachedPixels;
        entry = isKept ? std::next(entry) : m_images.erase(entry);
    }
    return m_images.front().second;
}

Result<RasterF>
ModelSession::guideOf(const Request& request, PredictionInput input, JobContext& context)
{
    if (request.guide) {
        return Error{
            ErrorCode::BadInput, "A guide and prompts exclude each other.", {{"field", "prompts"}}};
    }
    if (m_predictor.prototypes() == 0) {
        return Error{
            ErrorCode::BadInput,
            "The model has no guide that prompts could replace.",
            {{"field", "prompts"}}};
    }
    input.wantTokens = true;
    input.wantPrototypeMaps = false;
    const Result<Prediction> own =
        m_predictor.predict(input, [&context] { return context.isCancelled(); });
    GD_TRY(own);
    return guideOfPrompts(request.prompts, *own, input.image->size());
}

Result<Session::Answer> ModelSession::answer(const Request& request, JobContext& context)
{
    const auto start = std::chrono::steady_clock::now();
    std::error_code error;
    if (!fs::exists(request.image, error)) {
        return Error{
            ErrorCode::NotFound,
            "There is no image '" + request.image.string() + "'.",
            {{"file", request.image.string()}}};
    }
    const std::string key = identityOf(request.image);
    const Result<std::shared_ptr<const LoadedImage>> image = imageOf(request.image, key);
    GD_TRY(image);
    PredictionInput input;
    input.image = &(*image)->rgb;
    input.content = (*image)->content;
    input.prototypeWeights = request.prototypeWeights;
    input.wantPrototypeMaps = request.wantPrototypeGroups && m_predictor.prototypes() > 0;
    if (input.wantPrototypeMaps && m_groupCount != request.groups) {
        groupAnew(request.groups);
    }
    input.wantTokens = input.wantPrototypeMaps && !m_matched.contains(key);
    input.wantFeatures = !m_statistics.isEmpty() && !m_distances.contains(key);
    input.cacheKey = key;
    if (request.guide) {
        if (m_predictor.prototypes() == 0) {
            return Error{ErrorCode::BadInput, "The model has no guide to replace.", {}};
        }
        Result<RasterF> guide = loadGuide(*request.guide);
        GD_TRY(guide);
        input.guide = std::move(*guide);
    }
    if (!request.prompts.empty()) {
        Result<RasterF> guide = guideOf(request, input, context);
        GD_TRY(guide);
        input.guide = std::move(*guide);
    }
    const Result<Prediction> result =
        m_predictor.predict(input, [&context] { return context.isCancelled(); });
    if (!result) {
        return result.error();
    }
    GD_TRY(makeFolder(request.outFolder));
    Answer answer;
    const auto place = [&request](const char* suffix) {
        return request.outFolder / (request.stem + suffix);
    };
    answer.labels = place("-labels.png");
    answer.probability = place("-probability.png");
    GD_TRY(writeLabelIndices(answer.labels, result->labels, m_predictor.bundle()));
    GD_TRY(writeProbability(answer.probability, result->probability));
    if (!result->guide.isEmpty()) {
        answer.guide = place("-guide.npy");
        answer.guidePreview = place("-guide.png");
        answer.guideMean = result->guideMean;
        GD_TRY(writeMapNpy(answer.guide, result->guide));
        GD_TRY(writeGuidePng(answer.guidePreview, result->guideNative));
    }
    if (input.wantFeatures) {
        m_distances[key] = m_statistics.distanceOf(result->features);
    }
    if (!m_statistics.isEmpty()) {
        answer.featureDistance = m_distances[key];
        answer.featureLimit = m_statistics.limit;
    }
    if (input.wantTokens) {
        learnMatches(request.image, key, *result);
    }
    if (input.wantPrototypeMaps) {
        GD_TRY(addGroups(request, *result, answer));
    }
    answer.tokensWereCached = result->tokensWereCached;
    answer.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return answer;
}

void ModelSession::groupAnew(int groups)
{
    m_groups = groupPrototypes(m_predictor.model(), groups);
    m_groupCount = groups;
    m_matches.assign(m_groups.members.size(), {});
    m_matched.clear();
}

/// The best token of an image joins the groups' lists, so that they grow with what was looked at.
void ModelSession::learnMatches(
    const fs::path& image, const std::string& key, const Prediction& result)
{
    m_matched.insert(key);
    const auto best = bestTokens(m_predictor.model(), m_groups, result, 1);
    for (std::size_t group = 0; group < best.size(); ++group) {
        std::vector<Match>& matches = m_matches[group];
        // A file that was changed is another content under the same name.
        std::erase_if(matches, [&image](const Match& match) { return match.image == image; });
        for (const GroupMatch& match : best[group]) {
            const Rect& area = match.area;
            matches.push_back({image, area.x, area.y, area.width, area.height, match.similarity});
        }
        std::stable_sort(matches.begin(), matches.end(), [](const Match& a, const Match& b) {
            return a.similarity > b.similarity;
        });
        matches.resize(std::min(matches.size(), kMatches));
    }
}

Status ModelSession::addGroups(const Request& request, const Prediction& result, Answer& answer)
{
    answer.sharesAreExact = result.sharesAreExact;
    answer.sharesError = result.sharesError;
    answer.effectiveDirections = m_groups.effectiveDirections;
    for (std::size_t i = 0; i < m_groups.members.size(); ++i) {
        const RasterF map = groupMap(result.prototypeMaps, m_groups.members[i]);
        Group group;
        group.prototypes = m_groups.members[i];
        group.map = request.outFolder / (request.stem + "-group-" + std::to_string(i) + ".npy");
        group.mean = std::accumulate(map.pixels().begin(), map.pixels().end(), 0.0)
                     / static_cast<double>(map.pixels().size());
        group.book = m_groups.book[i];
        group.nearest = m_groups.nearest[i];
        group.nearestSimilarity = m_groups.nearestSimilarity[i];
        group.matches = m_matches[i];
        GD_TRY(writeMapNpy(group.map, map));
        answer.groups.push_back(std::move(group));
    }
    return {};
}

std::string ModelSession::describe() const
{
    const Bundle& bundle = m_predictor.bundle();
    Json json;
    json["path"] = bundle.path.string();
    json["system"] = bundle.config.system;
    json["profile"] = bundle.config.profile;
    json["sha256"] = bundle.sha256;
    json["classes"] = Json::array();
    for (const BundleClass& one : bundle.classes) {
        json["classes"].push_back(
            {{"index", one.index}, {"name", one.name}, {"colour", one.colour}});
    }
    json["image_size"] = bundle.config.data.image_size;
    json["mode"] = m_predictor.options().mode;
    json["guide"] = {
        {"source", bundle.config.guide.source},
        {"backbone", bundle.backbone.name},
        {"prototypes", m_predictor.prototypes()},
        {"weighting", bundle.config.guide.weighting},
        {"similarity", bundle.config.guide.similarity},
        {"per_class", bundle.config.guide.per_class},
        {"gates", bundle.config.guide.gates},
        {"gate_form", bundle.config.guide.gate_form}};
    json["modality"] = bundle.modality;
    json["feature_statistics"] = !m_statistics.isEmpty();
    json["device"] = m_device;
    json["training"] = Json::parse(bundle.training, nullptr, false);
    return json.dump();
}

} // namespace

Result<std::unique_ptr<Session>>
openModelSession(const fs::path& model, const std::string& wantedDevice, int threads)
{
    const Result<std::string> device = chooseDevice(wantedDevice);
    GD_TRY(device);
    useThreads(threads);
    const Result<fs::path> path = findBundle(model);
    GD_TRY(path);
    const Result<Bundle> bundle = readBundle(*path);
    GD_TRY(bundle);
    Result<std::shared_ptr<nn::Segmenter>> segmenter = loadModel(*bundle, *device);
    GD_TRY(segmenter);
    PredictorOptions options;
    options.device = *device;
    options.cachedImages = kCachedImages;
    options.usesTokenCache = true;
    Result<Predictor> predictor = Predictor::create(*bundle, std::move(*segmenter), options);
    if (!predictor) {
        return predictor.error();
    }
    return std::unique_ptr<Session>(std::make_unique<ModelSession>(std::move(*predictor), *device));
}

} // namespace guidino::engine
