// SPDX-License-Identifier: Apache-2.0
#include "core/base/npz.h"
#include "core/datasets/nnunet_results.h"
#include "core/report/nnunet_selection.h"
#include "tests/datasets/image_files.h"

#include <nlohmann/json.hpp>

using namespace guidino;
using namespace guidino::report;
namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

namespace {

constexpr int kSide = 24;

/// A square of label 1 at the same place in all references.
Raster8 truth()
{
    Raster8 labels(kSide, kSide);
    for (int y = 8; y < 16; ++y) {
        for (int x = 8; x < 16; ++x) {
            labels.at(x, y) = 1;
        }
    }
    return labels;
}

/// Results of two folds with two cases each: the references, and models made by `change`.
class World
{
public:
    World()
    {
        m_request.results = folder / "results";
        m_request.references = folder / "references";
        const auto labels = datasets::parseNnunetLabels(
            R"({"channel_names": {"0": "R"}, "labels": {"background": 0, "lesion": 1}})",
            "dataset.json");
        REQUIRE_OK(labels);
        m_request.labels = *labels;
        m_request.folds = {datasets::NnunetFoldName{0}, datasets::NnunetFoldName{1}};
        m_request.threads = 1;
        for (const char* name : {"a", "b", "c", "d"}) {
            test::savePng(m_request.references / (std::string(name) + ".png"), truth());
        }
    }

    /// Foreground probability of each pixel by position; labels follow.
    template<typename Probability>
    void
    addModel(const std::string& configuration, const Probability& probability, bool keeps = true)
    {
        const datasets::NnunetModelName model{configuration, "nnUNetPlans", "nnUNetTrainer"};
        m_request.models.push_back(model);
        const fs::path root = m_request.results / model.folderName();
        for (const char* name : {"plans.json", "dataset.json"}) {
            test::saveText(root / name, "{}");
        }
        const std::array<std::array<std::string, 2>, 2> folds = {{{"a", "b"}, {"c", "d"}}};
        for (std::size_t k = 0; k < folds.size(); ++k) {
            const fs::path validation = root / ("fold_" + std::to_string(k)) / "validation";
            for (const std::string& name : folds[k]) {
                Raster8 labels(kSide, kSide);
                std::vector<float> values(2 * kSide * kSide);
                for (int y = 0; y < kSide; ++y) {
                    for (int x = 0; x < kSide; ++x) {
                        const auto i = static_cast<std::size_t>(y * kSide + x);
                        const float p = probability(x, y);
                        labels.pixels()[i] = p > 0.5F ? 1 : 0;
                        values[i] = 1 - p;
                        values[kSide * kSide + i] = p;
                    }
                }
                test::savePng(validation / (name + ".png"), labels);
                if (keeps) {
                    REQUIRE_OK(writeNpz(
                        validation / (name + ".npz"),
                        "probabilities",
                        {2, 1, kSide, kSide},
                        values));
                }
            }
            test::saveText(validation / "summary.json", "{}");
        }
    }

    test::TemporaryFolder folder;
    NnunetSelectionRequest m_request;
};

bool isInside(int x, int y)
{
    return x >= 8 && x < 16 && y >= 8 && y < 16;
}

} // namespace

