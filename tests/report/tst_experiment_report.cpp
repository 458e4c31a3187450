// SPDX-License-Identifier: Apache-2.0
// What `guidino experiment` tells of its cells: costs.
#include "core/base/file.h"
#include "core/report/experiment.h"
#include "core/report/metrics_table.h"
#include "tests/support/check.h"

using namespace guidino;
using namespace guidino::report;

GD_TEST(metricsTablesCopeWithWhatRunsLeave)
{
    const MetricsTable table = metricsTableOf(
        "epoch,step,dsc,train_seconds\r\n1,10,0.5,2.5\r\n2,20,,3.5\n\n3,30,inf,abc\n4,40,0.75\n"
        "5,50,1e-1,4,17");
    REQUIRE(table.columns.size() == 4);
    REQUIRE(table.rows.size() == 5);
    using Values = std::vector<std::optional<double>>;
    EXPECT(table.valuesOf("epoch") == (Values{1, 2, 3, 4, 5}));
    EXPECT(table.valuesOf("dsc") == (Values{0.5, std::nullopt, std::nullopt, 0.75, 0.1}));
    EXPECT(table.valuesOf("train_seconds") == (Values{2.5, 3.5, std::nullopt, std::nullopt, 4}));
    EXPECT(table.valuesOf("seconds").empty());
    EXPECT(metricsTableOf("").columns.empty());
    EXPECT(metricsTableOf("epoch,dsc\n").rows.empty());
}

GD_TEST(costsAreReadFromTheFilesOfACell)
{
    const test::TemporaryFolder folder;
    const auto put = [&folder](const std::string& name, const std::string& text) {
        REQUIRE_OK(makeFolder((folder / name).parent_path()));
        REQUIRE_OK(writeFileAtomically(folder / name, text));
    };
    put("run/run.json",
        R"({"parameters": 1000, "trainable_parameters": 400, "multiply_adds": 2e9})");
    put("run/metrics.csv", "epoch,train_seconds\n1,9\n2,5\n3,6\n");
    put("predictions/predictions.json",
        R"({"images": [{"seconds": 0.25}, {"seconds": "long"}, {"seconds": 0.75}, 7]})");
    const ExperimentCost cost = readCost(folder / "run", folder / "predictions");
    EXPECT(cost.parameters == 1000);
    EXPECT(cost.trainable == 400);
    EXPECT(cost.multiplyAdds == 2e9);
    EXPECT(cost.secondsPerEpoch == 6);
    EXPECT(cost.secondsPerImage == 0.5);
    EXPECT(!cost.peakBytes);
    // A packed fold of nnU-Net's has no multiply-adds; damaged files say nothing.
    put("run/run.json", R"({"parameters": 1000, "multiply_adds": null)");
    put("predictions/predictions.json", R"({"images": {"a": 1}})");
    const ExperimentCost less = readCost(folder / "run", folder / "predictions");
    EXPECT(!less.parameters && !less.multiplyAdds && !less.secondsPerImage);
    const ExperimentCost none = readCost(folder / "nowhere", folder / "nowhere");
    EXPECT(!none.parameters && !none.secondsPerEpoch);
}

GD_TEST_MAIN()
