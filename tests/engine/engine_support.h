// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/file.h"
#include "core/engine/bundle.h"
#include "core/engine/config.h"
#include "core/engine/runtime.h"
#include "core/imaging/image_writer.h"
#include "core/nn/segmenter.h"
#include "tests/support/nn_check.h"

#include <nlohmann/json.hpp>

#include <cstdlib>

/// What the engine's tests share: a user folder of their own, tiny models, synthetic images.
namespace guidino::test {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

/// $GUIDINO_HOME and the source tree's configurations for the life of a test.
class UserFolder
{
public:
    UserFolder()
    {
        setenv("GUIDINO_HOME", m_folder.path().c_str(), 1);
        setenv("GUIDINO_MODELS", (fs::path(GUIDINO_SOURCE_DIR) / "models").c_str(), 1);
    }

    [[nodiscard]] fs::path operator/(const std::string& name) const { return m_folder / name; }

private:
    TemporaryFolder m_folder;
};

inline nn::SystemConfig tinyConfig(const std::string& name, std::vector<std::string> settings = {})
{
    std::vector<std::string> all = {
        "data.image_size=64",
        "network.base_channels=4",
        "network.layer_channel=[4,8,8,16,16]",
        "network.global_dim=[4,4,8,8,8]"};
    if (name.starts_with("guidino")) {
        all.insert(all.end(), {"guide.source=self", "guide.prototypes=6"});
    }
    all.insert(all.end(), settings.begin(), settings.end());
    const auto config = engine::loadSystemConfig(name, "", all);
    REQUIRE_OK(config);
    return *config;
}

/// A bundle with random weights, in the folder.
inline engine::Bundle writeTinyBundle(
    const fs::path& folder,
    const nn::SystemConfig& config,
    engine::WeightPrecision precision = engine::WeightPrecision::Fp32)
{
    torch::manual_seed(7);
    const auto model = engine::makeModel(config);
    REQUIRE_OK(model);
    engine::Bundle bundle;
    bundle.config = config;
    bundle.classes.clear();
    for (int i = 1; i <= std::max(1, config.network.num_classes - 1); ++i) {
        bundle.classes.push_back({i, "class " + std::to_string(i), {255, std::uint8_t(40 * i), 0}});
    }
    const auto backbone = engine::backboneOf(config);
    REQUIRE_OK(backbone);
    bundle.backbone = *backbone;
    bundle.training = R"({"epochs": 3})";
    REQUIRE_OK(engine::writeBundle(bundle, **model, folder, precision));
    return bundle;
}

/// A bright disc on a dark, noisy ground.
inline Raster8 discImage(int width, int height, int seed = 1)
{
    std::mt19937 random(static_cast<unsigned>(seed));
    Raster8 image(width, height, 3);
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            const double distance = std::hypot(x - width / 2.5, y - height / 2.0);
            const int value = distance < std::min(width, height) / 4.0 ? 200 : 60;
            for (int c = 0; c < 3; ++c) {
                image.at(x, y, c) =
                    static_cast<std::uint8_t>(value + static_cast<int>(random() % 20) + 10 * c);
            }
        }
    }
    return image;
}

inline Json readJson(const fs::path& file)
{
    const auto text = readFile(file);
    REQUIRE_OK(text);
    return Json::parse(*text);
}

/// The code of a failed Result, after looking for parts of its message.
template<typename T>
ErrorCode codeOf(const Result<T>& result, const std::vector<std::string>& parts = {})
{
    if (result) {
        fail(__FILE__, __LINE__, "no error");
        return ErrorCode::Internal;
    }
    for (const std::string& part : parts) {
        if (result.error().message.find(part) == std::string::npos) {
            fail(__FILE__, __LINE__, "no '" + part + "' in: " + result.error().message);
        }
    }
    return result.error().code;
}

} // namespace guidino::test