GD_TEST(theBestOfSingleModelsIsChosenAndFinished)
{
    World world;
    // Half of the square; all of it with a false island, which post-processing takes away.
    world.addModel(
        "2d", [](int x, int y) { return isInside(x, y) && x < 12 ? 0.9F : 0.1F; }, false);
    world.addModel(
        "2d_wide",
        [](int x, int y) { return isInside(x, y) || (x < 3 && y < 3) ? 0.9F : 0.1F; },
        false);
    const auto selection = selectNnunetModel(world.m_request);
    REQUIRE_OK(selection);
    REQUIRE(selection->candidates.size() == 2); // without probabilities there is no ensemble
    EXPECT_EQ(selection->notes.size(), std::size_t{1});
    EXPECT_EQ(selection->chosen().name, "nnUNetTrainer__nnUNetPlans__2d_wide");
    EXPECT_NEAR(selection->candidates[0].dice, 2 * 32.0 / 96, 1e-9);
    EXPECT_NEAR(selection->chosen().dice, 2 * 64.0 / 137, 1e-9);
    EXPECT_NEAR(selection->after, 1, 1e-9);
    const fs::path merged = world.m_request.results / "nnUNetTrainer__nnUNetPlans__2d_wide"
                            / "crossval_results_folds_0_1";
    for (const char* file :
         {"a.png",
          "d.png",
          "summary.json",
          "postprocessing.json",
          "postprocessing.pkl",
          "plans.json",
          "dataset.json",
          "postprocessed/b.png",
          "postprocessed/summary.json"}) {
        EXPECT(fs::exists(merged / file));
    }
    const auto finished = datasets::readLabelImage(merged / "postprocessed" / "c.png");
    REQUIRE_OK(finished);
    EXPECT(*finished == truth());

    const Json json =
        Json::parse(inferenceInformation(*selection, world.m_request, "Dataset001_Skin"));
    EXPECT_EQ(json["folds"], (Json{0, 1}));
    EXPECT_EQ(json["dataset_name_or_id"], "Dataset001_Skin");
    EXPECT_EQ(json["all_results"].size(), std::size_t{2});
    const Json& best = json["best_model_or_ensemble"];
    EXPECT_NEAR(best["result_on_crossval_post_pp"].get<double>(), 1, 1e-9);
    EXPECT_EQ(best["selected_model_or_models"].size(), std::size_t{1});
    EXPECT_EQ(best["selected_model_or_models"][0]["configuration"], "2d_wide");
    EXPECT_EQ(best["postprocessing_file"], (merged / "postprocessing.pkl").string());
    const std::string commands =
        inferenceInstructions(*selection, world.m_request, "Dataset001_Skin");
    EXPECT(commands.find("-c 2d_wide") != std::string::npos);
    EXPECT(commands.find("--postprocessing") != std::string::npos);
    EXPECT(commands.find("ensemble") == std::string::npos);
}

GD_TEST(anEnsembleWinsWhereItIsBetter)
{
    World world;
    // Each is unsure about another half; their mean is right everywhere.
    world.addModel("2d", [](int x, int y) {
        return !isInside(x, y) ? 0.1F : x < 12 ? 0.4F : 0.9F;
    });
    world.addModel("2d_wide", [](int x, int y) {
        return !isInside(x, y) ? 0.1F : x < 12 ? 0.9F : 0.4F;
    });
    const auto selection = selectNnunetModel(world.m_request);
    REQUIRE_OK(selection);
    REQUIRE(selection->candidates.size() == 3);
    EXPECT_EQ(
        selection->chosen().name,
        "ensemble___nnUNetTrainer__nnUNetPlans__2d___nnUNetTrainer__nnUNetPlans__2d_wide___0_1");
    EXPECT_NEAR(selection->chosen().dice, 1, 1e-9);
    EXPECT(fs::exists(
        world.m_request.results / "ensembles" / selection->chosen().name / "postprocessing.json"));
    const std::string commands = inferenceInstructions(*selection, world.m_request, "D");
    EXPECT(commands.find("--save-probabilities") != std::string::npos);
    EXPECT(
        commands.find("guidino nnunet ensemble -i OUTPUT_FOLDER_MODEL_1 OUTPUT_FOLDER_MODEL_2")
        != std::string::npos);

    world.m_request.allowsEnsembles = false;
    const auto single = selectNnunetModel(world.m_request);
    REQUIRE_OK(single);
    EXPECT_EQ(single->best, std::size_t{0}); // of equally good ones the first
}

GD_TEST(whatIsMissingIsNamed)
{
    World world;
    world.addModel("2d", [](int x, int y) { return isInside(x, y) ? 0.9F : 0.1F; });
    const fs::path model = world.m_request.results / "nnUNetTrainer__nnUNetPlans__2d";
    test::savePng(model / "fold_1/validation/a.png", truth()); // a case of fold 0
    const auto twice = selectNnunetModel(world.m_request);
    REQUIRE(!twice);
    EXPECT(twice.error().code == ErrorCode::BadInput);
    fs::remove(model / "fold_1/validation/a.png");
    fs::remove(model / "fold_1/validation/summary.json");
    const auto missing = selectNnunetModel(world.m_request);
    REQUIRE(!missing);
    EXPECT(missing.error().code == ErrorCode::NotFound);
    EXPECT(missing.error().message.find("train DATASET 2d 1") != std::string::npos);
}

GD_TEST_MAIN()
